"""Rows: resolvers with zones of their own (forward, stub, a copy), with one family, behind TLS, with DNS64."""

import faults
from nodes import v4, v6
from scenario import A, FAILS, OK, S, SAME, WAIT, fine, rule
from zones import Zone

# What each forwards or asks by itself, whatever the delegations say, and what it has a copy of.
DEAD, REFUSES, STUB, COPY = "blog.org", "news.net", "plain.com", "copy.net"
UNBOUND = f"""forward-zone:
  name: {DEAD}
  forward-addr: {v4('dead')}
forward-zone:
  name: {REFUSES}
  forward-addr: {v4('aknot')}
stub-zone:
  name: {STUB}
  stub-addr: {v4('aknot')}
auth-zone:
  name: {COPY}
  primary: {v4('dead')}
  fallback-enabled: no
  for-downstream: no
  zonefile: copy
"""


def over_tls(zone, to):
    return (f"forward-zone:\n  name: {zone}\n  forward-tls-upstream: yes\n"
            f"  forward-addr: {v4(to)}@853\n")


OPTIONS = {
    "rown": {"tail": f"""
zone "{DEAD}" {{ type forward; forward only; forwarders {{ {v4('dead')}; }}; }};
zone "{REFUSES}" {{ type forward; forward only; forwarders {{ {v4('aknot')}; }}; }};
zone "{STUB}" {{ type static-stub; server-addresses {{ {v4('aknot')}; }}; }};
zone "{COPY}" {{ type secondary; primaries {{ {v4('dead')}; }}; }};"""},
    "runbown": {"forward": UNBOUND},
    "rkresown": {"extra": "".join(
        f"policy.add(policy.suffix(policy.{kind}('{v4(to)}'), policy.todnames({{'{zone}'}})))\n"
        for kind, to, zone in (("STUB", "dead", DEAD), ("STUB", "aknot", REFUSES)))},
    "rpdnsown": {"extra": f"forward-zones-recurse={DEAD}={v4('dead')}, {REFUSES}={v4('aknot')}\n"
                          f"forward-zones={STUB}={v4('aknot')}"},
    "fmasqown": {"targets": ["rbind"], "extra": f"server=/{DEAD}/{v4('dead')}\n"
                                                f"server=/{REFUSES}/{v4('aknot')}"},
    "rsixb": {"tail": "server 0.0.0.0/0 { bogus yes; };"},
    "rsixu": {"extra": "  do-not-query-address: 0.0.0.0/0"},
    "rsixk": {"extra": "net.ipv4 = false"},
    "rsixp": {"extra": f"query-local-address={v6('rsixp')}"},
    "rdot": {"extra": f"listen-on port 853 tls ephemeral {{ {v4('rdot')}; }};"},
    "rtls": {"forward": over_tls(".", "rdot") + over_tls(DEAD, "dead") + over_tls(REFUSES, "rbind")},
    "rtlsdead": {"forward": over_tls(".", "dead")},
    "rktls": {"extra": "".join(
        f"policy.add(policy.suffix(policy.TLS_FORWARD({{{{'{v4(to)}', insecure=true}}}}), policy.todnames({{'{zone}'}})))\n"
        for to, zone in (("dead", DEAD), ("rbind", REFUSES)))},
    "rptls": {"extra": f"forward-zones-recurse={DEAD}={v4('dead')}:853, {REFUSES}={v4('rbind')}:853\n"
                       "dot-to-port-853=yes\n"},
}
OPTIONS.update({
    "rstaleb": {"extra": "stale-answer-enable yes; stale-cache-enable yes; max-stale-ttl 3600;"
                         " stale-answer-client-timeout off; stale-refresh-time 2;"},
    "rstaleu": {"extra": "  serve-expired: yes\n  serve-expired-client-timeout: 1800"},
    "rmakeb": {"extra": "dns64 64:ff9b::/96 { clients { any; }; };"},
    "rmakek": {"extra": "modules.load('dns64')\ndns64.config('64:ff9b::')"},
    "fdist3": {"targets": ["dead", "closed"], "extra": "setServFailWhenNoServer(true)"},
    "fdist4": {"targets": ["rbind"], "extra": "setServFailWhenNoServer(true)"},
})
ZONES = [
    Zone("staling.net.", ["ansd"], records="brief.@ 1 IN A 198.51.100.81"),
    Zone("fencing.net.", ["aclosed"]),
    Zone("fours.net.", ["ansd"], True, records="only.@ 300 IN A 198.51.100.84\nalso.@ 300 IN A 198.51.100.85",
         fault=faults.broken_signature("A")),
]
STALE = ["rstaleb", "rstaleu"]
LOOPS = {"floop": ("rloop", "rloop", "rloop"), "rloop": ("floop", "rloopb", "rloopb"),
         "rloopb": (None, "rloop", "floop")}  # where each hands the three zones below
