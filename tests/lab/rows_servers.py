"""Rows: authoritative servers at fault: rollovers, stale copies, unloaded zones, bad delegations."""

from nodes import RESOLVERS, v4, v6
from scenario import A, FAILS, OK, S, SAME, WAIT, fine, odd, probe
from zones import Zone


def broken_file(zone, lines):
    return ["this is not a zone file ("]


def at(name, *addresses, **options):
    """A zone delegated to these addresses, whoever answers there."""
    return Zone(name, [], ns=[(f"ns{i + 1}.{name}", [a]) for i, a in enumerate(addresses)], **options)


def chain(first, other):
    """Aliases to the other zone, whose aliases lead back to this one, forty steps in all."""
    return "\n".join(f"h{i}.@ 300 IN CNAME h{i + 1}.{other}" for i in range(first, 40, 2))


ZONES = [
    Zone("roll.com.", ["abind"], True, rolls=True),
    Zone("roll.net.", ["aknot"], True, rolls=True, nsec3=True),
    Zone("roll.org.", ["ansd"], True, rolls=True),
    Zone("serial.com.", ["abind", "ansd"], True, rolls=True, rolled_at=("abind",)),
    Zone("serial.net.", ["aknot", "ansd"], True, rolls=True, rolled_at=("aknot",), nsec3=True),
    Zone("twoserials.org.", ["abind", "ansd"], rolls=True, rolled_at=("abind",)),
    Zone("nlpdns.org.", ["apdns"], fault=broken_file),
    Zone("second.com.", ["asecond"], primary="dead"),
    Zone("second.net.", ["nsecond"], primary="dead"),
    Zone("second.org.", ["ksecond"], primary="dead"),
    # lame in other ways
    at("lamemix.com.", v4("abind"), v4("tiny.servfail")),
    at("lamedead.com.", v4("abind"), v4("dead")),
    at("lamerec.net.", v4("runb"), v6("runb")),
    at("lamekres.org.", v4("rkres")),
    at("lameup.net.", v4("tiny.upward"), v4("tiny.selfref")),
    Zone("lamechild.good.com.", [], delegate=["aknot"]),
    # servers whose names cannot be resolved
    Zone("nsdead.com.", [], ns=[("ns1.silent4.net.", []), ("ns2.silent4.net.", [])]),
    Zone("nslame.com.", [], ns=[("ns1.hosts.lamek.org.", [])]),
    Zone("nsbogus.com.", ["abind"], ns=[("host.siginv.net.", [])]),
    Zone("nsalias.com.", ["abind"], ns=[("nsalias.plain.com.", [])]),
    odd("late.org.", "late"),
    Zone("nsnumber.com.", [], ns=[("10.53.1.1.", [])]),
    Zone("loop3.com.", [], ns=[("ns.loop4.com.", [])]),
    Zone("loop4.com.", [], ns=[("ns.loop5.com.", [])]),
    Zone("loop5.com.", [], ns=[("ns.loop3.com.", [])]),
    Zone("chain.com.", ["abind"], records=chain(0, "chain.net.") + """
        self.@ 300 IN CNAME self.@
        out.@ 300 IN CNAME www.lame.com.
        bogus.@ 300 IN CNAME www.sigexp.org.
        silent.@ 300 IN CNAME www.silent4.net.
        gone.@ 300 IN CNAME www.nsgone.com."""),
    Zone("chain.net.", ["ansd"], records=chain(1, "chain.com.")),
]
OPTIONS = {}

# --- rollovers and copies that differ -------------------------------------------------------------


def roll(server, zone, version="next"):
    """The server begins to serve the other version of a zone."""
    def change(lab):
        node = lab.servers[server]
        node.publish(next(z for z in lab.zones if z.name == zone), zone + version)
        node.reload()
        lab.wait_serial(server, zone, version)
    return change


def stale(zone, server, sentence):
    """The keys are fetched, the zone rolls, and who has cached them fails until they time out."""
    return S("dnssec.stale_dnskey", zone.rstrip(".").replace(".", "-"), sentence,
             [[fine("c1", r, "www." + zone) for r in RESOLVERS],
              [A("c1", "rbind", "mail." + zone, "AAAA", timeout=13, before=roll(server, zone),
                 expect={"SERVFAIL": SAME, **OK})],
              [A("c1", r, "api." + zone, timeout=14, expect={"SERVFAIL": SAME, **OK}) for r in RESOLVERS],
              [fine("c3", "runb3", "api." + zone)],
              [A("c2", r, "mail." + zone, "AAAA", edns=None, timeout=14,
                 expect={"SERVFAIL": SAME, **OK}) for r in RESOLVERS],
              [A("c1", r, "api." + zone, timeout=14, expect={"SERVFAIL": SAME, **OK}, cached=True)
               for r in RESOLVERS],
              [A("c2", r, "shop." + zone, cd=True, expect={"SERVFAIL": SAME, **OK})
               for r in RESOLVERS]],
             undo=[roll(server, zone, "")], keep=("runb3",))


