"""Rows: resolvers that are full, that limit or shut out clients, or that fail all by themselves."""

from nodes import CLIENTS, v4, v6
from scenario import A, FAILS, OK, S, SAME, WAIT, fine, rule
from zones import Zone

ZONES = [
    Zone("private.com.", ["aclosed"]),
    Zone("private.net.", ["nclosed"]),
    Zone("private.org.", ["kclosed"]),
    Zone("intranet.com.", ["abind"], records="printer.@ 300 IN A 192.168.7.9\n"
         "printer.@ 300 IN AAAA fd00:192::9\nscanner.@ 300 IN A 192.168.7.8"),
    Zone("anchored.com.", ["abind", "ansd"], signed=True),
]

SHUT_OUT, LET_IN = v4("c2"), v4("c1")
OPTIONS = {
    "aclosed": {"extra": f"allow-query {{ !{SHUT_OUT}; any; }};"},
    "nclosed": {"zone": {"private.net.": f"  allow-query: {LET_IN} NOKEY"}},
    "kclosed": {"extra": f"mod-queryacl:\n  - id: default\n    address: [{LET_IN}, 10.53.2.0/24]",
                "zone": {"private.org.": "    module: mod-queryacl/default"}},
    "rbind3": {"extra": f"blackhole {{ {SHUT_OUT}; }}; rate-limit {{ responses-per-second 4;"
                        " window 5; slip 2; };",
               "tail": "".join(f"server {a} {{ bogus yes; }};\n" for a in (v4("ansd"), v6("ansd")))},
    "rbind4": {"extra": "deny-answer-addresses { 198.51.100.0/24; 2001:db8:80::/48;"
                        " 192.168.0.0/16; fd00:192::/32; };"},
    "rhints": {"hints": ". 3600 IN NS ns.root.\nns.root. 3600 IN A " + v4("abind") + "\n"},
    "ranchor": {"extra": '  trust-anchor: "anchored.com. DS 4711 13 2 ' + "ab" * 32 + '"'},
    "rbind5": {"extra": "recursive-clients 10; clients-per-query 3; max-clients-per-query 3;"},
    "runb4": {"extra": f"  do-not-query-address: {v4('ansd')}\n  do-not-query-address: {v6('ansd')}\n"
                       "  ip-ratelimit: 4\n  ip-ratelimit-factor: 0\n  discard-timeout: 60000"},
    "runb5": {"extra": "  num-queries-per-thread: 8\n  outgoing-range: 64\n  jostle-timeout: 60000\n"
                       "  discard-timeout: 60000"},
    "rpdns3": {"files": {"broken.lua": "function preresolve(dq)\n"
                                       "  if dq.qname:isPartOf(newDN('plain.com')) then\n"
                                       "    error('a mistake in the script')\n  end\n"
                                       "  return false\nend\n"},
               "extra": "lua-dns-script=broken.lua"},
    "rpdns4": {"extra": "max-mthreads=8"},
    "rkres3": {"extra": "\n".join([
        f"view:addr('{SHUT_OUT}/32', policy.all(policy.DROP))",
        "policy.add(policy.suffix(function () error('a mistake in the policy') end,"
        " {todname('plain.com.')}))"])},
}

# --- resolver.internal ----------------------------------------------------------------------------

UNKNOWN = ("unknown.no_evidence",)


def alone(case, sentence, resolver, zone, witness="runb", good="www.shop.net.", fails=("SERVFAIL",), timeout=13,
          also_ok=UNKNOWN, **options):
    """One resolver fails what another resolves at the same time."""
    return S("resolver.internal", case, sentence,
             [[A("c1", resolver, "www." + zone, timeout=timeout, step="first"),
               fine("c3", witness, "www." + zone)],
              A("c1", resolver, "www." + zone, timeout=timeout, step="repeat", cached=True),
              [A("c3", resolver, "mail." + zone, "AAAA", edns=None, timeout=timeout),
               fine("c1", witness, "mail." + zone, "AAAA")],
              A("c3", resolver, "mail." + zone, tcp=True, timeout=timeout,
                also_ok=(*also_ok, "no_answer.unreachable") if None in fails else ()),
              fine("c1", resolver, good), fine("c3", resolver, good, "AAAA")], fails,
             also_ok=also_ok, **options)