LOOPED = [DEAD, REFUSES, STUB]
VAIN = ("upstream.timeout",)  # true of each that waits, though not why


def looping(node, text):
    return "".join(text.format(zone=zone, to=v4(to)) for zone, to in zip(LOOPED, LOOPS[node]) if to)


OPTIONS.update({
    "floop": {"targets": ["rbind"], "extra": looping("floop", "server=/{zone}/{to}\n")},
    "rloop": {"forward": looping("rloop", "forward-zone:\n  name: {zone}\n  forward-addr: {to}\n")},
    "rloopb": {"tail": looping("rloopb", 'zone "{zone}" {{ type forward; forward only; forwarders {{ {to}; }}; }};')},
})
TLS = ["rtls", "rtlsdead", "rktls", "rptls"]
OWN = ["rown", "runbown", "rkresown", "rpdnsown", "fmasqown"]
MAKERS = ["rmakeb", "rmakek"]
SIX = ["rsixb", "rsixu", "rsixk", "rsixp"]


def twice(zone, resolvers, **options):
    return [[A("c1", r, f"www.{zone}.", timeout=WAIT[r], **options) for r in resolvers],
            [A("c1", r, f"www.{zone}.", timeout=WAIT[r], step="repeat", cached=True, **options)
             for r in resolvers],
            [A("c2", r, f"mail.{zone}.", "AAAA", edns=None, timeout=WAIT[r], **options)
             for r in resolvers]]


