"""The one table of the lab. A new scenario is one row of SCENARIOS, and, if need be, a zone, an
option of a server (OPTIONS) or an odd server (tiny.py)."""

import dataclasses

import dns.opcode

import ask as asking
import faults
from ask import Ask, FINE, ixfr, notify, opcode, raw, update, with_key
from nodes import CLIENTS, RESOLVERS, TINY, v4, v6
from servers import XFER_KEY
from zones import Zone

# --- faults injected in the network ---------------------------------------------------------------


def rule(node, text, chain="in"):
    """A firewall rule at a node, for the time of the scenario."""
    def inject(lab):
        lab.nodes[node].rule(chain, text)
    inject.node = node
    return inject


def silent(node):
    return rule(node, "meta l4proto { tcp, udp } drop")


def slow(node, milliseconds):
    def inject(lab):
        lab.nodes[node].sh(f"tc qdisc add dev eth0 root netem delay {milliseconds}ms")
    inject.node = node
    return inject


@dataclasses.dataclass
class Scenario:
    slug: str
    case: str
    fault: str  # one sentence; goes into the labels
    asks: list  # Ask, or a list of them asked at the same moment
    fails: tuple = ()  # rcodes (None: no answer) that mean the fault, for asks without expect
    also_ok: tuple = ()
    inject: list = dataclasses.field(default_factory=list)
    undo: list = dataclasses.field(default_factory=list)
    pre: list = dataclasses.field(default_factory=list)  # asked before the capture begins
    flush: bool = True
    settle: float = 0.15
    keep: tuple = ()  # nodes whose traffic belongs to the case too
    view: str = "both"

    @property
    def touched(self):
        return {i.node for i in self.inject if hasattr(i, "node")} | \
            {a.before.node for g in self.asks for a in (g if isinstance(g, list) else [g])
             if hasattr(a.before, "node")}

    def expectation(self, ask):
        return ask.expect if ask.expect is not None else {r: self.slug for r in self.fails}


# --- zones ----------------------------------------------------------------------------------------

GTLD = [("a.gtld-servers.net.", [v4("tld"), v6("tld")])]
ROOT_HOSTS = "\n".join(f"{n} 300 IN {t} {a}" for n, t, a in (
    ("a.root-servers.net.", "A", v4("root")), ("a.root-servers.net.", "AAAA", v6("root")),
    ("b.root-servers.net.", "A", "10.53.0.2")))


def odd(name, behaviour, **options):
    """A zone whose only servers are the odd server of that behaviour."""
    return Zone(name, [], ns=[("ns1." + name, [v4("tiny." + behaviour)]),
                              ("ns2." + name, [v6("tiny." + behaviour)])], **options)


def broken_file(zone, lines):
    return ["this is not a zone file ("]


ZONES = [
    Zone("com.", ["tld"], signed=True, ns=GTLD, plain=True, nsec3=True),
    Zone("net.", ["tld"], signed=True, ns=GTLD, plain=True, records=ROOT_HOSTS),
    Zone("org.", ["tld"], signed=True, ns=GTLD, plain=True),
    Zone("good.com.", ["abind", "ansd"], signed=True),
    Zone("shop.net.", ["aknot"], signed=True, nsec3=True),
    Zone("blog.org.", ["apdns"]),
    Zone("news.net.", ["ansd"]),
    Zone("plain.com.", ["abind"]),
    Zone("dyn.com.", ["abind"]),
    Zone("kdyn.net.", ["aknot"]),
    Zone("half.com.", ["abind"], delegate=["abind", "dead"]),
    Zone("silent.com.", [], delegate=["dead", "tiny.silent"]),
    Zone("silent4.net.", [], delegate=["dead"], v6=False),
    Zone("closed.com.", [], delegate=["closed"]),
    Zone("nlbind.com.", ["abind"], fault=broken_file),
    Zone("nlnsd.com.", ["ansd"], fault=broken_file),
    Zone("nlknot.net.", ["aknot"], fault=broken_file),
    Zone("lame.com.", [], delegate=["abind", "ansd"]),
    Zone("lamek.org.", [], delegate=["aknot", "apdns"]),
    Zone("limited.com.", ["alimit"]),
    Zone("limited.net.", ["nlimit"]),
    Zone("loopy.com.", ["abind"], records="""x.@ 300 IN CNAME y.@
        y.@ 300 IN CNAME x.@
        far.@ 300 IN CNAME far.loopy.net."""),
    Zone("loopy.net.", ["aknot"], records="far.@ 300 IN CNAME far.loopy.com."),
] + [odd(f"{t.replace('_', '-')}.org.", t) for t in (
    "upward", "selfref", "servfail", "refused", "formerr", "notimp", "wrong_id", "wrong_question",
    "truncate", "tcp_reset", "noedns", "dropedns", "formerr_cookie", "nodata_noaa", "empty")] + [
    Zone("big.org.", [], ns=[("ns1.big.org.", [v4("tiny.big")])]),
]