INTERNAL = [
    alone("bind-bogus-server", "BIND is told never to ask the zone's server (server ... bogus).",
          "rbind3", "news.net."),
    alone("unbound-do-not-query", "Unbound is told never to ask the zone's server"
          " (do-not-query-address).", "runb4", "news.net."),
    alone("powerdns-script-fails", "A script of PowerDNS Recursor has a mistake: it gives no answer.",
          "rpdns3", "plain.com.", fails=(None,), timeout=2, settle=6,
          also_ok=UNKNOWN + ("no_answer.server_silent",)),
    alone("kresd-policy-fails", "A policy of Knot Resolver has a mistake.", "rkres3", "plain.com."),
    alone("bind-deny-answer-addresses", "BIND rejects the addresses that the zone answers with"
          " (deny-answer-addresses).", "rbind4", "plain.com.", good="nosuch.shop.net.",
          also_ok=UNKNOWN + ("policy.blocked",)),
]

# --- full -----------------------------------------------------------------------------------------

OWN_FAULT = {"SERVFAIL": "upstream.timeout", None: "upstream.timeout"}
FULL = [
    S("resolver.overload", "bind-recursive-clients", "BIND has as many recursive clients as it may;"
      " most wait for a silent server.",
      [[A("c1", "rbind5", f"n{i}.silent.com.", timeout=12, pause=0.01 * i,
          expect={"SERVFAIL": SAME, None: SAME}, also_ok=("upstream.timeout",) if i < 10 else (),
          late=(8.0, OWN_FAULT)) for i in range(24)] +
       [A("c3", "rbind5", f"{n}.blog.org.", timeout=3, pause=0.4, expect={"SERVFAIL": SAME, **OK})
        for n in ("www", "mail", "api")]], settle=1),
    S("resolver.overload", "bind-clients-per-query", "More clients ask BIND for one name than it lets"
      " wait (clients-per-query); the server is silent.",
      [[A(c, "rbind5", "www.silent4.net.", timeout=12, pause=0.02 * i,
          expect={None: SAME, "SERVFAIL": SAME}, late=(8.0, OWN_FAULT))
        for i in range(3) for c in CLIENTS]], settle=1, also_ok=("upstream.timeout",)),
    S("resolver.overload", "unbound-queries-per-thread", "Unbound has as many queries as it may, all"
      " for a silent server; it drops others.",
      [[A("c1", "runb5", f"n{i}.silent.com.", timeout=6, pause=0.01 * i, expect=OWN_FAULT,
          also_ok=("resolver.overload",)) for i in range(16)] +
       [A("c3", "runb5", f"{n}.{z}", timeout=3, pause=1.0, expect={None: SAME, "SERVFAIL": SAME, **OK})
        for n in ("www", "mail") for z in ("blog.org.", "shop.net.", "plain.com.")]], settle=6),
    S("resolver.overload", "powerdns-mthreads", "PowerDNS Recursor has as many threads as it may, all"
      " waiting for a silent server; it drops others.",
      [[A("c1", "rpdns4", f"n{i}.silent.com.", timeout=6, pause=0.01 * i, expect=OWN_FAULT,
          also_ok=("resolver.overload",)) for i in range(24)] +
       [A("c3", "rpdns4", f"{n}.{z}", timeout=3, pause=0.6, expect={None: SAME, "SERVFAIL": SAME, **OK})
        for n in ("www", "mail") for z in ("blog.org.", "shop.net.", "plain.com.")]], settle=6),
]

# --- limits and access lists ----------------------------------------------------------------------