BESIDE = [fine("c3", r, "www.good.com.", timeout=12) for r in OWN]
REFUSED_TO_IT = ("policy.client_not_allowed", "policy.not_authoritative", "delegation.lame_refused")
SCENARIOS = [
    S("upstream.timeout", "own-forward-zone", "The resolver forwards this zone to a server that is dead.",
      [BESIDE, *twice(DEAD, OWN)], FAILS, settle=1),
    S("policy.recursion_unavailable", "own-forward-zone", "The resolver forwards this zone to an authoritative"
      " server that does not host it.",
      [BESIDE, *twice(REFUSES, OWN)], ("SERVFAIL", "REFUSED"), also_ok=REFUSED_TO_IT, settle=1),
    S("delegation.lame_refused", "own-stub-zone", "The resolver asks for this zone a server that does not host"
      " it.", [BESIDE, *twice(STUB, ["rown", "runbown", "rpdnsown"])], FAILS,
      also_ok=("policy.not_authoritative",), settle=1, stored=False),
    S("zone.not_loaded", "own-copy", "The resolver is a secondary of this zone and has never got it; it asks for"
      " it now and then.", [BESIDE[1:2], *twice(COPY, ["runbown"])], FAILS, also_ok=("upstream.timeout",),
      settle=1),
    S("zone.not_loaded", "own-copy-bind", "BIND is a secondary of this zone and has never got it; nothing on the"
      " wire says so.", [BESIDE[:1], *twice(COPY, ["rown"])], FAILS, also_ok=("unknown.no_evidence",), settle=1,
      stored=False),
    S("delegation.lame_refused", "over-ipv6-alone", "The resolver has IPv6 alone; servers refuse the zone.",
      twice("lame.com", SIX), FAILS),
    S("dnssec.signature_invalid", "made-of-a", "The resolver makes AAAA of A where there is none (DNS64), and the"
      " signature over A is wrong.",
      [[fine("c3", r, "www.good.com.", "AAAA") for r in MAKERS],
       *[[A(c, r, f"{n}.fours.net.", "AAAA") for r in MAKERS]
         for c, n in (("c1", "only"), ("c2", "also"), ("c1", "only"))]], FAILS),
    S("upstream.timeout", "over-ipv6-alone", "The resolver has IPv6 alone; the zone's server is silent.",
      twice("silent.com", SIX), FAILS, settle=1, stored=False),
    S("dnssec.signature_expired", "over-ipv6-alone", "The resolver has IPv6 alone; signatures have expired.",
      twice("sigexp.com", SIX), FAILS, stored=False),
    S("delegation.ns_unresolvable", "over-ipv6-alone", "The resolver has IPv6 alone; the names of the zone's"
      " servers do not exist.", twice("nsgone.com", SIX), FAILS, stored=False),
    S("dnssec.signature_expired", "forwarded-over-tls", "A resolver forwards over TLS to one that validates;"
      " signatures have expired.", twice("sigexp.com", ["rtls"]), FAILS, keep=("rdot",),
      also_ok=("dnssec.validation_failed",), stored=False),
    S("delegation.lame_refused", "forwarded-over-tls", "A resolver forwards over TLS; servers refuse the zone.",
      twice("lame.com", ["rtls"]), FAILS, keep=("rdot",)),
    S("upstream.timeout", "forwarded-over-tls", "A resolver forwards over TLS; the zone's server is silent.",
      twice("silent4.net", ["rtls"]), FAILS, keep=("rdot",), settle=1,
      stored=False),
    S("resolver.forwarding_loop", "two-forwarders", "Two forwarders hand this zone to each other.",
      twice(DEAD, ["floop", "rloop"]), FAILS + ("REFUSED",), also_ok=VAIN, settle=1),
    S("resolver.forwarding_loop", "two-resolvers", "Two resolvers hand this zone to each other.",
      twice(REFUSES, ["rloop", "rloopb"]), FAILS + ("REFUSED",), also_ok=VAIN, settle=1, stored=False),
    S("resolver.forwarding_loop", "three-forwarders", "Three forwarders hand this zone round.",
      twice(STUB, ["floop", "rloop", "rloopb"]), FAILS + ("REFUSED",), also_ok=VAIN, settle=1),
    S("upstream.timeout", "forwarded-over-tls-to-nobody", "A resolver forwards this zone over TLS to a server"
      " that is dead.", twice(DEAD, TLS), FAILS, settle=1),
    S("upstream.unreachable", "forwarded-over-tls-to-nobody", "A resolver forwards this zone over TLS to a server"
      " that does not speak it.", twice(REFUSES, ["rtls", "rktls", "rptls"]), FAILS, settle=1),
    # What the cache still holds is served, though it is out of date: no failure, though nobody answers.
    S("upstream.timeout", "some-of-it-stale", "The zone's servers fall silent; what the resolver holds it serves"
      " past its time, for the rest it fails.",
      [[fine("c1", r, "brief.staling.net.", timeout=12) for r in STALE],
       [fine("c1", r, "brief.staling.net.", timeout=20, pause=2.5,
             before=rule("ansd", "meta l4proto { tcp, udp } drop") if r == STALE[0] else None)
        for r in STALE],
       [A("c2", r, "www.staling.net.", timeout=WAIT[r]) for r in STALE],
       [fine("c3", r, "brief.staling.net.", timeout=20) for r in STALE]], FAILS, settle=1),
    S("upstream.unreachable", "admin-prohibited", "A firewall before the zone's servers says that it is one.",
      [[A("c1", r, f"{n}.fencing.net.", timeout=WAIT[r]) for r in ("rbind", "runb", "rkres", "rpdns")]
       for n in ("www", "mail")], FAILS, also_ok=("upstream.timeout",), settle=1, stored=False, inject=[
          rule("aclosed", "meta l4proto { tcp, udp } ip daddr " + v4("aclosed") +
               " reject with icmp type admin-prohibited"),
          rule("aclosed", "meta l4proto { tcp, udp } ip6 daddr " + v6("aclosed") +
               " reject with icmpv6 type admin-prohibited")]),
    S("upstream.timeout", "balancer-without-servers", "A load balancer has found all its servers dead, and says so"
      " at once.", [[A(c, "fdist3", f"{n}.good.com.", timeout=3)] for c, n in
                    (("c1", "www"), ("c2", "mail"), ("c1", "www"))], FAILS, also_ok=("upstream.unreachable",),
      settle=3, stored=False),
    S("delegation.lame_refused", "behind-a-balancer", "A load balancer hands on what its resolver cannot resolve.",
      [[fine("c3", "fdist4", "www.good.com.", timeout=12)],
       *[[A(c, "fdist4", f"{n}.lame.com.", timeout=12)] for c, n in (("c1", "www"), ("c2", "mail"))]],
      FAILS, keep=("rbind",)),
]
