"""Rows: further software and settings of resolvers, and faults that begin in a warm cache."""

from nodes import RESOLVERS, v4
from rows_servers import roll
from scenario import A, FAILS, OK, S, SAME, WAIT, fine, probe, rule
from zones import Zone
import faults

LABEL = "x" * 62
LONG = ".".join([LABEL] * 3 + ["com."])  # with one more of these labels it is no name
ZONES = [
    Zone("tiny.com.", ["atiny"], v6=False),
    Zone("tinylame.com.", [], delegate=["atiny"], v6=False),
    Zone("yad.net.", ["ayad"], True),
    Zone("yadlame.net.", [], delegate=["ayad"]),
    Zone("gd.org.", ["agd"]),
    Zone("gdlame.org.", [], delegate=["agd"]),
    Zone("rollksk.org.", ["ansd"], True, rolls=True, rolls_ksk=True),
    Zone("unsigned.org.", ["ansd"], True, rolls=True, rolls_unsigned=True),
    Zone("held.com.", ["abind"], records="""link.@ 300 IN CNAME www.news.net.
        round.@ 300 IN CNAME x.loopy.com."""),
    Zone("above.com.", ["abind"], True, nsec3=True, fault=faults.without("NSEC3")),
    Zone("below.above.com.", ["ansd"]),
    Zone("starry.com.", ["ansd"], records=f"d.@ 300 IN DNAME lame.com.\nlong.@ 300 IN DNAME {LONG}"),
    Zone("starrys.com.", ["abind"], True, records=f"""*.w.@ 300 IN CNAME www.lame.com.
        long.@ 300 IN DNAME {LONG}"""),
]
OPTIONS = {
    "rdjb": {"targets": ["root"]},
    "fdist": {"targets": ["rbind"], "extra": f"setACL({{'{v4('c1')}/32'}})"},
    "fdist2": {"targets": ["rbind"],
               "extra": "addAction(MaxQPSIPRule(5, 32), RCodeAction(DNSRCode.REFUSED))"},
    "rfirst": {"extra": f"forward first; forwarders {{ {v4('dead')}; }};"},
    "rtcp": {"extra": "  tcp-upstream: yes\n  do-ip6: no\n  discard-timeout: 60000", "v6": False},
    "fplain": {"targets": ["rdjb"]},
}
FIVE = [*RESOLVERS, "rdjb"]
UPLINK = [rule(n, f"{net} meta l4proto {{ tcp, udp }} drop")
          for n in ("root", "tld", "abind", "aknot", "apdns")
          for net in ("ip saddr 10.53.2.0/24", "ip6 saddr fd53::2:0/112")]
WALKERS = ["rbind", "rpdns", "rdjb"]
NEW = {"SERVFAIL": SAME, **OK}

