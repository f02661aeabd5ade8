"""Rows: lures. What happens beside a failure must not be taken for its cause, and what is healthy
must not be called a failure."""

from nodes import CLIENTS, RESOLVERS
from scenario import A, OK, S, WAIT, fine, rule
from zones import Zone

ZONES = [
    Zone("halflame.com.", ["abind"], delegate=["abind", "aknot"]),
    Zone("halflame.net.", ["aknot"], True, delegate=["aknot", "apdns"]),
    Zone("halfclosed.org.", ["ansd"], delegate=["ansd", "closed"]),
    Zone("halfservfail.com.", ["abind"], delegate=["abind", "tiny.servfail"]),
]
OPTIONS = {}
QUICK = ("rbind", "rkres", "rpdns")


def beside(case, sentence, *failing):
    """Several faults in the very same moment at each resolver, and healthy questions with them.
    A fault is (name, cause, also_ok)."""
    group = []
    for r in QUICK:
        for i, (name, cause, also_ok) in enumerate(failing):
            group.append(A(CLIENTS[i % 3], r, name, timeout=WAIT[r], expect={"SERVFAIL": cause},
                           also_ok=also_ok, fault=f"{name}: {cause}"))
        group += [fine(c, r, n) for c, n in (("c1", "www.good.com."), ("c2", "www.shop.net."),
                                             ("c3", "nosuch.good.com."))]
    return S("traps", case, sentence, [group])


TRAPS = [
    beside("lame-beside-bogus", "Lame, bogus and silent zones are asked for in the same moment.",
           ("www.lame.com.", "delegation.lame_refused", ()),
           ("www.siginv.net.", "dnssec.signature_invalid", ()),
           ("www.silent4.net.", "upstream.timeout", ())),
    beside("three-bogus-zones", "Three zones with three DNSSEC faults in the same moment.",
           ("www.sigexp.org.", "dnssec.signature_expired", ()),
           ("www.dstag.com.", "dnssec.ds_mismatch", ()),
           ("www.nosig.com.", "dnssec.rrsig_missing", ())),
    beside("names-and-refusals", "Servers without addresses, servers that refuse and servers not"
           " loaded, in the same moment.",
           ("www.nsgone.com.", "delegation.ns_unresolvable", ()),
           ("www.lamek.org.", "delegation.lame_refused", ()),
           ("www.nlnsd.com.", "zone.not_loaded", ("upstream.servfail",))),
    S("traps", "one-bogus-among-many", "One bogus name among fifty healthy questions.",
      [[x for r in RESOLVERS for x in
        [A("c2", r, "www.sigexp.net.", timeout=14, pause=0.05,
           expect={"SERVFAIL": "dnssec.signature_expired", **OK})] +
        [fine(CLIENTS[i % 3], r, f"{n}.{z}", k, pause=0.01 * i) for i, (n, z, k) in enumerate(
            (n, z, k) for n in ("www", "mail", "api") for z in ("good.com.", "shop.net.", "blog.org.")
            for k in ("A", "AAAA"))][:12]]]),
    S("traps", "shared-fetch-bogus", "All signatures ended ten days ago; three clients ask at once.",
      [[A(c, r, "www.sigexp.org.", timeout=14, edns=None if c == "c2" else 1232,
          expect={"SERVFAIL": "dnssec.signature_expired"}) for c in CLIENTS for r in RESOLVERS]]),
    S("traps", "shared-fetch-silent", "The servers are silent; three clients ask at once, one of them"
      " again and again.",
      [[A(c, r, "www.silent4.net.", timeout=WAIT[r], tries=3 if c == "c2" else 1, gap=1.2,
          expect={"SERVFAIL": "upstream.timeout", None: "upstream.timeout"})
        for c in CLIENTS for r in QUICK]]),
    S("traps", "cd-beside", "The same bogus name with and without CD in the same moment.",
      [[x for r in ("rbind", "runb", "rkres") for x in (
          A("c1", r, "www.siginv.com.", timeout=14, expect={"SERVFAIL": "dnssec.signature_invalid"}),
          fine("c2", r, "www.siginv.com.", cd=True, do=True, timeout=14))]]),
    S("traps", "egress-beside-others", "The resolver asks from another address than it is asked at, and"
      " another resolver of the same software is sound.",
      [[A("c1", "regress", "www.lame.com.", expect={"SERVFAIL": "delegation.lame_refused"}),
        fine("c1", "rbind", "www.good.com."), fine("c2", "regress", "www.shop.net."),
        A("c3", "rbind", "www.sigexp.com.", timeout=13,
          expect={"SERVFAIL": "dnssec.signature_expired"})]]),
    S("traps", "one-resolver-blocked", "A firewall at the zone's server drops one resolver's queries;"
      " the same name works elsewhere.",
      [[A("c1", "rbind", "www.news.net.", timeout=13, expect={"SERVFAIL": "upstream.timeout"}),
        fine("c2", "runb", "www.news.net."), fine("c3", "rkres", "www.news.net."),
        fine("c3", "rpdns", "www.news.net."), fine("c2", "rbind", "www.good.com.")]],
      inject=[rule("ansd", "ip saddr 10.53.2.1 drop"), rule("ansd", "ip6 saddr fd53::2:1 drop")]),
]


def half(case, zone, **options):
    return S("healthy", case, "", [[fine(c, r, f"{n}.{zone}", k, timeout=12) for r in RESOLVERS]
                                   for c, n, k in (("c1", "www", "A"), ("c2", "mail", "AAAA"),
                                                   ("c3", "nosuch", "A"))], **options)


HEALTHY = [
    half("one-of-two-lame", "halflame.com."),
    half("one-of-two-lame-signed", "halflame.net."),
    half("one-of-two-closed", "halfclosed.org."),
    half("one-of-two-servfail", "halfservfail.com."),
    S("traps", "silence-elsewhere", "Healthy questions while a zone with silent servers is asked for.", [[
        *(A("c3", r, "www.silent.com.", timeout=6, expect={"SERVFAIL": "upstream.timeout", None: "upstream.timeout"},
            fault="Every server of silent.com is silent.") for r in ("rpdns",)),
        *(fine(c, r, n, timeout=12) for r in RESOLVERS for c, n in (
            ("c1", "www.good.com."), ("c2", "mail.halflame.com."), ("c1", "www.half.com.")))]]),
]

SCENARIOS = TRAPS + HEALTHY