def tiny_behaviours():
    return set(TINY)


# --- options of servers ---------------------------------------------------------------------------

DENIED = v4("c2")
RPZ = "\n".join(["$TTL 60", "@ SOA localhost. h.localhost. 1 60 60 60 60", "@ NS localhost.",
                 "www.blocked.com CNAME .", "nodata.blocked.com CNAME *.",
                 "drop.blocked.com CNAME rpz-drop."])

WRONG_ANCHOR = (". 3600 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxIL"
                "fDLUT0rAK9iUzy1L53eKGQ==\n")

OPTIONS = {
    "abind": {"extra": 'allow-transfer { key "xfer.key"; };',
              "zone": {"dyn.com.": 'allow-update { key "xfer.key"; };'}},
    "ansd": {},
    "aknot": {"extra": "acl:\n  - id: upd\n    key: xfer.key.\n    action: [update, transfer]",
              "zone": {"kdyn.net.": "    acl: upd"}},
    "alimit": {"extra": "rate-limit { responses-per-second 3; window 5; slip 3; };"},
    "nlimit": {"extra": "  rrl-ratelimit: 3\n  rrl-slip: 2\n  rrl-ipv4-prefix-length: 32"},
    "rbind": {}, "runb": {"extra": "  discard-timeout: 60000"}, "rkres": {}, "rpdns": {},
    "rbind2": {"extra": f"allow-query {{ !{DENIED}; any; }}; require-server-cookie yes;"
                        ' response-policy { zone "rpz.lab"; };',
               "tail": 'zone "rpz.lab" { type primary; file "rpz"; };', "files": {"rpz": RPZ + "\n"}},
    "runb2": {"acl": f"  access-control: 0.0.0.0/0 allow\n  access-control: {DENIED}/32 refuse\n"
                     f"  access-control: {v4('c3')}/32 deny",
              "extra": '\n'.join(['  local-zone: "refused.blocked.com." refuse',
                                  '  local-zone: "nx.blocked.com." always_nxdomain',
                                  '  local-zone: "deny.blocked.com." deny', "  deny-any: yes"])},
    "runb3": {},
    "rbad": {"anchor": "bad.key", "files": {"bad.key": WRONG_ANCHOR}},
    "rkres2": {"extra": "\n".join([
        f"view:addr('{DENIED}/32', policy.all(policy.REFUSE))"] + [
        f"policy.add(policy.suffix(policy.{how}, {{todname('{name}.blocked.com.')}}))"
        for how, name in (("DENY", "deny"), ("REFUSE", "refuse"), ("DROP", "drop"))])},
    "rpdns2": {"allow": f"!{DENIED}, 0.0.0.0/0, ::/0", "files": {"rpz": RPZ + "\n"},
               "lua": "rpzFile('rpz', {extendedErrorCode=15, extendedErrorExtra='blocked by policy'})"},
    "rlimit": {"extra": "  ratelimit: 3\n  ratelimit-factor: 0"},
    "fmasq": {"targets": ["rbind"]},
    "fmasq2": {"targets": ["dead"]},
}

# --- the table ------------------------------------------------------------------------------------