SOFTWARE = [
    S("healthy", "further-authoritative-servers", "", [
        [fine("c1", r, name, timeout=12) for r in FIVE] for name in (
            "www.tiny.com.", "nosuch.tiny.com.", "www.yad.net.", "nosuch.yad.net.", "www.gd.org.")]),
    S("delegation.lame_refused", "yadifa-and-gdnsd", "The delegated servers (YADIFA, gdnsd) do not host the"
      " zone.", [[A("c1", r, "www." + z, timeout=WAIT[r]) for r in RESOLVERS for z in (
          "yadlame.net.", "gdlame.org.")]], FAILS),
    S("upstream.timeout", "tinydns-says-nothing", "The delegated server (tinydns) does not host the zone, and"
      " says nothing.", [[A("c1", r, "www.tinylame.com.", timeout=WAIT[r])
                          for r in WALKERS]], FAILS),
    S("delegation.lame_refused", "dnscache", "dnscache asks servers that do not host the zone.",
      [A("c1", "rdjb", "www.lame.com.", timeout=40), A("c2", "rdjb", "mail.lame.com.", timeout=40)], FAILS),
    S("dnssec.rrsig_missing", "forwarder-without-dnssec", "A validating BIND forwards to dnscache, which"
      " knows no DNSSEC.",
      [[A("c1", "fplain", name, timeout=13) for name in ("www.good.com.", "www.shop.net.")],
       A("c2", "fplain", "mail.good.com.", "AAAA", timeout=13)], FAILS, keep=("rdjb",),
      also_ok=("dnssec.dnskey_missing", "dnssec.validation_failed", "dnssec.denial_missing",
               "upstream.edns_broken")),
    S("policy.client_not_allowed", "dnsdist", "dnsdist's access list ignores one client.",
      [fine("c1", "fdist", "www.good.com."), A("c2", "fdist", "www.good.com.", tries=2, timeout=2),
       fine("c1", "fdist", "www.blog.org."), A("c2", "fdist", "www.blog.org.", timeout=2),
       fine("c1", "fdist", "www.shop.net.")], None, also_ok=("no_answer.server_silent",), settle=3),
    S("policy.rate_limited", "dnsdist-refuses", "dnsdist refuses what is above five questions a second of"
      " one client.",
      [fine("c1", "fdist2", "www.good.com."),
       A("c1", "fdist2", "www.good.com.", n=24, timeout=0.05, expect={"REFUSED": SAME, **OK}),
       fine("c3", "fdist2", "www.good.com.")], settle=2),
]
SETTINGS = [
    S("upstream.unreachable", "tcp-alone", "Unbound asks over TCP alone; no server listens.",
      probe("closed.com.", ["rtcp"], cd=False, limit=8), FAILS),
    S("upstream.timeout", "tcp-alone", "Unbound asks over TCP alone; the zone's server is silent.",
      [A("c1", "rtcp", "www.silent4.net.", timeout=45)], FAILS),
    S("delegation.ns_unresolvable", "forward-first", "BIND forwards first, to a dead server; the names of"
      " the zone's servers do not exist.", [A("c1", "rfirst", "www.nsgone.com.", timeout=13)], FAILS),
    S("delegation.loop", "forward-first", "BIND forwards first, to a dead server; the server's name is"
      " inside the zone and there is no glue.", [A("c1", "rfirst", "www.selfloop.org.", timeout=13)], FAILS),
]
WARM = [
    S("dnssec.ds_mismatch", "ksk-rolled", "The zone changed its KSK while resolvers hold the old one; the"
      " DS is that of the old one.",
      [[fine("c1", r, "www.rollksk.org.") for r in RESOLVERS],
       A("c1", "rbind", "api.rollksk.org.", timeout=12, expect=NEW, before=roll("ansd", "rollksk.org.")),
       A("c2", "runb3", "mail.rollksk.org.", "AAAA", timeout=4, expect=NEW)],
      undo=[roll("ansd", "rollksk.org.", "")], keep=("runb3",), also_ok=("dnssec.stale_dnskey",)),
    S("dnssec.rrsig_missing", "signing-ended", "The zone is not signed any more, while resolvers hold its keys.",
      [[fine("c1", r, "www.unsigned.org.") for r in RESOLVERS],
       [A("c1", r, "api.unsigned.org.", timeout=13, before=roll("ansd", "unsigned.org.") if r == RESOLVERS[0] else None)
        for r in RESOLVERS],
       [A("c2", r, "mail.unsigned.org.", edns=None, timeout=13) for r in RESOLVERS]], FAILS,
      undo=[roll("ansd", "unsigned.org.", "")], also_ok=("dnssec.dnskey_missing",)),
    S("upstream.timeout", "alias-is-held", "The resolver holds an alias from before; the zone it points to"
      " has become silent.",
      [[fine("c1", r, "link.held.com.") for r in WALKERS],
       [A("c2", r, "link.held.com.", "AAAA", timeout=WAIT[r],
          before=rule("ansd", "udp dport 53 drop") if r == WALKERS[0] else None) for r in WALKERS]], FAILS),
    S("zone.cname_loop", "alias-is-held", "The resolver holds an alias, of another type's answer, that leads into a loop.",
      [[A("c1", r, "round.held.com.", timeout=12) for r in RESOLVERS],
       [A("c2", r, "round.held.com.", "AAAA", timeout=12) for r in RESOLVERS]], FAILS),
    S("upstream.timeout", "uplink-is-down", "Nothing comes back to the resolver from anywhere.",
      [[A("c1", r, name, timeout=WAIT[r]) for r in ("rbind", "rpdns")
        for name in ("www.good.com.", "www.shop.net.", "www.blog.org.")]], FAILS, inject=UPLINK),
    S("dnssec.denial_missing", "of-a-ds", "The parent of an unsigned zone has no NSEC3 to prove that there"
      " is no DS.", probe("below.above.com.", RESOLVERS, expect=NEW), FAILS,
      also_ok=("dnssec.denial_invalid",)),
]

DEAF = ["rbind", "rpdns"]
ALIASES = [
    S("zone.alias_too_long", "dname", "A DNAME makes of the name one that is too long.",
      [[A("c1", r, f"{LABEL}.long.{zone}", timeout=12) for r in RESOLVERS]
       for zone in ("starry.com.", "starrys.com.")], ("YXDOMAIN", "SERVFAIL")),
    S("delegation.lame_refused", "behind-a-dname", "A DNAME that the resolver holds leads into a zone whose"
      " servers do not host it.", probe("d.starry.com.", cd=False), FAILS),
    S("delegation.lame_refused", "behind-a-wildcard", "A signed wildcard alias, from which resolvers answer"
      " for names never asked, leads into a zone whose servers do not host it.",
      [[A("c1", r, f"{n}.w.starrys.com.", timeout=12, edns=None) for r in RESOLVERS] for n in "abc"], FAILS),
    S("upstream.timeout", "answers-do-not-arrive", "Answers pass the tap, and are dropped before the resolver.",
      [[A(c, r, f"{n}.plain.com.", timeout=WAIT[r]) for r in DEAF] for c, n in (("c1", "www"), ("c2", "mail"))],
      FAILS, inject=[rule(r, f"ip saddr {v4('abind')} udp sport 53 drop") for r in DEAF] +
      [rule(r, "ip6 nexthdr udp udp sport 53 drop") for r in DEAF], settle=1),
]

SCENARIOS = SOFTWARE + SETTINGS + WARM + ALIASES