def stale_unseen(zone, server, **options):
    """The same, where nobody asks for the new keys while the capture runs."""
    return S("dnssec.stale_dnskey", zone.rstrip(".").replace(".", "-") + "-keys-not-seen",
             "The zone changed its signing key without waiting, and nobody is seen to fetch the new"
             " DNSKEY set.",
             [[fine("c1", r, "www." + zone) for r in RESOLVERS],
              [fine("c2", r, "shop." + zone) for r in RESOLVERS],
              [A("c1", "rbind", "mail." + zone, "AAAA", timeout=13, before=roll(server, zone),
                 expect={"SERVFAIL": SAME, **OK})],
              [A("c1", r, "api." + zone, timeout=14, expect={"SERVFAIL": SAME, **OK}) for r in RESOLVERS],
              [A("c2", r, "nosuch." + zone, "AAAA", edns=None, timeout=14,
                 expect={"SERVFAIL": SAME, **OK}) for r in RESOLVERS],
              [A("c1", r, "api." + zone, timeout=14, expect={"SERVFAIL": SAME, **OK}, cached=True)
               for r in RESOLVERS]],
             undo=[roll(server, zone, "")], **options)


ROLLS = [
    stale_unseen("roll.com.", "abind"),
    stale_unseen("roll.net.", "aknot", stored=False),
    stale("roll.com.", "abind", "The zone changed its signing key without waiting: resolvers still"
          " hold the old DNSKEY set."),
    stale("roll.net.", "aknot", "The zone changed its signing key without waiting: resolvers still"
          " hold the old DNSKEY set."),
    stale("roll.org.", "ansd", "The zone changed its signing key without waiting: resolvers still"
          " hold the old DNSKEY set."),
] + [
    S("zone.serial_mismatch", zone.rstrip(".").replace(".", "-"),
      "One server still serves an older copy of the zone, signed with another key.",
      [[A("c1", r, f"{name}.{zone}", kind, timeout=14, expect={"SERVFAIL": SAME, **OK})
        for r in RESOLVERS] for name, kind in (
          ("www", "A"), ("nosuch", "A"), ("mail", "AAAA"), ("api", "A"), ("nosuch2", "A"),
          ("shop", "AAAA"), ("alias", "A"), ("a.b", "A"), ("nosuch3", "MX"), ("www", "AAAA"))] +
      [[fine("c2", "runb3", zone, "SOA")]],
      also_ok=("dnssec.dnskey_missing", "dnssec.signature_invalid"))
    for zone in ("serial.com.", "serial.net.")
] + [
    S("healthy", "serials-differ", "",
      [[fine("c1", r, f"{name}.twoserials.org.", kind) for r in RESOLVERS]
       for name, kind in (("www", "A"), ("nosuch", "A"), ("mail", "AAAA"), ("nosuch2", "MX"))]),
]

# --- zones that are not there ---------------------------------------------------------------------

NOT_LOADED = [
    S("zone.not_loaded", "powerdns-through-resolvers", "The zone's server (PowerDNS) could not load"
      " the zone.", probe("nlpdns.org.", cd=False), FAILS, also_ok=("upstream.servfail",)),
] + [
    S("zone.not_loaded", f"secondary-{case}", f"The zone's only server, a secondary ({brand}), never"
      " got the zone from its primary.",
      probe(zone, cd=False) + [A("c3", server, "www." + zone, rd=False),
                               A("c3", server, zone, "SOA", rd=False, edns=None)],
      FAILS, also_ok=("upstream.servfail",))
    for case, brand, server, zone in (("bind", "BIND", "asecond", "second.com."),
                                      ("nsd", "NSD", "nsecond", "second.net."),
                                      ("knot", "Knot DNS", "ksecond", "second.org."))
]

# --- delegations ----------------------------------------------------------------------------------

