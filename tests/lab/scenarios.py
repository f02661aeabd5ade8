"""The one table of the lab. A new scenario is one row of SCENARIOS, and, if need be, a zone, an
option of a server (OPTIONS) or an odd server (tiny.py). rows_*.py hold more rows, by subject."""

import dataclasses
import time

import faults
import rows_limits
import rows_local
import rows_paper
import rows_servers
import rows_software
import rows_traps
import rows_upstream
from ask import ixfr, notify, opcode, raw, update, with_key
from nodes import CLIENTS, RESOLVERS, TINY, second_root, v4, v6
from scenario import A, FAILS, OK, S, SAME, WAIT, fine, odd, probe, rule, silent
from servers import XFER_KEY
from zones import Zone

# --- zones ----------------------------------------------------------------------------------------

GTLD = [("a.gtld-servers.net.", [v4("tld"), v6("tld")])]
ROOT_HOSTS = "\n".join(f"{n} 300 IN {t} {a}" for n, t, a in (
    ("a.root-servers.net.", "A", v4("root")), ("a.root-servers.net.", "AAAA", v6("root")),
    ("b.root-servers.net.", "A", second_root())))


def broken_file(zone, lines):
    return ["this is not a zone file ("]


ZONES = [
    Zone("com.", ["tld"], signed=True, ns=GTLD, plain=True, nsec3=True, inception="-20d"),
    Zone("net.", ["tld"], signed=True, ns=GTLD, plain=True, records=ROOT_HOSTS, inception="-20d"),
    Zone("org.", ["tld"], signed=True, ns=GTLD, plain=True, inception="-20d"),
    Zone("good.com.", ["abind", "ansd"], signed=True),
    Zone("shop.net.", ["aknot"], signed=True, nsec3=True),
    Zone("blog.org.", ["apdns"]),
    Zone("news.net.", ["ansd"]),
    Zone("plain.com.", ["abind"], records="nshost.@ 300 IN A " + v4("abind") + """
        nsalias.@ 300 IN CNAME nshost.@"""),
    Zone("dyn.com.", ["abind"]),
    Zone("kdyn.net.", ["aknot"]),
    Zone("ads.net.", ["ansd"]),  # blocked by the filters
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
    "truncate", "tcp_reset", "tcp_mute", "notauth", "noedns", "dropedns", "formerr_cookie", "nodata_noaa", "empty")] + [
    Zone("big.org.", [], ns=[("ns1.big.org.", [v4("tiny.big")])]),
    Zone("outside.com.", [], ns=[("ns1.outside.com.", ["45.90.1.1"]), ("ns2.outside.com.", ["45.90.1.2"])]),
    Zone("nsgone.com.", [], ns=[("ns1.nosuchhost.net.", []), ("ns2.nosuchhost.org.", [])]),
    Zone("nsgone.org.", [], ns=[("ns1.nosuch.plain.com.", [])]),
    Zone("noaddr.net.", [], ns=[("noaddr.plain.com.", [])]),
    Zone("loop1.com.", [], ns=[("ns1.loop2.net.", []), ("ns2.loop2.net.", [])]),
    Zone("loop2.net.", [], ns=[("ns1.loop1.com.", []), ("ns2.loop1.com.", [])]),
    Zone("selfloop.org.", [], ns=[("ns1.selfloop.org.", [])]),
] + [Zone(f"glue{i}.com.", [], ns=[(f"ns1.glue{i}.com.", [a])]) for i, a in enumerate(
    ("127.0.0.1", "240.0.0.1", "192.168.77.1", "0.0.0.0", "169.254.7.7", "203.0.113.5", "::1",
     "2001:db8::1", "fe80::a:b:c:d", "ff02::16"))] + [
    # sound zones whose signatures hold for a short and for a long time
    Zone("short.com.", ["abind"], True, expiration="+5d", dnskey_expiration="+30d"),
    Zone("short.net.", ["aknot"], True, expiration="+5d", nsec3=True),
    Zone("short.org.", ["ansd"], True, expiration="+5d", dnskey_expiration="+30d"),
    Zone("fresh.com.", ["abind"], True, dnskey_inception="-20d"),
    Zone("fresh.org.", ["ansd"], True, dnskey_inception="-20d"),
    Zone("long.com.", ["abind"], True, inception="-20d"),
    Zone("long.org.", ["ansd"], True, inception="-20d"),
    Zone("often.com.", ["ansd"], True, nsec3=True, iterations=2000),
    Zone("some.com.", ["ansd"], True, nsec3=True, iterations=100),
    Zone("often.net.", ["aknot"], True, nsec3=True, iterations=500),
    # DNSSEC: one fault each
    Zone("sigexp.com.", ["abind"], True, inception="-30d", expiration="-2d"),
    Zone("sigexp.net.", ["aknot"], True, inception="-30d", expiration="-1h", nsec3=True),
    Zone("sigexp.org.", ["ansd"], True, inception="-40d", expiration="-10d"),
    Zone("leafexp.com.", ["abind"], True, inception="-30d", expiration="-1d", dnskey_expiration="+30d"),
    Zone("keyexp.net.", ["ansd"], True, inception="-30d", expiration="+30d", dnskey_expiration="-1d"),
    Zone("notyet.com.", ["abind"], True, inception="+5d", expiration="+40d"),
    Zone("notyet.org.", ["aknot"], True, inception="+2h", expiration="+30d", nsec3=True),
    Zone("siginv.com.", ["abind"], True, fault=faults.broken_signature("A", "AAAA", "MX", "TXT", "CNAME")),
    Zone("siginv.net.", ["aknot"], True, records="host.@ 300 IN A " + v4("abind"), fault=faults.broken_signature("A", "AAAA", "MX", "TXT", "CNAME")),
    Zone("keyinv.org.", ["ansd"], True, fault=faults.broken_signature("DNSKEY")),
    Zone("inverted.com.", ["ansd"], True, fault=faults.window_inverted("A", "AAAA", "MX", "TXT")),
    Zone("inverted.net.", ["aknot"], True, fault=faults.window_inverted("A", "AAAA", "MX", "TXT")),
    Zone("dstag.com.", ["abind"], True, ds_fault=faults.ds_tag),
    Zone("dsdigest.net.", ["aknot"], True, ds_fault=faults.ds_digest),
    Zone("dsalg.org.", ["ansd"], True, ds_fault=faults.ds_algorithm(8)),
    Zone("nokey.com.", ["aknot"], True, fault=faults.without("DNSKEY")),
    Zone("nokey.net.", ["aknot"], True, fault=faults.without("DNSKEY"), nsec3=True),
    Zone("nozsk.com.", ["abind"], True, hide_zsk=True),
    Zone("nozsk.org.", ["aknot"], True, hide_zsk=True),
    Zone("dsnosig.com.", ["abind"], True, fault=faults.unsigned),
    Zone("dsnosig.net.", ["aknot"], True, fault=faults.unsigned),
    Zone("dsnosig.org.", ["apdns"], True, fault=faults.unsigned),
    Zone("nosig.com.", ["abind"], True, fault=faults.without_rrsig("A", "AAAA", "MX", "TXT", "CNAME")),
    Zone("nosig.org.", ["ansd"], True, fault=faults.without_rrsig("A", "AAAA", "MX", "TXT", "CNAME")),
    Zone("nosigall.net.", ["ansd"], True, fault=faults.without_rrsig()),
    Zone("nosigkey.org.", ["ansd"], True, fault=faults.without_rrsig("DNSKEY")),
    Zone("nonsec.com.", ["ansd"], True, fault=faults.without("NSEC")),
    Zone("nonsec.net.", ["ansd"], True, fault=faults.without("NSEC3"), nsec3=True),
    Zone("badnsec.com.", ["abind"], True, fault=faults.broken_signature("NSEC")),
    Zone("badnsec.net.", ["ansd"], True, fault=faults.broken_signature("NSEC3"), nsec3=True),
    Zone("wrongnsec.org.", ["ansd"], True, fault=faults.denial_wrong),
    Zone("nobit.com.", ["ansd"], True, fault=faults.dnskey_flags(lambda f: f & ~0x100)),
    Zone("algorithm.org.", ["ansd"], True, fault=faults.algorithm_number(100)),
    Zone("biz.", ["tld"], True, ns=GTLD, plain=True, ds_fault=faults.ds_digest),
    Zone("under.biz.", ["abind"], True),
] + rows_limits.ZONES + rows_servers.ZONES + rows_upstream.ZONES + \
    rows_paper.ZONES + rows_traps.ZONES + rows_software.ZONES + rows_local.ZONES


