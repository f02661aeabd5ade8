"""Rows: servers that break EDNS or limit a resolver, and chains of forwarders."""

from nodes import RESOLVERS, v4, v6
from scenario import A, FAILS, OK, S, SAME, WAIT, fine, odd, probe, rule
from zones import Zone

EDNS = ("edns_servfail", "edns_refused", "edns_badvers", "cookie_drop", "cookie_formerr",
        "nsid_formerr", "do_drop")
ZONES = [odd(f"{t.replace('_', '-')}.org.", t) for t in EDNS] + [
    Zone("fenced.com.", ["aclosed"]),
    Zone("fenced.net.", ["kclosed"], True),
    Zone("limited0.com.", ["alimit0"]),
    Zone("limited0.net.", ["nlimit0"]),
    Zone("limited.org.", ["klimit"]),
]

RRL = "rate-limit { responses-per-second 3; window 5; slip %d; ipv4-prefix-length 32; };"
OPTIONS = {
    "alimit0": {"extra": RRL % 0},
    "nlimit0": {"extra": "  rrl-ratelimit: 3\n  rrl-slip: 0\n  rrl-ipv4-prefix-length: 32"},
    "klimit": {"extra": "mod-rrl:\n  - id: default\n    rate-limit: 3\n    slip: 2",
               "zone": {"limited.org.": "    module: mod-rrl/default"}},
    "fchain": {"targets": ["rfwd"]},
    "fkres": {"extra": f"policy.add(policy.all(policy.FORWARD('{v4('rpdns')}')))"},
    "fpdns": {"extra": f"forward-zones-recurse=.={v4('runb')}"},
    "fbind": {"targets": ["runb"]},
}

# --- EDNS -----------------------------------------------------------------------------------------

# The server works without OPT, or without that option: the last two questions show it.
BROKEN = {"SERVFAIL": SAME, None: SAME, **OK}


def edns(behaviour, sentence, also_ok, direct, resolvers=RESOLVERS):
    zone = behaviour.replace("_", "-") + ".org."
    server = "tiny." + behaviour
    first = [A("c1", r, "www." + zone, timeout=min(WAIT[r], 20.0), expect=BROKEN) for r in resolvers]
    again = [A("c2", r, "mail." + zone, "AAAA", edns=None, timeout=min(WAIT[r], 20.0), expect=BROKEN)
             for r in resolvers]
    return S("upstream.edns_broken", behaviour.replace("_", "-"), sentence,
             [first, again, direct(server, "www." + zone),
              fine("c3", server, "www." + zone, rd=False, edns=None)],
             also_ok=tuple(also_ok), settle=1)


def told(rcode, **options):
    """A client that asks the server itself: it gets that rcode because of what its query carried."""
    return lambda server, name: A(
        "c3", server, name, rd=False, expect={rcode: "protocol.edns_unsupported"},
        also_ok=("upstream.edns_broken",) + (("policy.not_authoritative",) if rcode == "REFUSED" else
                                             ("zone.not_loaded", "upstream.servfail")
                                             if rcode == "SERVFAIL" else ()), **options)


def unanswered(**options):
    return lambda server, name: A("c3", server, name, rd=False, tries=2, timeout=4,
                                  expect={None: "no_answer.server_silent"},
                                  also_ok=("protocol.edns_unsupported", "upstream.edns_broken"),
                                  **options)