QUICK = ["rbind", "rkres", "rpdns"]
DELEGATION = [
    S("delegation.lame_refused", "refused-and-servfail", "One delegated server refuses, the other"
      " answers SERVFAIL (tests/lab/tiny.py).", probe("lamemix.com.", cd=False), FAILS,
      also_ok=("upstream.servfail", "zone.not_loaded")),
    S("delegation.lame_refused", "refused-and-dead", "One delegated server refuses, the other is"
      " silent.", probe("lamedead.com.", QUICK, cd=False), FAILS, also_ok=("upstream.timeout",)),
    S("delegation.lame_refused", "to-a-resolver", "The delegation names a recursive resolver (Unbound),"
      " which refuses questions without RD.", probe("lamerec.net.", QUICK, cd=False), FAILS),
    S("delegation.lame_refused", "to-knot-resolver", "The delegation names a recursive resolver (Knot"
      " Resolver), which refuses questions without RD.",
      probe("lamekres.org.", ["rbind", "runb", "rpdns"], cd=False), FAILS),
    S("delegation.lame_refused", "child-of-a-signed-zone", "The servers of a child zone do not host"
      " it; its parent is signed and sound.", probe("lamechild.good.com.", cd=False), FAILS),
    S("delegation.lame_referral", "upward-and-to-itself", "One delegated server refers to the root,"
      " the other to itself (tests/lab/tiny.py).", probe("lameup.net.", QUICK, cd=False), FAILS),
    S("delegation.lame_referral", "empty-answers", "The delegated servers answer with nothing at all,"
      " not authoritative (tests/lab/tiny.py).",
      probe("empty.org.", cd=False, expect={"SERVFAIL": SAME, **OK}), FAILS),
    S("delegation.lame_referral", "notauth", "The delegated server answers NOTAUTH (tests/lab/tiny.py).",
      probe("notauth.org.", cd=False), FAILS, also_ok=("delegation.lame_refused",)),
    S("delegation.ns_unresolvable", "zone-of-names-is-dead", "The servers' names are in a zone whose"
      " servers are silent.", probe("nsdead.com.", QUICK, cd=False), FAILS,
      also_ok=("upstream.timeout",)),
    S("delegation.ns_unresolvable", "zone-of-names-is-lame", "The server's name is in a zone whose"
      " servers do not host it.", probe("nslame.com.", cd=False), FAILS,
      also_ok=("delegation.lame_refused",)),
    S("delegation.ns_unresolvable", "name-is-an-alias", "The server's name is an alias.",
      probe("nsalias.com.", cd=False, expect={"SERVFAIL": SAME, **OK}), FAILS),
    S("delegation.ns_unresolvable", "name-is-an-address", "The server's name looks like an address.",
      probe("nsnumber.com.", cd=False), FAILS),
    S("traps", "zone-of-ns-name-is-bogus", "The server's name is in a zone whose signatures fail; most"
      " resolvers do not mind.",
      [[A("c1", r, "www.nsbogus.com.", timeout=12,
          expect={"SERVFAIL": "delegation.ns_unresolvable", **OK}) for r in RESOLVERS],
       [fine("c2", r, "mail.nsbogus.com.", "AAAA", timeout=12) for r in RESOLVERS]],
      also_ok=("dnssec.signature_invalid", "dnssec.validation_failed")),
    S("delegation.loop", "three-zones", "The servers of three zones live in each other.",
      probe("loop3.com.", cd=False, limit=20), FAILS),
    S("zone.cname_loop", "alias-of-itself", "An alias points at itself.",
      probe("chain.com.", names=("self", "self"), cd=False, expect={"SERVFAIL": SAME}), FAILS),
    S("zone.cname_loop", "long-chain", "A chain of forty aliases, to and fro between two zones.",
      probe("chain.com.", names=("h0", "h1"), cd=False, expect={"SERVFAIL": SAME, **OK}), FAILS,
      also_ok=("resolver.internal",)),
    S("delegation.lame_refused", "behind-an-alias", "A sound alias points into a zone whose servers do"
      " not host it.", probe("chain.com.", names=("out", "out"), cd=False), FAILS),
    S("dnssec.signature_expired", "behind-an-alias", "A sound alias points into a zone whose"
      " signatures ended ten days ago.", probe("chain.com.", names=("bogus", "bogus"), limit=14), FAILS),
    S("upstream.timeout", "behind-an-alias", "A sound alias points into a zone whose servers are"
      " silent.", probe("chain.com.", QUICK, names=("silent", "silent"), cd=False), FAILS),
    S("delegation.ns_unresolvable", "behind-an-alias", "A sound alias points into a zone whose"
      " servers' names do not exist.", probe("chain.com.", names=("gone", "gone"), cd=False), FAILS),
    S("upstream.timeout", "too-slow", "The zone's servers answer after 3.5 seconds, later than"
      " resolvers wait (tests/lab/tiny.py).",
      [[A("c1", r, "www.late.org.", timeout=WAIT[r], expect={"SERVFAIL": SAME, None: SAME, **OK})
        for r in QUICK],
       [A("c2", "rpdns", "mail.late.org.", "AAAA", timeout=5, edns=None,
          expect={"SERVFAIL": SAME, None: SAME, **OK})]], settle=4),
]

SCENARIOS = ROLLS + NOT_LOADED + DELEGATION