def tiny_behaviours():
    return set(TINY)


# --- options of servers ---------------------------------------------------------------------------

DENIED = v4("c2")
RPZ = "\n".join(["$TTL 60", "@ SOA localhost. h.localhost. 1 60 60 60 60", "@ NS localhost.",
                 "www.blocked.com CNAME .", "nodata.blocked.com CNAME *.",
                 "drop.blocked.com CNAME rpz-drop.", "ads.net CNAME .", "*.ads.net CNAME ."])


def clock(days):
    """A moment as Unbound's val-override-date takes it."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 86400 * days))


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
    "rskew": {"extra": '  val-override-date: "20200101000000"'},
    "rskewtold": {"extra": '  val-override-date: "20200101000000"\n  trust-anchor-signaling: yes'},
    "rahead": {"extra": f'  val-override-date: "{clock(12)}"'},
    "rbehind": {"extra": f'  val-override-date: "{clock(-6)}"'},
    "regress": {},
    "fmasq4": {"targets": ["rbind"], "validate": True},
    "rsmall": {"extra": "recursive-clients 12; fetches-per-zone 4 fail;"},
    "fmasq3": {"targets": ["rbind"], "extra": "dns-forward-max=4"},
    "rfwd": {"forward": f'forward-zone:\n  name: "."\n  forward-addr: {v4("rbind")}'},
    "rbad": {"anchor": "bad.key", "files": {"bad.key": WRONG_ANCHOR}},
    "rbadtold": {"anchor": "bad.key", "files": {"bad.key": WRONG_ANCHOR}, "extra": "  trust-anchor-signaling: yes"},
    "rkres2": {"extra": "\n".join([
        f"view:addr('{DENIED}/32', policy.all(policy.REFUSE))"] + [
        f"policy.add(policy.suffix(policy.{how}, {{todname('{name}')}}))"
        for how, name in (("DENY", "deny.blocked.com."), ("REFUSE", "refuse.blocked.com."),
                          ("DROP", "drop.blocked.com."), ("DENY", "ads.net."))])},
    "rpdns2": {"allow": f"!{DENIED}, 0.0.0.0/0, ::/0", "files": {"rpz": RPZ + "\n"},
               "lua": "rpzFile('rpz', {extendedErrorCode=15, extendedErrorExtra='blocked by policy'})"},
    "rlimit": {"extra": "  ratelimit: 3\n  ratelimit-factor: 0\n" + "".join(
        f"  ratelimit-for-domain: {z} 0\n" for z in (".", "com.", "net.", "org."))},
    "fmasq": {"targets": ["rbind"]},
    "fmasq2": {"targets": ["dead"]},
    **rows_limits.OPTIONS, **rows_servers.OPTIONS, **rows_upstream.OPTIONS,
    **rows_paper.OPTIONS, **rows_software.OPTIONS, **rows_local.OPTIONS,
}

# --- the table ------------------------------------------------------------------------------------

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
      [A("c1", "runb", "good.com.", "AXFR", rd=False, tcp=True), A("c1", "fmasq", "good.com.", "AXFR", rd=False, tcp=True, expect={"NOTAUTH": "policy.transfer_refused"}),
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
       A("c1", "runb", "good.com.", "IXFR", make=ixfr, tcp=True), A("c1", "fmasq", "good.com.", "IXFR", make=ixfr, expect={"NOTAUTH": "policy.transfer_refused"}, also_ok=("unsupported.ixfr", "policy.not_authoritative")),
       A("c1", "runb", "good.com.", "IXFR", make=ixfr, edns=None)], ("NOTIMP", "FORMERR")),
    S("unsupported.update", "notimp", "UPDATE where it is not implemented.",
      [A("c1", "ansd", "news.net.", make=update(ADD)), A("c1", "runb", "good.com.", make=update(ADD)),
       A("c1", "tiny.noupdate", "any.org.", make=update(ADD)),
       A("c2", "ansd", "news.net.", command="printf 'server {server}\\nzone news.net\\nupdate add n.news.net"
         " 60 A 192.0.2.9\\nsend\\n' | nsupdate")], "NOTIMP"),
    S("unsupported.notify", "notimp", "NOTIFY where it is not implemented (tests/lab/tiny.py).",
      [A("c1", "tiny.nonotify", "any.org.", make=notify), A("c2", "tiny.nonotify", "other.org.", make=notify)], "NOTIMP"),
    S("unsupported.opcode", "status-and-others", "Opcodes nobody implements: IQUERY, STATUS, DSO, 3, 9.",
      [A("c1", s, "www.good.com.", make=opcode(n)) for s in ("abind", "ansd", "aknot", "rbind", "runb") for n in (1, 2, 9)]
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
      [A("c1", s, z, "SOA", rd=False, make=with_key(BAD_SECRET)) for s, z in (("abind", "good.com."), ("aknot", "kdyn.net."))]
      + [A("c1", "aknot", "kdyn.net.", "AXFR", rd=False, tcp=True, make=with_key(BAD_SECRET)),
         A("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True, make=with_key(BAD_SECRET)),
         A("c2", "abind", "dyn.com.", make=update(ADD, key=BAD_SECRET)), A("c2", "aknot", "kdyn.net.", make=update(ADD, key=BAD_SECRET))],
      "NOTAUTH"),
    S("tsig.bad_time", "clock-behind", "The client's clock is more than the fudge away.",
      [A("c1", s, z, "SOA", rd=False, make=with_key(XFER_KEY, skew=k)) for s, z in (("abind", "good.com."), ("aknot", "kdyn.net.")) for k in (-4000, 86400)]
      + [A("c1", "aknot", "kdyn.net.", "AXFR", rd=False, tcp=True, make=with_key(XFER_KEY, skew=-1000)),
         A("c2", "aknot", "kdyn.net.", make=update(ADD, key=(*XFER_KEY, 86400))),
         A("c2", "abind", "dyn.com.", make=update(ADD, key=(*XFER_KEY, -4000))),
         A("c1", "abind", "good.com.", "AXFR", rd=False, tcp=True, make=with_key(XFER_KEY, skew=-1000)),
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

UPSTREAM = [
    S("upstream.timeout", f"silent-{r}", "Every server of the zone is silent.",
      [A("c1", r, "www.silent.com.", timeout=WAIT[r], step="first"),
       A("c1", r, "www.silent.com.", timeout=WAIT[r], step="repeat", cached=True),
       [A("c2", r, "www.silent4.net.", "AAAA", timeout=WAIT[r], edns=None, step="another zone"),
        fine("c3", r, "www.good.com."), A("c1", r, "mail.silent.com.", "MX", timeout=WAIT[r], step="other name")]],
      FAILS, settle=1) for r in RESOLVERS] + [
    S("upstream.timeout", "silent-unbound-debian", "Every server of the zone is silent; Unbound drops late replies.",
      [[A("c1", "runb3", "www.silent.com.", tries=3, gap=3, timeout=8, step="first"), fine("c3", "runb3", "www.good.com.")],
       A("c2", "runb3", "mail.silent4.net.", "AAAA", timeout=8, edns=None)], FAILS, settle=5),
    S("upstream.timeout", "shared-fetch", "Many clients wait for one fetch from silent servers; dig-like retries.",
      [[A(c, "rbind", "www.silent.com.", tries=3, gap=5, timeout=5, step=f"client {c}") for c in CLIENTS] +
       [A("c1", "rpdns", "www.silent4.net.", tries=2, gap=2, timeout=4), A("c2", "rpdns", "www.silent4.net.", timeout=4)]], FAILS),
    S("upstream.timeout", "through-forwarder", "dnsmasq forwards to BIND, whose upstream servers are silent.",
      [[A("c1", "fmasq", "www.silent.com.", timeout=13), fine("c2", "fmasq", "www.blog.org.")],
       A("c2", "fmasq", "mail.silent4.net.", timeout=13)], FAILS, keep=("rbind",)),
    S("upstream.timeout", "forwarder-target-silent", "The target of the forwarder is silent.",
      [A("c1", "fmasq2", "www.good.com.", tries=2, gap=2, timeout=3), A("c2", "fmasq2", "www.blog.org.", "AAAA", timeout=3)],
      FAILS, settle=5),
    S("upstream.timeout", "far-away", "The servers' network drops everything.",
      [[A("c1", r, "www.outside.com.", timeout=WAIT[r]) for r in ("rbind", "rkres", "rpdns")]], FAILS),
    S("upstream.timeout", "resolver-cut-off", "A firewall drops what the resolver sends to the zone's servers.",
      [[A("c1", r, "www.plain.com.", timeout=WAIT[r]), fine("c2", r, "www.shop.net.")] for r in ("rpdns", "rbind")],
      FAILS, inject=[silent("abind")]),
    S("upstream.timeout", "other-egress-address", "Every server of the zone is silent; the resolver asks from another address than it is asked at.",
      [[A("c1", "regress", "www.silent.com.", timeout=13), fine("c3", "regress", "www.good.com.")],
       A("c1", "regress", "www.silent.com.", timeout=13, cached=True), A("c2", "regress", "mail.silent4.net.", "AAAA", timeout=13, edns=None)], FAILS),
    S("upstream.unreachable", "port-closed", "No server listens: ICMP port unreachable.",
      [[A("c1", r, "www.closed.com.", timeout=WAIT[r], step="first") for r in ("rbind", "rpdns", "rkres")],
       [A("c1", r, "www.closed.com.", timeout=WAIT[r], step="repeat", cached=True) for r in ("rbind", "rpdns")],
       [A("c2", r, "mail.closed.com.", "AAAA", timeout=WAIT[r], edns=None) for r in ("rbind", "rpdns")]], FAILS),
    S("upstream.unreachable", "port-closed-unbound", "No server listens: ICMP port unreachable, which Unbound ignores.",
      [A("c1", "runb", "www.closed.com.", timeout=45)], FAILS),
    S("upstream.unreachable", "no-route", "A router answers ICMP network unreachable.",
      [[A("c1", r, "www.outside.com.", timeout=WAIT[r]) for r in ("rbind", "rkres", "rpdns")],
       [A("c2", r, "mail.outside.com.", "AAAA", timeout=WAIT[r]) for r in ("rpdns",)]], FAILS,
      inject=[lambda lab: lab.router("unreachable")], undo=[lambda lab: lab.router("blackhole")]),
    S("upstream.servfail", "every-server", "Every server of the zone answers SERVFAIL (tests/lab/tiny.py).",
      probe("servfail.org.", cd=False), FAILS, also_ok=("zone.not_loaded",)),
    S("upstream.formerr", "every-server", "Every server of the zone answers FORMERR (tests/lab/tiny.py).",
      probe("formerr.org.", cd=False), FAILS),
    S("upstream.notimp", "every-server", "Every server of the zone answers NOTIMP (tests/lab/tiny.py).",
      probe("notimp.org.", cd=False), FAILS),
    S("upstream.tcp_blocked", "dropped", "Answers are truncated and TCP is dropped.",
      probe("truncate.org.", ["rbind", "rkres", "rpdns"], cd=False, again=False), FAILS, inject=[rule("tiny", "tcp dport 53 drop")]),
    S("upstream.tcp_blocked", "reset", "Answers are truncated and nobody listens on TCP.",
      probe("tcp-reset.org.", cd=False), FAILS),
    S("upstream.tcp_blocked", "silent", "Answers are truncated, and over TCP the server takes what is asked and says nothing (tests/lab/tiny.py).",
      probe("tcp-mute.org.", cd=False, again=False), FAILS),
    S("upstream.mismatched_reply", "wrong-id", "The server answers with another ID (tests/lab/tiny.py).",
      [[A("c1", r, "www.wrong-id.org.", timeout=WAIT[r]) for r in ("rbind", "rkres", "rpdns")],
       [A("c2", r, "mail.wrong-id.org.", "AAAA", timeout=WAIT[r], edns=None) for r in ("rpdns",)]], FAILS),
    S("upstream.mismatched_reply", "wrong-question", "The server answers another question (tests/lab/tiny.py).",
      [[A("c1", r, "www.wrong-question.org.", timeout=WAIT[r]) for r in RESOLVERS]], FAILS),
    S("upstream.edns_broken", "opt-dropped", "The server drops queries with OPT and answers those without.",
      [[A("c1", r, "www.dropedns.org.", timeout=WAIT[r], expect={"SERVFAIL": "upstream.edns_broken", None: "upstream.edns_broken", "NOERROR": "none"}) for r in RESOLVERS],
       A("c3", "tiny.dropedns", "www.dropedns.org.", rd=False, tries=2, expect={None: "no_answer.server_silent"},
         also_ok=("protocol.edns_unsupported", "upstream.edns_broken")),
       fine("c3", "tiny.dropedns", "www.dropedns.org.", rd=False, edns=None)], also_ok=("upstream.timeout",)),
    S("upstream.fragments_lost", "second-fragment", "Fragments after the first never arrive.",
      [[A("c1", r, "www.big.org.", "TXT", timeout=WAIT[r]) for r in ("rbind", "rkres", "rpdns")]], FAILS,
      also_ok=("upstream.timeout",), inject=[rule("tiny", "tcp dport 53 drop"), lambda lab: fragments(lab, True)],
      undo=[lambda lab: fragments(lab, False)]),
    S("upstream.rate_limited", "rrl-against-resolver", "The zone's server limits this resolver's rate.",
      [[A("c1", "rpdns", f"n{i}.limited.net.", timeout=5, expect={"SERVFAIL": "upstream.rate_limited", None: "upstream.rate_limited", **OK})
        for i in range(40)]], also_ok=("upstream.timeout",)),
]


def fragments(lab, lost):
    """Loses what follows a first fragment before the mirror port sees it."""
    import net
    table = "netdev lost"
    net.in_namespace(net.SWITCH, net.sh, f"nft add table {table}; nft 'add chain {table} c"
                     " { type filter hook ingress device tiny priority 0; }';"
                     f" nft 'add rule {table} c ip frag-off & 0x1fff != 0 drop'" if lost else
                     f"nft delete table {table}")


DELEGATION = [
    S("delegation.lame_refused", "bind-and-nsd", "The delegated servers (BIND, NSD) do not host the zone.",
      probe("lame.com.", cd=False), FAILS),
    S("delegation.lame_refused", "other-egress-address", "The delegated servers do not host the zone; the resolver asks from another address than it is asked at.",
      [[A("c1", "regress", "www.lame.com."), fine("c3", "regress", "www.good.com.")], A("c1", "regress", "www.lame.com.", cached=True),
       A("c2", "regress", "mail.lamek.org.", "AAAA", edns=None)], FAILS),
    S("delegation.lame_refused", "knot-and-powerdns", "The delegated servers (Knot DNS, PowerDNS) do not host the zone.",
      probe("lamek.org.", cd=False), FAILS),
    S("delegation.lame_refused", "through-forwarders", "A lame zone asked through dnsmasq and through Unbound as forwarder.",
      [[A("c1", f, "www.lame.com.", timeout=14) for f in ("fmasq", "rfwd")], [fine("c1", f, "www.good.com.") for f in ("fmasq", "rfwd")],
       [A("c2", f, "mail.lamek.org.", "AAAA", timeout=14) for f in ("fmasq", "rfwd")]], FAILS, keep=("rbind",)),
    S("delegation.lame_referral", "upward", "The delegated server refers to the root (tests/lab/tiny.py).",
      probe("upward.org.", cd=False), FAILS),
    S("delegation.lame_referral", "to-itself", "The delegated server refers to itself (tests/lab/tiny.py).",
      probe("selfref.org.", ["rbind", "rkres", "rpdns"], cd=False), FAILS),
    S("delegation.ns_unresolvable", "no-such-host", "The names of the servers do not exist.", probe("nsgone.com.", cd=False), FAILS),
    S("delegation.ns_unresolvable", "in-another-zone", "The name of the only server does not exist.", probe("nsgone.org.", cd=False), FAILS),
    S("delegation.ns_unresolvable", "no-address", "The name of the server exists but has no address.", probe("noaddr.net.", cd=False), FAILS),
    S("delegation.loop", "two-zones", "Each zone's servers live in the other zone.",
      probe("loop1.com.", cd=False, limit=20), FAILS),
    S("delegation.loop", "no-glue", "The server's name is inside the zone and there is no glue.",
      probe("selfloop.org.", cd=False, limit=20), FAILS, also_ok=("delegation.ns_unresolvable",)),
] + [
    S("delegation.glue_unroutable", f"glue-{i}", f"The only address of the zone's server is {a}.",
      [[A("c1", r, f"www.glue{i}.com.", timeout=WAIT[r]) for r in ("rbind", "rkres", "rpdns")],
       [A("c2", r, f"mail.glue{i}.com.", "AAAA", timeout=WAIT[r], edns=None) for r in ("rpdns",)]], FAILS)
    for i, a in enumerate(("127.0.0.1", "240.0.0.1", "192.168.77.1", "0.0.0.0", "169.254.7.7", "203.0.113.5", "::1",
                           "2001:db8::1", "fe80::a:b:c:d", "ff02::16"))
]

ZONE = [
    S("zone.not_loaded", "through-resolvers", "The zone's server (BIND) could not load the zone.",
      probe("nlbind.com.", cd=False), FAILS, also_ok=("upstream.servfail",)),
    S("zone.not_loaded", "nsd-through-resolvers", "The zone's server (NSD) could not load the zone.",
      probe("nlnsd.com.", cd=False), FAILS, also_ok=("upstream.servfail",)),
    S("zone.not_loaded", "knot-through-resolvers", "The zone's server (Knot DNS) could not load the zone.",
      probe("nlknot.net.", cd=False), FAILS, also_ok=("upstream.servfail",)),
    S("zone.not_loaded", "asked-directly", "The server could not load the zone; it is asked itself.",
      [A("c1", s, n, rd=False, edns=e) for s, n in (("abind", "www.nlbind.com."), ("ansd", "www.nlnsd.com."), ("aknot", "www.nlknot.net.")) for e in (1232, None)],
      FAILS),
    S("zone.cname_loop", "one-zone", "Two aliases point at each other.",
      probe("loopy.com.", names=("x", "y"), cd=False, expect={"SERVFAIL": "zone.cname_loop"}), FAILS),
    S("zone.cname_loop", "two-zones", "Aliases in two zones point at each other.",
      probe("loopy.net.", names=("far", "far"), cd=False, expect={"SERVFAIL": "zone.cname_loop"}), FAILS),
]

RESOLVER = [
    S("resolver.cached_failure", "lame", "The failure was cached before the capture began.",
      [[A("c1", r, "www.lame.com.", cached=True) for r in ("rbind", "runb", "rpdns")], [fine("c2", r, "www.good.com.") for r in ("rbind", "runb", "rpdns")]],
      FAILS, pre=[A("c1", r, "www.lame.com.", timeout=3) for r in ("runb", "rpdns", "rbind")], also_ok=("unknown.no_evidence",)),
    S("resolver.cached_failure", "bogus", "A DNSSEC failure was cached before the capture began.",
      [[A("c1", r, "www.sigexp.com.", cached=True) for r in ("runb", "rpdns")], [A("c2", r, "www.sigexp.com.", edns=None, cached=True) for r in ("runb", "rpdns")],
       [fine("c2", r, "www.good.com.") for r in ("runb", "rpdns")]],
      FAILS, pre=[A("c1", r, "www.sigexp.com.", timeout=3) for r in ("runb", "rpdns")],
      also_ok=("dnssec.validation_failed", "dnssec.signature_expired", "unknown.no_evidence")),
    S("resolver.rate_limited", "unbound-ratelimit", "Unbound's ratelimit for the zone is used up.",
      [A("c1", "rlimit", f"n{i}.blog.org.", timeout=2, expect={"SERVFAIL": "resolver.rate_limited", **OK}) for i in range(16)]
      + [fine("c2", "rlimit", "www.shop.net.")], also_ok=("resolver.overload", "unknown.no_evidence"), settle=0.3),
    S("resolver.overload", "bind-fetches-per-zone", "BIND's quota of fetches for a zone with a silent server is used up.",
      [[A("c1", "rsmall", f"n{i}.silent.com.", timeout=11, pause=0.01 * i, expect={"SERVFAIL": "upstream.timeout" if i < 4 else "resolver.overload"},
         also_ok=("resolver.rate_limited",) if i >= 4 else ("resolver.overload",)) for i in range(30)]]),
    S("resolver.overload", "dnsmasq-forward-max", "dnsmasq has as many forwarded queries as it may.",
      [[A("c1", "fmasq3", f"n{i}.silent.com.", timeout=11, pause=0.01 * i, expect={"REFUSED": "resolver.overload", "SERVFAIL": "upstream.timeout"},
         also_ok=("policy.rate_limited", "resolver.rate_limited") if i >= 4 else ()) for i in range(16)]], keep=("rbind",)),
]

NO_ANSWER = [
    S("no_answer.server_silent", "no-dns-there", "The server asked never answers.",
      [A("c1", "dead", "www.good.com.", tries=3, gap=1), A("c2", "dead", "www.good.com.", "AAAA", v6=True, edns=None),
       fine("c1", "rbind", "www.good.com.")], None, settle=6),
    S("no_answer.unreachable", "port-closed", "Nothing listens at the server asked: ICMP port unreachable.",
      [A("c1", "closed", "www.good.com.", tries=2), A("c2", "closed", "www.good.com.", "AAAA", v6=True),
       fine("c1", "rbind", "www.good.com.")], None, settle=3),
    S("no_answer.late_response", "after-the-client-left", "The answer comes 3.5 s later; the client is gone (ICMP port unreachable).",
      [A("c1", "tiny.late", "www.any.org.", timeout=1, expect={"NOERROR": "no_answer.late_response"}),
       A("c2", "tiny.late", "www.any.org.", "AAAA", timeout=1, tries=2, expect={"NOERROR": "no_answer.late_response"})],
      also_ok=("none", "no_answer.server_silent"), settle=4.5),
    S("no_answer.one_way_capture", "queries-only", "The tap sees one direction only.",
      [fine(c, r, n) for r in ("rbind", "runb") for c, n in (("c1", "www.good.com."), ("c2", "www.shop.net."), ("c3", "www.blog.org."))],
      view="one_way", settle=1),
]

NAME = [
    S("name.does_not_exist", "four-resolvers", "The name does not exist.",
      [A("c1", r, n) for r in RESOLVERS for n in ("nosuch.good.com.", "nosuchdomain.net.", "nosuch.blog.org.")]
      + [fine("c2", r, "www.good.com.") for r in RESOLVERS], "NXDOMAIN"),
    S("name.search_suffix", "suffix-first", "The client appends its search suffix to full names.",
      [x for r in ("rbind", "runb") for n in ("www.good.com", "www.shop.net", "mail.blog.org") for x in
       (A("c1", r, f"{n}.corp.plain.com."), fine("c1", r, n + "."))], "NXDOMAIN", also_ok=("name.does_not_exist",)),
]

NAME += [
    S("name.blocked", f"{case}-nxdomain", f"{what} denies a name that exists.",
      [[A("c1", r, "www.ads.net.", also_ok=("policy.blocked",)), fine("c2", "runb", "www.ads.net.")],
       A("c3", r, "mail.ads.net.", "AAAA", tcp=True, also_ok=("policy.blocked",)), A("c1", r, "ads.net.", "MX", also_ok=("policy.blocked",)), fine("c1", r, "www.good.com."), A("c3", r, "nosuch.good.com.", expect={"NXDOMAIN": "name.does_not_exist"})], "NXDOMAIN")
    for r, case, what in (("rkres2", "knot-resolver", "A policy of Knot Resolver"), ("rpdns2", "powerdns-rpz", "A response policy zone of PowerDNS"))
]

UNKNOWN = [
    S("unknown.upstream_not_visible", "lame-client-side", "The servers refuse the zone; only the clients' side is seen.",
      [[A("c1", r, "www.lame.com.") for r in ("rbind", "runb", "rpdns")], [fine("c2", r, "www.good.com.") for r in ("rbind", "runb", "rpdns")]],
      FAILS, view="client", also_ok=("delegation.lame_refused", "unknown.no_evidence")),
]


UNKNOWN.append(
    S("unknown.capture_loss", "kernel-drops", "The capture lost packets and says so.",
      [fine(c, r, n) for r in ("rbind", "runb", "rkres") for c, n in (("c1", "www.good.com."), ("c2", "www.shop.net."), ("c3", "www.blog.org."))],
      view="loss", settle=1))

UNKNOWN += [
    S("unknown.no_evidence", "other-link", "The resolver asks the zone's servers over a link that is not tapped.",
      [A("c1", "rbind", "www.silent.com.", timeout=WAIT["rbind"]),
       [A("c2", "rbind", "www.silent4.net.", "AAAA", timeout=WAIT["rbind"], edns=None), fine("c3", "rbind", "www.good.com.")]],
      FAILS, settle=1, view="other_link", also_ok=("upstream.timeout",)),
    S("resolver.internal", "good-answer-forgotten", "The resolver gets a good answer and says SERVFAIL for a reason of its own (tests/lab/tiny.py).",
      [[A("c1", "tiny.forgets", "www.plain.com."), fine("c2", "runb", "www.plain.com.")], A("c2", "tiny.forgets", "mail.blog.org.", "AAAA", edns=None),
       A("c1", "tiny.forgets", "www.news.net.", tcp=True)], "SERVFAIL"),
    S("resolver.internal", "forwarder", "The forwarder gets a good answer and says SERVFAIL for a reason of its own (tests/lab/tiny.py).",
      [[A("c1", "tiny.forwards", "www.plain.com."), fine("c2", "runb", "www.blog.org.")], A("c2", "tiny.forwards", "mail.blog.org.", "AAAA", edns=None)],
      "SERVFAIL", keep=("runb",)),
]

# The capture begins when the keys are cached: what it holds cannot say which fault it is.
HIDDEN = [
    S("dnssec.validation_failed", zone[:-1].replace(".", "-"), f"{sentence} The capture began when its keys were cached.",
      [[A("c1", r, "mail." + zone, "AAAA", timeout=5) for r in resolvers],
       [A("c2", r, "www." + zone, edns=None, timeout=5, cached=True, also_ok=(true, "resolver.cached_failure") if r != "rkres" else (true,)) for r in resolvers],
       [fine("c2", r, "mail." + zone, "AAAA", cd=True) for r in resolvers],
       [fine("c1", r, "www." + zone, cd=True) for r in resolvers], [fine("c1", r, "www.good.com.") for r in resolvers]],
      "SERVFAIL", pre=[A("c1", r, "www." + zone, timeout=3) for r in resolvers], also_ok=(true,))
    for zone, true, resolvers, sentence in (
        ("dstag.com.", "dnssec.ds_mismatch", ("rbind", "runb"), "The DS has a key tag no DNSKEY has."),
        ("siginv.net.", "dnssec.signature_invalid", ("rbind", "runb", "rkres"), "The signatures over the answers do not verify."))
]
LATE = ("dnssec.validation_failed", "resolver.cached_failure", "unknown.no_evidence")
VIEWS = [
    S("late-capture", f"{zone[:-1].replace('.', '-')}", f"{sentence} The capture began when its keys were cached.",
      [[A("c1", r, "mail." + zone, "AAAA", timeout=5, expect={"SERVFAIL": slug}) for r in RESOLVERS],
       [A("c2", r, "www." + zone, "A", timeout=5, edns=None, expect={"SERVFAIL": slug}) for r in RESOLVERS],
       [fine("c2", r, "mail." + zone, "AAAA", cd=True) for r in ("rbind", "runb", "rkres")]],
      pre=[A("c1", r, "www." + zone, timeout=3) for r in RESOLVERS], also_ok=LATE)
    for slug, zone, sentence in (("dnssec.signature_expired", "leafexp.com.", "All signatures but the one over DNSKEY ended a day ago."),
                                 ("dnssec.signature_invalid", "siginv.com.", "The signatures over the answers do not verify."),
                                 ("dnssec.ds_mismatch", "dstag.com.", "The DS has a key tag no DNSKEY has."),
                                 ("dnssec.rrsig_missing", "nosig.com.", "Answers come without signatures."))
] + [
    S("client-side", f"{zone[:-1].replace('.', '-')}", sentence,
      probe(zone, limit=13.0, resolvers=("rbind", "runb", "rkres", "rpdns"), expect={"SERVFAIL": slug}), view="client", cause=slug,
      also_ok=("dnssec.validation_failed",) if slug.startswith("dnssec") else ())
    for slug, zone, sentence in (("dnssec.signature_expired", "sigexp.com.", "All signatures ended two days ago."),
                                 ("dnssec.signature_invalid", "siginv.net.", "The signatures over the answers do not verify."),
                                 ("dnssec.ds_mismatch", "dstag.com.", "The DS has a key tag no DNSKEY has."),
                                 ("dnssec.rrsig_missing", "nosig.org.", "Answers come without signatures."),
                                 ("delegation.lame_refused", "lame.com.", "The delegated servers do not host the zone."),
                                 ("zone.not_loaded", "nlnsd.com.", "The zone's server (NSD) could not load the zone."))
]


def D(slug, zone, sentence, also_ok=(), names=("www", "mail"), kinds=("A", "AAAA"), limit=14.0, resolvers=RESOLVERS, expect=None):
    return S("dnssec." + slug, zone.rstrip(".").replace(".", "-") + ("" if names[0] == "www" else "-" + names[0]), sentence,
             probe(zone, resolvers, names=names, kinds=kinds, limit=limit, expect=expect), FAILS, also_ok=tuple("dnssec." + s for s in also_ok))


EITHER = {"SERVFAIL": SAME, **OK}
GONE = {"names": ("nosuch", "nosuch2"), "kinds": ("A", "AAAA")}
DNSSEC = [
    D("signature_expired", "sigexp.com.", "All signatures ended two days ago."),
    D("signature_expired", "sigexp.net.", "All signatures ended an hour ago (Unbound tolerates that).", expect=EITHER),
    D("signature_expired", "sigexp.org.", "All signatures ended ten days ago."),
    D("signature_expired", "leafexp.com.", "All signatures but the one over DNSKEY ended a day ago."),
    D("signature_expired", "keyexp.net.", "The signature over DNSKEY ended a day ago."),
    D("signature_not_yet_valid", "notyet.com.", "All signatures begin in five days."),
    D("signature_not_yet_valid", "notyet.org.", "All signatures begin in two hours (Unbound tolerates that).", expect=EITHER),
    D("signature_invalid", "siginv.com.", "The signatures over the answers do not verify."),
    D("signature_invalid", "siginv.net.", "The signatures over the answers do not verify."),
    D("signature_invalid", "keyinv.org.", "The signature over DNSKEY does not verify."),
    D("signature_window_inverted", "inverted.com.", "The signatures end before they begin.", ["signature_invalid"]),
    D("signature_window_inverted", "inverted.net.", "The signatures end before they begin.", ["signature_invalid"]),
    S("dnssec.signature_expired", "other-egress-address", "All signatures ended two days ago; the resolver asks from another address than it is asked at.",
      [[A("c1", "regress", "www.sigexp.com."), fine("c3", "regress", "www.shop.net.")], A("c1", "regress", "www.sigexp.com.", cached=True),
       A("c2", "regress", "mail.sigexp.com.", "AAAA", edns=None), fine("c2", "regress", "mail.sigexp.com.", "AAAA", cd=True)], FAILS),
    D("ds_mismatch", "dstag.com.", "The DS has a key tag no DNSKEY has."),
    D("ds_mismatch", "dsdigest.net.", "The DS digest does not fit the DNSKEY."),
    D("ds_mismatch", "dsalg.org.", "The DS has an algorithm no DNSKEY has."),
    D("ds_mismatch", "under.biz.", "The DS of the top-level domain does not fit its DNSKEY."),
    D("dnskey_missing", "nokey.com.", "The zone is signed, its DNSKEY records are gone."),
    D("dnskey_missing", "nokey.net.", "The zone is signed, its DNSKEY records are gone."),
    D("dnskey_missing", "nozsk.com.", "The key that signs the zone is not in the DNSKEY set."),
    D("dnskey_missing", "nozsk.org.", "The key that signs the zone is not in the DNSKEY set."),
    D("dnskey_missing", "dsnosig.com.", "The zone is not signed any more, its DS is still there.", ["rrsig_missing"]),
    D("dnskey_missing", "dsnosig.net.", "The zone is not signed any more, its DS is still there.", ["rrsig_missing"]),
    D("dnskey_missing", "dsnosig.org.", "The zone is not signed any more, its DS is still there.", ["rrsig_missing"]),
    D("rrsig_missing", "nosig.com.", "Answers come without signatures."),
    D("rrsig_missing", "nosig.org.", "Answers come without signatures."),
    D("rrsig_missing", "nosigall.net.", "No record of the zone has a signature."),
    D("rrsig_missing", "nosigkey.org.", "The DNSKEY set has no signature."),
    D("denial_missing", "nonsec.com.", "NXDOMAIN comes without NSEC.", **GONE),
    D("denial_missing", "nonsec.net.", "NXDOMAIN comes without NSEC3.", **GONE),
    D("denial_invalid", "badnsec.com.", "The signatures over NSEC do not verify.", ["signature_invalid"], **GONE),
    D("denial_invalid", "badnsec.net.", "The signatures over NSEC3 do not verify.", ["signature_invalid"], **GONE),
    D("denial_invalid", "wrongnsec.org.", "The NSEC records cover nothing, and their signatures fail.", ["signature_invalid"], **GONE),
    D("no_zone_key_bit", "nobit.com.", "The DNSKEYs have no zone-key bit.", ["ds_mismatch", "dnskey_missing", "signature_invalid"]),
    D("algorithm_unsupported", "algorithm.org.", "Keys and signatures have an algorithm nobody knows.", ["ds_mismatch", "dnskey_missing"]),
    S("dnssec.trust_anchor", "unbound-wrong-anchor", "This resolver's trust anchor is not the root's key.",
      [[A("c1", "rbad", n), fine("c1", "runb", n), fine("c2", "rkres", n)] for n in ("www.good.com.", "www.shop.net.", "www.blog.org.")]
      + [A("c2", "rbad", "www.good.com.", "AAAA", edns=None, cached=True), fine("c2", "rbad", "www.good.com.", cd=True)], FAILS,
      also_ok=("dnssec.clock_skew",)),
    S("dnssec.trust_anchor", "unbound-tells-its-anchor", "This resolver's trust anchor is not the root's key, and it tells the root so.",
      [[A("c1", "rbadtold", n), fine("c1", "runb", n), fine("c2", "rkres", n)] for n in ("www.good.com.", "www.shop.net.", "www.blog.org.")]
      + [A("c2", "rbadtold", "www.good.com.", "AAAA", edns=None, cached=True), fine("c2", "rbadtold", "www.good.com.", cd=True)], FAILS),
    S("dnssec.clock_skew", "unbound-tells-its-anchor", "This resolver's clock stands at 2020; its anchor is right, and it tells the root so.",
      [[A("c1", "rskewtold", n), fine("c1", "runb", n), fine("c2", "rkres", n)] for n in ("www.good.com.", "www.shop.net.", "www.blog.org.", "www.news.net.")]
      + [A("c2", "rskewtold", "mail.good.com.", "AAAA", edns=None)], FAILS),
    S("dnssec.clock_skew", "unbound-year-2020", "This resolver's clock stands at 2020.",
      [[A("c1", "rskew", n), fine("c1", "runb", n), fine("c2", "rkres", n)] for n in ("www.good.com.", "www.shop.net.", "www.blog.org.", "www.news.net.")]
      + [A("c2", "rskew", "mail.good.com.", "AAAA", edns=None)], FAILS, also_ok=("dnssec.signature_not_yet_valid", "dnssec.trust_anchor")),
    S("dnssec.clock_skew", "twelve-days-ahead", "This resolver's clock is twelve days ahead: short signatures have ended for it.",
      [[A("c1", "rahead", n), fine("c2", "runb", n), fine("c3", "rkres", n)] for n in ("www.short.com.", "www.short.net.", "www.short.org.")]
      + [A("c2", "rahead", "mail.short.com.", "AAAA", do=True), A("c1", "rahead", "www.short.com.", cached=True)]
      + [fine("c3", "rahead", n) for n in ("www.long.com.", "www.good.com.", "www.news.net.")] + [fine("c2", "rahead", "www.short.com.", cd=True)],
      "SERVFAIL"),
    S("dnssec.clock_skew", "six-days-behind", "This resolver's clock is six days behind: new signatures have not begun for it.",
      [[A("c1", "rbehind", n), fine("c2", "runb", n), fine("c3", "rkres", n)] for n in ("www.fresh.com.", "www.fresh.org.", "www.shop.net.")]
      + [A("c2", "rbehind", "mail.fresh.com.", "AAAA", edns=None), A("c1", "rbehind", "www.fresh.com.", cached=True)]
      + [fine("c3", "rbehind", n) for n in ("www.long.com.", "www.long.org.", "www.news.net.")] + [fine("c2", "rbehind", "www.fresh.com.", cd=True)],
      "SERVFAIL"),
    S("dnssec.nsec3_iterations_too_high", "dnsmasq", "The zone has 2000 (or 500) NSEC3 iterations; dnsmasq fails what needs them.",
      [[A("c1", "fmasq4", n, timeout=5), fine("c2", "runb", n), fine("c3", "rkres", n)] for n in ("nosuch.often.com.", "nosuch.often.net.")]
      + [A("c2", "fmasq4", "nosuch2.often.com.", "AAAA", edns=None, timeout=5), A("c1", "fmasq4", "nosuch.often.com.", cached=True),
         A("c2", "fmasq4", "www.often.net.", "SRV", timeout=5), fine("c1", "fmasq4", "www.often.com."), fine("c1", "fmasq4", "nosuch.shop.net."),
         fine("c2", "fmasq4", "nosuch.some.com."),
         fine("c2", "fmasq4", "nosuch.often.com.", cd=True)], "SERVFAIL", keep=("rbind",)),
    S("dnssec.nsec3_iterations_too_high", "ede-27", "The zone has 2000 NSEC3 iterations; a strict resolver fails what needs them (tests/lab/tiny.py).",
      [[A("c1", "tiny.strict", "nosuch.often.com."), fine("c2", "rkres", "nosuch.often.com.")], A("c2", "tiny.strict", "nosuch.often.com.", "AAAA", edns=None),
       A("c1", "tiny.strict", "often.com.", "SRV", tcp=True), fine("c1", "tiny.strict", "www.often.com."), fine("c1", "tiny.strict", "nosuch.shop.net.")],
      "SERVFAIL", keep=("runb",)),
]

TRAPS = [
    S("healthy", "one-of-two-dead", "", [[fine("c1", r, n, timeout=12) for r in RESOLVERS] for n in ("www.half.com.", "mail.half.com.", "api.half.com.")]),
    S("traps", "dnssec-beside-timeouts", "All signatures ended two days ago; meanwhile another zone's servers are silent.",
      [[x for r in ("rbind", "rkres", "rpdns") for x in (
          A("c2", r, "www.silent.com.", timeout=WAIT[r], expect={"SERVFAIL": "upstream.timeout"}, fault="Every server of silent.com is silent."),
          A("c1", r, "www.sigexp.com.", timeout=14, pause=0.4, expect={"SERVFAIL": "dnssec.signature_expired"}),
          A("c3", r, "www.good.com.", expect=OK, pause=0.5))]]),
    S("traps", "two-resolvers-one-fails", "Nothing that this resolver sends to the zone's servers arrives; another resolver's does.",
      [[A("c1", "rpdns", "www.plain.com.", timeout=5, expect={"SERVFAIL": "upstream.timeout"}), fine("c2", "runb", "www.plain.com."),
        fine("c3", "rkres", "www.plain.com.")]], inject=[rule("abind", f"ip saddr {v4('rpdns')} drop"), rule("abind", f"ip6 saddr {v6('rpdns')} drop")]),
    S("traps", "shared-fetch-many-clients", "The delegated servers do not host the zone; three clients ask at once.",
      [[A(c, r, "www.lame.com.", expect={"SERVFAIL": "delegation.lame_refused"}) for c in CLIENTS for r in RESOLVERS]]),
    S("traps", "mirror-duplicates", "The delegated servers do not host the zone; the mirror shows each frame twice.",
      [[A("c1", r, "www.lame.com.", expect={"SERVFAIL": "delegation.lame_refused"}) for r in ("rbind", "runb")],
       [fine("c2", r, "www.good.com.") for r in ("rbind", "runb")]], view="twice"),
    S("traps", "vlan-tagged", "All signatures ended two days ago; frames carry a VLAN tag.",
      [[A("c1", r, "www.sigexp.com.", expect={"SERVFAIL": "dnssec.signature_expired"}) for r in ("rbind", "runb")],
       [fine("c2", r, "www.good.com.") for r in ("rbind", "runb")]], view="vlan"),
    S("traps", "upstream-side", "Only the traffic between resolvers and authoritative servers is seen: a lame zone, a silent server, a healthy zone.",
      [[A("c1", r, "www.lame.com.", expect={"SERVFAIL": "delegation.lame_refused"}) for r in ("rbind", "rpdns")],
       [fine("c2", r, "www.shop.net.") for r in ("rbind", "rpdns")],
       [A("c1", "rpdns", "www.silent4.net.", timeout=5, expect={"SERVFAIL": "upstream.timeout"}), fine("c2", "rbind", "nosuch.good.com.")],
       fine("c2", "rbind", "www.news.net.", pause=6)], view="upstream"),
]

SCENARIOS = (POLICY + UNSUPPORTED + PROTOCOL + TSIG + UPDATE + HEALTHY + UPSTREAM + DELEGATION + ZONE + RESOLVER +
             NO_ANSWER + NAME + UNKNOWN + DNSSEC + HIDDEN + VIEWS + TRAPS +
             rows_limits.SCENARIOS + rows_servers.SCENARIOS + rows_upstream.SCENARIOS +
             rows_paper.SCENARIOS + rows_traps.SCENARIOS + rows_software.SCENARIOS + rows_local.SCENARIOS)