REFUSED, SILENT = ("REFUSED",), (None,)
OK = dict(FINE)


def fine(client, server, name, kind="A", **options):
    return Ask(client, server, name, kind, expect=OK, **options)


def A(client, server, name, kind="A", **options):
    return Ask(client, server, name, kind, **options)


def each(servers, client, name, kind="A", **options):
    return [A(client, s, name, kind, **options) for s in servers]


def S(slug, case, fault, asks, fails=(), **options):
    return Scenario(slug, case, fault, asks, fails if isinstance(fails, tuple) else (fails,), **options)


POLICY = [
    S("policy.recursion_unavailable", "authoritative-asked-to-recurse",
      "Recursive questions to authoritative-only servers for names they do not host.",
      [A("c1", s, n, t, edns=e, v6=six)
       for s in ("abind", "ansd", "aknot", "apdns")
       for n, t, e, six in (("www.elsewhere.org.", "A", 1232, False), ("www.shop.fr.", "AAAA", None, True),
                            ("mail.somewhere.net.", "MX", 1232, False))]
      + [fine("c1", "abind", "www.good.com."), fine("c2", "aknot", "www.shop.net.")], "REFUSED"),
    S("policy.recursion_unavailable", "dig-to-authoritative",
      "dig asks an authoritative-only server for a name it does not host.",
      [A("c1", "abind", "", command="dig @{server} www.elsewhere.org A +tries=1 +timeout=2"),
       A("c2", "ansd", "", command="dig @{server} www.elsewhere.org TXT +tries=1 +timeout=2"),
       A("c2", "aknot", "", command="dig @{server} www.elsewhere.org A +tcp +tries=1 +timeout=2")],
      "REFUSED"),
    S("policy.recursion_unavailable", "upward-referral",
      "An authoritative-only server answers recursive questions with a referral to the root.",
      [A("c1", "tiny.upward", "www.elsewhere.org."), A("c2", "tiny.upward", "a.b.example.com.", "AAAA"),
       A("c1", "tiny.upward", "www.elsewhere.org.", edns=None)], "NOERROR"),
    S("policy.recursion_unavailable", "empty-answer",
      "A server without recursion answers recursive questions with nothing at all, RA clear.",
      [A("c1", "tiny.empty", "www.elsewhere.org."), A("c1", "tiny.empty", "www.elsewhere.org.", "AAAA", edns=None)],
      "NOERROR"),
    S("policy.client_not_allowed", "unbound-refuse-and-deny",
      "Unbound's access-control refuses one client and ignores another.",
      [fine("c1", "runb2", "www.good.com."),
       A("c2", "runb2", "www.good.com.", expect={"REFUSED": "policy.client_not_allowed"}),
       A("c2", "runb2", "www.shop.net.", "AAAA", edns=None, expect={"REFUSED": "policy.client_not_allowed"}),
       A("c3", "runb2", "www.good.com.", timeout=1, tries=2),
       fine("c1", "runb2", "www.shop.net.", "AAAA"), A("c3", "runb2", "www.shop.net."),
       fine("c1", "runb2", "www.blog.org.")], None, settle=6),
    S("policy.client_not_allowed", "bind-allow-query", "BIND's allow-query excludes one client.",
      [fine("c1", "rbind2", "www.good.com.", tcp=True), A("c2", "rbind2", "www.good.com."),
       A("c2", "rbind2", "www.blog.org.", "AAAA", edns=None), A("c2", "rbind2", "www.good.com.", tcp=True),
       fine("c3", "rbind2", "www.good.com.", tcp=True)], "REFUSED", also_ok=()),
    S("policy.client_not_allowed", "powerdns-silent",
      "PowerDNS Recursor's allow-from excludes one client: it gets no answer, others do.",
      [fine("c1", "rpdns2", "www.good.com."), A("c2", "rpdns2", "www.good.com.", tries=2),
       fine("c3", "rpdns2", "www.good.com."), A("c2", "rpdns2", "www.blog.org.", "AAAA"),
       fine("c1", "rpdns2", "www.blog.org.")], None, settle=6),
    S("policy.client_not_allowed", "kresd-view", "A view of Knot Resolver refuses one client.",
      [fine("c1", "rkres2", "www.good.com."), A("c2", "rkres2", "www.good.com."),
       A("c2", "rkres2", "www.blog.org.", "AAAA", edns=None), fine("c3", "rkres2", "www.good.com.")], "REFUSED"),
    S("policy.not_authoritative", "not-hosted",
      "Non-recursive questions to authoritative servers for zones they do not host.",
      [A("c1", s, n, t, rd=False, edns=e, tcp=tcp) for s in ("abind", "ansd", "aknot", "apdns")
       for n, t, e, tcp in (("www.elsewhere.org.", "A", 1232, False), ("elsewhere.fr.", "SOA", None, False),
                            ("elsewhere.fr.", "NS", 1232, True))]
      + [fine("c2", s, n, rd=False) for s, n in (("abind", "www.good.com."), ("aknot", "www.shop.net."))],
      "REFUSED"),
    S("policy.nonrecursive_refused", "cache-snooping",
      "Resolvers that refuse questions without RD.",
      [g for s in ("runb", "rkres") for g in
       (fine("c1", s, "www.good.com."), A("c2", s, "www.good.com.", rd=False),
        A("c2", s, "www.shop.net.", "AAAA", rd=False, edns=None), A("c2", s, "www.good.com.", rd=False, tcp=True))],
      "REFUSED"),
    S("policy.transfer_refused", "axfr",
      "AXFR from a client without the right, of a zone the server hosts.",
      [A("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True), A("c1", "ansd", "news.net.", "AXFR", rd=False, tcp=True),
       A("c1", "aknot", "shop.net.", "AXFR", rd=False, tcp=True), A("c1", "apdns", "blog.org.", "AXFR", rd=False, tcp=True),
       A("c2", "abind", "good.com.", command="dig @{server} good.com AXFR +timeout=2 +tries=1"),
       A("c2", "ansd", "news.net.", command="dig @{server} news.net AXFR +timeout=2 +tries=1"),
       A("c2", "aknot", "shop.net.", command="dig @{server} shop.net AXFR +timeout=2 +tries=1"),
       fine("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True, make=with_key(XFER_KEY))],
      ("REFUSED", "NOTAUTH")),
    S("policy.transfer_refused", "ixfr",
      "IXFR from a client without the right, of a zone the server hosts.",
      [A("c1", "abind", "good.com.", "IXFR", make=ixfr, tcp=True), A("c1", "ansd", "news.net.", "IXFR", make=ixfr, tcp=True),
       A("c1", "aknot", "shop.net.", "IXFR", make=ixfr, tcp=True), A("c1", "apdns", "blog.org.", "IXFR", make=ixfr, tcp=True),
       A("c2", "abind", "good.com.", "IXFR", make=ixfr), A("c2", "ansd", "news.net.", "IXFR", make=ixfr)],
      ("REFUSED", "NOTAUTH")),
    S("policy.transfer_refused", "resolver", "AXFR asked of recursive resolvers, which never give it.",
      [A("c1", "runb", "good.com.", "AXFR", rd=False, tcp=True), A("c1", "fmasq", "good.com.", "AXFR", rd=False, tcp=True),
       A("c1", "rkres", "good.com.", "AXFR", rd=False, tcp=True),
       A("c1", "runb", "good.com.", "AXFR", tcp=True)], "REFUSED",
      also_ok=("policy.nonrecursive_refused", "policy.not_authoritative")),
    S("policy.update_refused", "no-right", "UPDATE of a hosted zone by a client without the right.",
      [A("c1", "abind", "good.com.", make=update(("add", "new", 300, "A", "192.0.2.1"))),
       A("c1", "abind", "dyn.com.", make=update(("add", "new", 300, "A", "192.0.2.1")), tcp=True),
       A("c1", "aknot", "shop.net.", make=update(("delete", "www"))),
       A("c1", "apdns", "blog.org.", make=update(("add", "new", 300, "A", "192.0.2.1"))),
       A("c2", "abind", "plain.com.", command="printf 'server {server}\\nzone plain.com\\nupdate add"
         " n.plain.com 60 A 192.0.2.9\\nsend\\n' | nsupdate"),
       A("c2", "rkres", "good.com.", make=update(("add", "new", 300, "A", "192.0.2.1")))],
      ("REFUSED", "NOTAUTH")),
    S("policy.notify_refused", "stranger", "NOTIFY from a host that is not a primary of the zone.",
      [A("c1", "ansd", "news.net.", make=notify), A("c1", "aknot", "shop.net.", make=notify),
       A("c1", "apdns", "blog.org.", make=notify), A("c1", "runb", "good.com.", make=notify),
       A("c1", "rkres", "good.com.", make=notify), A("c1", "abind", "elsewhere.fr.", make=notify),
       A("c1", "rbind", "good.com.", make=notify)], ("REFUSED", "NOTAUTH")),
    S("policy.qtype_refused", "any-refused", "A server that refuses QTYPE ANY (tests/lab/tiny.py).",
      [fine("c1", "tiny.refuse_any", "www.any.org."), A("c1", "tiny.refuse_any", "www.any.org.", "ANY", rd=False),
       A("c2", "tiny.refuse_any", "any.org.", "ANY", edns=None, rd=False), fine("c2", "tiny.refuse_any", "any.org.", "AAAA", rd=False)],
      "REFUSED"),
    S("policy.blocked", "unbound-local-zone", "Unbound local-zones refuse and drop names.",
      [A("c1", "runb2", "www.refused.blocked.com.", expect={"REFUSED": "policy.blocked"}),
       A("c1", "runb2", "www.refused.blocked.com.", "AAAA", edns=None, expect={"REFUSED": "policy.blocked"}),
       A("c1", "runb2", "nx.blocked.com.", expect={"NXDOMAIN": "name.blocked"}, also_ok=("policy.blocked", "name.does_not_exist")),
       A("c1", "runb2", "www.deny.blocked.com.", expect={None: "policy.blocked"}, also_ok=("no_answer.server_silent",)),
       fine("c1", "runb2", "www.good.com."), fine("c1", "runb2", "www.shop.net.")]),
    S("policy.blocked", "knot-resolver", "Policies of Knot Resolver deny, refuse and drop names.",
      [A("c1", "rkres2", "www.deny.blocked.com.", expect={"NXDOMAIN": "name.blocked"}, also_ok=("policy.blocked",)),
       A("c1", "rkres2", "www.refuse.blocked.com.", expect={"REFUSED": "policy.blocked"}),
       A("c1", "rkres2", "www.drop.blocked.com.", expect={"SERVFAIL": "policy.blocked", None: "policy.blocked"}),
       fine("c1", "rkres2", "www.good.com.")]),
    S("policy.blocked", "powerdns-rpz", "A response policy zone of PowerDNS, with EDE 15.",
      [A("c1", "rpdns2", "www.blocked.com.", expect={"NXDOMAIN": "name.blocked"}, also_ok=("policy.blocked",)),
       A("c1", "rpdns2", "drop.blocked.com.", expect={None: "policy.blocked"}, also_ok=("no_answer.server_silent",)),
       fine("c1", "rpdns2", "www.good.com.")]),
    S("policy.blocked", "bind-rpz", "A response policy zone of BIND: NXDOMAIN and silence.",
      [A("c1", "rbind2", "www.blocked.com.", tcp=True, expect={"NXDOMAIN": "name.blocked"}, also_ok=("policy.blocked", "name.does_not_exist")),
       A("c1", "rbind2", "drop.blocked.com.", edns=None, tcp=False, tries=2, expect={None: "policy.blocked"}, also_ok=("no_answer.server_silent",)),
       fine("c1", "rbind2", "www.good.com.", tcp=True)]),
    S("policy.blocked", "ede-codes", "A filter answers REFUSED with EDE 15 or 17 (tests/lab/tiny.py).",
      [A("c1", "tiny.blocked", "www.bad.example.", step="ede 15"), A("c2", "tiny.ede_filtered", "www.bad.example.", step="ede 17"),
       A("c2", "tiny.blocked", "ads.bad.example.", "AAAA")], "REFUSED"),
    S("policy.rate_limited", "bind-rrl", "Response rate limiting of BIND: one client asks too often.",
      [A("c1", "alimit", "www.limited.com.", rd=False, n=24, timeout=0.05, tc_retry=False,
         expect={None: "policy.rate_limited", "NOERROR": "none"}), fine("c2", "alimit", "www.limited.com.", rd=False)],
      also_ok=("no_answer.server_silent",), settle=1),
    S("policy.rate_limited", "nsd-rrl", "Response rate limiting of NSD: one client asks too often.",
      [A("c1", "nlimit", "www.limited.net.", rd=False, n=30, timeout=0.05, tc_retry=False,
         expect={None: "policy.rate_limited", "NOERROR": "none"}), fine("c2", "nlimit", "www.limited.net.", rd=False)],
      also_ok=("no_answer.server_silent",), settle=1),
    S("policy.rate_limited", "ede-31-32", "A limiter says so with EDE (tests/lab/tiny.py).",
      [A("c1", "tiny.rate_ede", "www.any.org.", n=14, expect={"REFUSED": "policy.rate_limited", "NOERROR": "none"}),
       A("c1", "tiny.rate_ede32", "www.any.org.", n=14, expect={"REFUSED": "policy.rate_limited", "NOERROR": "none"})]),
]

ADD = ("add", "new", 300, "A", "192.0.2.1")
UNSUPPORTED = [
    S("unsupported.axfr", "udp-and-odd", "AXFR where it is not implemented: over UDP, and an odd server.",
      [A("c1", "ansd", "news.net.", "AXFR", rd=False), A("c1", "aknot", "shop.net.", "AXFR", rd=False),
       A("c1", "tiny.noaxfr", "any.org.", "AXFR", rd=False, tcp=True)], "NOTIMP"),
    S("unsupported.ixfr", "notimp-and-formerr", "IXFR where it is not implemented.",
      [A("c1", "tiny.noixfr", "any.org.", "IXFR", make=ixfr, tcp=True), A("c1", "tiny.noixfr", "any.org.", "IXFR", make=ixfr),
       A("c1", "runb", "good.com.", "IXFR", make=ixfr, tcp=True), A("c1", "fmasq", "good.com.", "IXFR", make=ixfr),
       A("c1", "runb", "good.com.", "IXFR", make=ixfr, edns=None)], ("NOTIMP", "FORMERR")),
    S("unsupported.update", "notimp", "UPDATE where it is not implemented.",
      [A("c1", "ansd", "news.net.", make=update(ADD)), A("c1", "runb", "good.com.", make=update(ADD)),
       A("c1", "fmasq", "good.com.", make=update(ADD)), A("c1", "tiny.noupdate", "any.org.", make=update(ADD)),
       A("c2", "ansd", "news.net.", command="printf 'server {server}\\nzone news.net\\nupdate add n.news.net"
         " 60 A 192.0.2.9\\nsend\\n' | nsupdate")], "NOTIMP"),
    S("unsupported.notify", "notimp", "NOTIFY where it is not implemented (tests/lab/tiny.py).",
      [A("c1", "tiny.nonotify", "any.org.", make=notify), A("c2", "tiny.nonotify", "other.org.", make=notify)], "NOTIMP"),
    S("unsupported.opcode", "status-and-others", "Opcodes nobody implements: IQUERY, STATUS, DSO, 3, 9.",
      [A("c1", s, "www.good.com.", make=opcode(n)) for s in ("abind", "ansd", "aknot", "rbind", "runb", "fmasq") for n in (1, 2, 9)]
      + [A("c2", "abind", "www.good.com.", make=opcode(3), edns=None), A("c2", "rbind", "www.good.com.", make=opcode(6))],
      ("NOTIMP", "FORMERR")),
    S("unsupported.qtype", "meta-types", "Meta types a server does not implement as questions.",
      [A("c1", "abind", "good.com.", t, rd=False) for t in ("MAILA", "MAILB", "TYPE128", "TKEY")]
      + [A("c1", "rbind", "good.com.", t) for t in ("MAILA", "MAILB", "TYPE128")]
      + [A("c1", "runb", "good.com.", t) for t in ("MAILA", "TYPE128")]
      + [A("c2", "tiny.noqtype", "any.org.", t, rd=False) for t in ("ANY", "HTTPS")] + [fine("c2", "tiny.noqtype", "any.org.")],
      ("NOTIMP", "FORMERR")),
    S("unsupported.edns_version", "version-1", "EDNS version 1 in the query.",
      [A("c1", s, "www.good.com.", version=1) for s in ("abind", "ansd", "aknot", "apdns", "rbind", "runb", "rpdns")]
      + [A("c2", "abind", "", command="dig @{server} www.good.com +edns=3 +noednsnegotiation +tries=1 +timeout=2"),
         A("c2", "tiny.badvers_formerr", "www.any.org.", version=1), fine("c2", "tiny.badvers_formerr", "www.any.org.")],
      ("BADVERS", "FORMERR")),
]

PROTOCOL = [
    S("protocol.edns_unsupported", "formerr-to-opt", "A server from before EDNS answers FORMERR to any OPT.",
      [A("c1", "tiny.noedns", "www.noedns.org."), fine("c1", "tiny.noedns", "www.noedns.org.", edns=None),
       A("c2", "tiny.noedns", "www.noedns.org.", "AAAA", do=True), fine("c2", "tiny.noedns", "www.noedns.org.", "AAAA", edns=None)],
      "FORMERR"),
    S("protocol.edns_unsupported", "no-plain-retry", "FORMERR to OPT; the client does not try again without it.",
      [A("c1", "tiny.noedns", "www.noedns.org."), A("c1", "tiny.noedns", "mail.noedns.org.", "MX")], "FORMERR"),
    S("protocol.malformed_query", "cut-and-loops", "Queries that are damaged: cut, looping names, counts that lie.",
      [A("c1", s, "www.good.com.", make=raw(change), step=what) for s in ("abind", "ansd", "rbind", "runb")
       for what, change in (("name cut", lambda b: b[:20]), ("pointer loop", lambda b: b[:12] + b"\xc0\x0c\0\1\0\1"),
                            ("label too long", lambda b: b[:12] + b"\x7f" + b[13:]),
                            ("count of 2 questions, one there", lambda b: b[:5] + b"\2" + b[6:29] + b"" if False else b[:4] + b"\0\2" + b[6:]))]
      + [A("c2", s, "www.good.com.", make=raw(lambda b: b[:4] + b"\0\0" + b[6:12]), step="no question") for s in ("abind", "ansd", "rbind", "runb")],
      "FORMERR"),
    S("protocol.bad_cookie", "required", "BIND requires a server cookie; the query has none, or a forged one.",
      [A("c1", "rbind2", "www.good.com.", cookie=b"\1\2\3\4\5\6\7\x08"),
       A("c1", "rbind2", "www.good.com.", cookie=b"\1\2\3\4\5\6\7\x08" + b"\xaa" * 16),
       A("c3", "rbind2", "www.shop.net.", "AAAA", cookie=b"\1\2\3\4\5\6\7\x09" + b"\xbb" * 8),
       A("c3", "rbind2", "www.good.com.", command="dig @{server} www.good.com +nobadcookie +tries=1 +timeout=3"),
       fine("c1", "rbind2", "www.good.com.", tcp=True)], "BADCOOKIE"),
]

BAD_KEY = ("nobody.key.", "hmac-sha256", XFER_KEY[2])
BAD_SECRET = ("xfer.key.", "hmac-sha256", "d3Jvbmctc2VjcmV0LXdyb25nLXNlY3JldC13cm9uZyE=")
TSIG = [
    S("tsig.bad_key", "unknown-key", "The message is signed with a key the server does not know.",
      [A("c1", s, z, "SOA", rd=False, make=with_key(BAD_KEY)) for s, z in (("abind", "good.com."), ("aknot", "shop.net."))]
      + [A("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True, make=with_key(BAD_KEY)),
         A("c2", "abind", "dyn.com.", make=update(ADD, key=BAD_KEY)), A("c2", "aknot", "kdyn.net.", make=update(ADD, key=BAD_KEY)),
         A("c2", "ansd", "news.net.", "SOA", rd=False, make=with_key(BAD_KEY))], "NOTAUTH"),
    S("tsig.bad_signature", "wrong-secret", "Client and server hold different secrets under one key name.",
      [A("c1", s, z, "SOA", rd=False, make=with_key(BAD_SECRET)) for s, z in (("abind", "good.com."), ("aknot", "shop.net."))]
      + [A("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True, make=with_key(BAD_SECRET)),
         A("c2", "abind", "dyn.com.", make=update(ADD, key=BAD_SECRET)), A("c2", "aknot", "kdyn.net.", make=update(ADD, key=BAD_SECRET))],
      "NOTAUTH"),
    S("tsig.bad_time", "clock-behind", "The client's clock is more than the fudge away.",
      [A("c1", s, z, "SOA", rd=False, make=with_key(XFER_KEY, skew=k)) for s, z in (("abind", "good.com."), ("aknot", "shop.net.")) for k in (-4000, 86400)]
      + [A("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True, make=with_key(XFER_KEY, skew=-1000)),
         fine("c1", "abind", "good.com.", "SOA", rd=False, make=with_key(XFER_KEY))], "NOTAUTH"),
]

UPDATE = [
    S("update.prerequisite_failed", "all-four", "Prerequisites of an authorised UPDATE do not hold.",
      [A("c1", s, z, make=update(p, ADD, key=XFER_KEY), step=w) for s, z in (("abind", "dyn.com."), ("aknot", "kdyn.net."))
       for w, p in (("name must not exist", ("absent", "www")), ("RRset must not exist", ("absent", "www", "A")),
                    ("RRset must exist", ("present", "www", "TXT")), ("RRset must have this value", ("present", "www", "A", "192.0.2.77")))]
      + [A("c2", "abind", "dyn.com.", make=update(("present", "nosuch"), ADD, key=XFER_KEY), step="name must exist")],
      ("YXDOMAIN", "YXRRSET", "NXRRSET", "NXDOMAIN")),
    S("update.not_authoritative", "zone-unknown", "UPDATE of a zone the server does not host.",
      [A("c1", s, "elsewhere.fr.", make=update(ADD, key=k)) for s in ("abind", "aknot") for k in (XFER_KEY, None)]
      + [A("c2", "rbind", "good.com.", make=update(ADD))], "NOTAUTH"),
    S("update.out_of_zone", "record-elsewhere", "An authorised UPDATE adds a record outside the zone.",
      [A("c1", s, z, make=update(("add", "www.outside.org.", 300, "A", "192.0.2.1"), key=XFER_KEY)) for s, z in (("abind", "dyn.com."), ("aknot", "kdyn.net."))]
      + [A("c1", s, z, make=update(("present", "www.outside.org."), ADD, key=XFER_KEY)) for s, z in (("abind", "dyn.com."), ("aknot", "kdyn.net."))],
      "NOTZONE"),
]

HEALTHY = [
    S("healthy", "mixed", "", [fine(c, s, n, t) for s in RESOLVERS + ["fmasq"] for c, n, t in (
        ("c1", "www.good.com.", "A"), ("c2", "www.good.com.", "AAAA"), ("c3", "good.com.", "MX"), ("c1", "nosuch.good.com.", "A"),
        ("c2", "www.shop.net.", "A"), ("c1", "alias.blog.org.", "A"), ("c3", "www.plain.com.", "TXT"))]),
]

SCENARIOS = POLICY + UNSUPPORTED + PROTOCOL + TSIG + UPDATE + HEALTHY