LIMITS = [
    S("policy.rate_limited", "bind-rrl-at-resolver", "Response rate limiting of a recursive BIND: one"
      " client asks too often.",
      [fine("c1", "rbind3", "www.blog.org."),
       A("c1", "rbind3", "www.blog.org.", n=24, timeout=0.05, tc_retry=False,
         expect={None: "policy.rate_limited", "NOERROR": "none"}),
       fine("c3", "rbind3", "www.shop.net.")], also_ok=("no_answer.server_silent",), settle=1),
    S("policy.rate_limited", "unbound-ip-ratelimit", "Unbound's ip-ratelimit: it leaves one client"
      " that asks too often without answers.",
      [fine("c1", "runb4", "www.blog.org.", pause=1.5),
       A("c1", "runb4", "www.blog.org.", n=24, timeout=0.02,
         expect={None: "policy.rate_limited", "NOERROR": "none"}),
       fine("c3", "runb4", "www.blog.org.")],
      also_ok=("no_answer.server_silent", "resolver.rate_limited"), settle=1),
    S("policy.client_not_allowed", "bind-blackhole", "BIND's blackhole ignores one client.",
      [fine("c1", "rbind3", "www.good.com."), A("c2", "rbind3", "www.good.com.", tries=2),
       fine("c3", "rbind3", "www.good.com."), A("c2", "rbind3", "www.blog.org.", "AAAA", edns=None),
       fine("c1", "rbind3", "www.blog.org.", "AAAA"), fine("c3", "rbind3", "www.good.com.", "MX")], None,
      also_ok=("no_answer.server_silent",), settle=6),
    S("policy.client_not_allowed", "kresd-view-drops", "A view of Knot Resolver drops one client's"
      " questions.",
      [fine("c1", "rkres3", "www.good.com."), A("c2", "rkres3", "www.good.com.", tries=2),
       A("c2", "rkres3", "www.blog.org.", "AAAA", edns=None), fine("c3", "rkres3", "www.good.com."),
       fine("c1", "rkres3", "www.blog.org.", "AAAA")], FAILS,
      also_ok=("policy.blocked", "no_answer.server_silent"), settle=6),
    S("policy.client_not_allowed", "firewall-before-resolver", "A firewall at the resolver drops one"
      " client's questions.",
      [fine("c1", "rpdns", "www.good.com."), A("c2", "rpdns", "www.good.com.", tries=2),
       fine("c3", "rpdns", "www.good.com."), A("c2", "rpdns", "www.blog.org.", "AAAA"),
       fine("c1", "rpdns", "www.blog.org."), fine("c3", "rpdns", "www.blog.org.", "AAAA")], None,
      also_ok=("no_answer.server_silent",), settle=6,
      inject=[rule("rpdns", f"ip saddr {SHUT_OUT} drop")]),
    S("policy.client_not_allowed", "authoritative-access-lists", "Authoritative servers answer one"
      " client and refuse another the same zone.",
      [x for s, z in (("aclosed", "private.com."), ("nclosed", "private.net."),
                      ("kclosed", "private.org.")) for x in
       (fine("c1", s, "www." + z, rd=False), A("c2", s, "www." + z, rd=False),
        A("c2", s, "mail." + z, "AAAA", rd=False, edns=None), A("c2", s, "www." + z, rd=False, tcp=True),
        fine("c1", s, "mail." + z, "AAAA", rd=False))], ("REFUSED", "NOTAUTH")),
]

SETTINGS = [
    S("policy.blocked", "bind-rebinding", "BIND keeps back answers with private addresses"
      " (deny-answer-addresses).",
      [fine("c1", "rbind4", "good.com.", "MX"),
       [A("c1", "rbind4", "printer.intranet.com."), fine("c3", "runb", "printer.intranet.com.")],
       A("c2", "rbind4", "printer.intranet.com.", "AAAA", edns=None),
       A("c2", "rbind4", "scanner.intranet.com.", tcp=True),
       fine("c1", "rbind4", "intranet.com.", "MX")], "SERVFAIL", also_ok=("resolver.internal",)),
    S("dnssec.trust_anchor", "of-one-zone", "This resolver has a trust anchor of its own for one zone,"
      " which is no key of it.",
      [[A("c1", "ranchor", "www.anchored.com.", timeout=WAIT["ranchor"]),
        fine("c1", "runb", "www.anchored.com.")],
       A("c2", "ranchor", "mail.anchored.com.", "AAAA", edns=None, timeout=WAIT["ranchor"]),
       fine("c2", "ranchor", "www.good.com."), fine("c1", "ranchor", "www.shop.net.", "AAAA")], FAILS,
      also_ok=("resolver.internal", "dnssec.validation_failed")),
    S("resolver.internal", "root-hints", "The root hints of this resolver name a server that is none of"
      " the root's.",
      [[A("c1", "rhints", "www.good.com.", timeout=13), fine("c3", "runb", "www.good.com.")],
       A("c2", "rhints", "www.shop.net.", "AAAA", edns=None, timeout=13),
       A("c1", "rhints", "www.blog.org.", tcp=True, timeout=13)], FAILS,
      also_ok=("delegation.lame_refused",)),
]

SCENARIOS = INTERNAL + FULL + LIMITS + SETTINGS