COOKIE = {"cookie": b"\1\2\3\4\5\6\7\x08"}
TRUNCATE = ("rbind", "runb", "rkres")  # what is too long for their clients
EDNS_OUT = "udp dport 53 @th,144,16 != 0"  # a query with anything in its additional section
EDNS_BROKEN = [
    edns("edns_servfail", "The server answers SERVFAIL to queries with OPT and answers those without"
         " (tests/lab/tiny.py).", ["upstream.servfail", "zone.not_loaded"], told("SERVFAIL")),
    edns("edns_refused", "The server answers REFUSED to queries with OPT and answers those without"
         " (tests/lab/tiny.py).", ["delegation.lame_refused"], told("REFUSED")),
    edns("edns_badvers", "The server answers BADVERS to EDNS version 0 and answers queries without"
         " OPT (tests/lab/tiny.py).", ["upstream.timeout"], told("BADVERS")),
    edns("cookie_drop", "The server drops queries with a cookie and answers those without"
         " (tests/lab/tiny.py).", ["upstream.timeout"], unanswered(**COOKIE)),
    edns("cookie_formerr", "The server answers FORMERR to queries with a cookie and answers those"
         " without (tests/lab/tiny.py).", ["upstream.formerr"], told("FORMERR", **COOKIE)),
    edns("do_drop", "The server drops queries with the DO flag and answers those without"
         " (tests/lab/tiny.py).", ["upstream.timeout"], unanswered(do=True)),
    S("upstream.edns_broken", "firewall-drops-opt", "A firewall drops queries with OPT before the"
      " zone's server.",
      [[A("c1", r, "www.fenced.com.", timeout=min(WAIT[r], 20.0), expect=BROKEN) for r in RESOLVERS],
       [A("c2", r, "mail.fenced.com.", "AAAA", edns=None, timeout=min(WAIT[r], 20.0), expect=BROKEN)
        for r in RESOLVERS],
       A("c3", "aclosed", "www.fenced.com.", rd=False, tries=2, timeout=4,
         expect={None: "no_answer.server_silent"},
         also_ok=("protocol.edns_unsupported", "upstream.edns_broken")),
       fine("c3", "aclosed", "www.fenced.com.", rd=False, edns=None)],
      also_ok=("upstream.timeout",), inject=[rule("aclosed", EDNS_OUT + " drop")], settle=1),
    S("upstream.edns_broken", "firewall-drops-opt-signed", "A firewall drops queries with OPT before"
      " the servers of a signed zone, so no signature is ever seen.",
      [[A("c1", r, "www.fenced.net.", timeout=min(WAIT[r], 20.0), expect=BROKEN) for r in RESOLVERS],
       A("c3", "kclosed", "www.fenced.net.", rd=False, tries=2, timeout=4,
         expect={None: "no_answer.server_silent"},
         also_ok=("protocol.edns_unsupported", "upstream.edns_broken")),
       fine("c3", "kclosed", "www.fenced.net.", rd=False, edns=None)],
      also_ok=("upstream.timeout", "dnssec.rrsig_missing", "dnssec.dnskey_missing"),
      inject=[rule("kclosed", EDNS_OUT + " drop")], settle=1),
    S("upstream.edns_broken", "answers-over-512-dropped", "A firewall drops UDP answers over 512"
      " bytes, and TCP.",
      [[A("c1", r, "big.org.", "TXT", timeout=WAIT[r]) for r in ("rbind", "rkres", "rpdns")]], FAILS,
      also_ok=("upstream.timeout", "upstream.tcp_blocked", "upstream.fragments_lost"),
      inject=[rule("tiny", "tcp dport 53 drop"),
              rule("tiny", "udp sport 53 udp length > 520 drop", "out")]),
    # The reply is there, and does not fit what the client asked.
    S("upstream.mismatched_reply", "to-the-client", "The resolver answers from another address than the one that"
      " it is asked at.", [[A("c1", r, f"{n}.good.com.", "A", tries=2, gap=0.4, timeout=0.4, expect={None: SAME})
                            for r in TRUNCATE] for n in ("www", "mail")],
      inject=[rule(r, f"udp sport 53 ip daddr {v4('c1')} ip saddr set 10.53.2.199", "out") for r in TRUNCATE],
      settle=2.5),
    # The resolver has the answer, and its client cannot get it.
    S("upstream.tcp_blocked", "client-dropped", "Answers are too long for the client's UDP, and a firewall drops"
      " its TCP.", [[A(c, r, "big.org.", "TXT", edns=None, timeout=4, expect={"TC": SAME})
                     for r in TRUNCATE] for c in ("c1", "c2")],
      inject=[rule(r, "tcp dport 53 ip saddr " + v4("c1") + " drop")
              for r in TRUNCATE] +
             [rule(r, "tcp dport 53 ip saddr " + v4("c2") + " reject with tcp reset")
              for r in TRUNCATE]),
    # What resolvers work around: slow, but no failure.
    S("healthy", "formerr-to-opt", "", [[fine("c1", r, "www.noedns.org.", timeout=12)
                                         for r in RESOLVERS],
                                        [fine("c2", r, "mail.noedns.org.", "AAAA", timeout=12)
                                         for r in RESOLVERS]]),
    S("healthy", "large-answers-over-tcp", "", [
        [fine("c1", r, "www.good.com.", timeout=12, do=True) for r in RESOLVERS],
        [fine("c2", r, "mail.good.com.", "AAAA", timeout=12, do=True) for r in RESOLVERS]],
      inject=[rule("abind", "udp sport 53 udp length > 520 drop", "out")],
      settle=0.5),
]

# --- rate limits against a resolver ---------------------------------------------------------------

LIMITED = {"SERVFAIL": SAME, None: SAME, **OK}


def flood(case, sentence, resolver, zone, count=40, **options):
    """One resolver asks for many names that do not exist while another asks for a few."""
    return S("upstream.rate_limited", case, sentence,
             [[A("c1", resolver, f"n{i}.{zone}", timeout=WAIT[resolver], expect=LIMITED,
                 pause=0.002 * i) for i in range(count)] +
              [fine("c2", "rkres", "www." + zone, pause=0.05)]],
             also_ok=("upstream.timeout", "upstream.tcp_blocked"), settle=0.5, **options)


RATE_LIMITED = [
    flood("bind-slip-3", "The zone's server (BIND) limits this resolver's rate: drops, and TC"
          " between them; TCP is closed.", "rpdns", "limited.com.",
          inject=[rule("alimit", "tcp dport 53 drop")]),
    flood("bind-drops", "The zone's server (BIND) limits this resolver's rate and drops what is"
          " above.", "rpdns", "limited0.com."),
    flood("bind-drops-unbound", "The zone's server (BIND) limits this resolver's rate and drops what"
          " is above.", "runb", "limited0.com.", count=60),
    flood("nsd-drops", "The zone's server (NSD) limits this resolver's rate and drops what is"
          " above.", "rpdns", "limited0.net."),
    flood("knot-slip-2", "The zone's server (Knot DNS) limits this resolver's rate: drops, and TC"
          " between them; TCP is closed.", "rpdns", "limited.org.",
          inject=[rule("klimit", "tcp dport 53 drop")]),
    S("healthy", "rate-limited-but-tcp-helps", "",
      [[fine("c1", "rbind", f"n{i}.limited.com.", timeout=12, pause=0.002 * i) for i in range(20)]],
      settle=0.5),
    S("policy.rate_limited", "knot-rrl", "Response rate limiting of Knot DNS: one client asks too"
      " often.",
      [A("c1", "klimit", "www.limited.org.", rd=False, n=30, timeout=0.05, tc_retry=False,
         expect={None: "policy.rate_limited", "NOERROR": "none"}),
       A("c2", "klimit", "mail.limited.org.", "MX", rd=False,
         expect={None: "policy.rate_limited", **OK})],
      also_ok=("no_answer.server_silent",), settle=1),
    S("policy.rate_limited", "nsd-drops", "Response rate limiting of NSD, without truncated answers.",
      [A("c1", "nlimit0", "www.limited0.net.", rd=False, n=24, timeout=0.05, tc_retry=False,
         expect={None: "policy.rate_limited", "NOERROR": "none"}),
       fine("c2", "nlimit0", "www.limited0.net.", rd=False)],
      also_ok=("no_answer.server_silent",), settle=1),
]

# --- chains of forwarders -------------------------------------------------------------------------

# The node asked, and those behind it.
CHAINS = (("fchain", ("rfwd", "rbind")), ("fkres", ("rpdns",)), ("fpdns", ("runb",)),
          ("fbind", ("runb",)))
BEHIND = tuple(n for _, nodes in CHAINS for n in nodes)
# Debian's Unbound leaves a question that takes long without an answer.
CHAIN_WAIT = {"fchain": 15.0, "fkres": 22.0, "fpdns": 14.0, "fbind": 14.0}


def chained(slug, zone, sentence, also_ok=(), names=("www", "mail"), limit=20.0, expect=None,
            tops=None):
    tops = tops or [top for top, _ in CHAINS]

    def step(client, name, kind="A", **options):
        return [A(client, t, f"{name}.{zone}", kind, timeout=min(CHAIN_WAIT[t], limit), expect=expect,
                  **options) for t in tops]

    return S(slug, "forwarder-chains-" + zone.rstrip(".").replace(".", "-"), sentence,
             [step("c1", names[0], step="first"), step("c1", names[0], step="repeat", cached=True),
              step("c2", names[1], "AAAA", edns=None, step="other name"),
              [fine("c3", t, "www.good.com.", timeout=5) for t in tops]], FAILS,
             also_ok=tuple(also_ok), keep=BEHIND)


FORWARDERS = [
    chained("delegation.lame_refused", "lame.com.", "The delegated servers do not host the zone;"
            " asked through forwarders."),
    chained("dnssec.signature_expired", "sigexp.com.", "All signatures ended two days ago; asked"
            " through forwarders."),
    chained("dnssec.ds_mismatch", "dstag.com.", "The DS has a key tag no DNSKEY has; asked through"
            " forwarders.", ["dnssec.dnskey_missing"]),
    chained("dnssec.rrsig_missing", "nosig.org.", "Answers come without signatures; asked through"
            " forwarders."),
    chained("zone.not_loaded", "nlnsd.com.", "The zone's server (NSD) could not load the zone; asked"
            " through forwarders.", ["upstream.servfail"]),
    chained("upstream.timeout", "silent4.net.", "Every server of the zone is silent; asked through"
            " forwarders."),
    chained("delegation.ns_unresolvable", "nsgone.org.", "The name of the only server does not"
            " exist; asked through forwarders."),
    S("upstream.timeout", "middle-of-chain-silent", "dnsmasq forwards to Unbound, which forwards to a"
      " resolver that is cut off.",
      [[A("c1", "fchain", "www.good.com.", tries=2, gap=3, timeout=6),
        A("c2", "fchain", "mail.blog.org.", "AAAA", edns=None, timeout=8)]], FAILS, keep=("rfwd",),
      inject=[rule("rbind", "meta l4proto { tcp, udp } th dport 53 drop")], settle=5),
    S("upstream.unreachable", "forwarder-target-closed", "The forwarder's target does not listen: ICMP"
      " port unreachable.",
      [A("c1", "fbind", "www.shop.net.", timeout=13),
       A("c2", "fpdns", "www.shop.net.", timeout=5)], FAILS, also_ok=("upstream.timeout",),
      inject=[rule("runb", "udp dport 53 reject"), rule("runb", "tcp dport 53 reject with tcp reset")]),
]

SCENARIOS = EDNS_BROKEN + RATE_LIMITED + FORWARDERS
