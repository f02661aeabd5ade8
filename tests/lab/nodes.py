"""Who is who: every node of the lab, its addresses and its software."""

NET4, NET6 = "10.53", "fd53"  # 16 bits of an address; compose.py chooses others
# name: (last two numbers of its address, software)
NODES = {
    "root": ((0, 1), "nsd"),
    "tld": ((0, 11), "knot"),
    "router": ((0, 254), None),
    "abind": ((1, 1), "bind"),
    "ansd": ((1, 2), "nsd"),
    "aknot": ((1, 3), "knot"),
    "apdns": ((1, 4), "pdns"),
    "alimit": ((1, 5), "bind"),  # BIND with response rate limiting
    "nlimit": ((1, 6), "nsd"),  # NSD with response rate limiting
    "dead": ((1, 8), None),  # drops all DNS
    "closed": ((1, 9), None),  # no server: ICMP port unreachable
    "rbind": ((2, 1), "bind"),
    "runb": ((2, 2), "unbound"),
    "rkres": ((2, 3), "kresd"),
    "rpdns": ((2, 4), "pdns-recursor"),
    "fmasq": ((2, 5), "dnsmasq"),
    "rbind2": ((2, 6), "bind"),  # RPZ, cookies required, ACL
    "runb2": ((2, 7), "unbound"),  # ACL with deny, local-zone, rate limits
    "runb3": ((2, 8), "unbound"),  # as Debian ships it: silent when late
    "rbad": ((2, 9), "unbound"),  # wrong trust anchor
    "rbadtold": ((2, 90), "unbound"),  # the same, and it tells the root so (RFC 8145)
    "rlimit": ((2, 10), "unbound"),  # rate limits
    "fmasq2": ((2, 11), "dnsmasq"),  # forwards to a silent target
    "rkres2": ((2, 12), "kresd"),  # policies and a view
    "rpdns2": ((2, 13), "pdns-recursor"),  # ACL and RPZ
    "rskew": ((2, 14), "unbound"),  # believes it is the year 2020
    "rskewtold": ((2, 91), "unbound"),  # the same, and it tells the root its anchor
    "rsmall": ((2, 15), "bind"),  # few recursive clients, few fetches per zone
    "fmasq3": ((2, 16), "dnsmasq"),  # few forwarded queries at once
    "rfwd": ((2, 17), "unbound"),  # forwards to rbind
    "rahead": ((2, 18), "unbound"),  # its clock is twelve days ahead
    "rbehind": ((2, 19), "unbound"),  # its clock is six days behind
    "fmasq4": ((2, 20), "dnsmasq"),  # validates, forwards to rbind
    "regress": ((2, 21), "bind"),  # asks from other addresses than it is asked at
    "klimit": ((1, 10), "knot"),  # Knot DNS with response rate limiting
    "alimit0": ((1, 11), "bind"),  # BIND that drops what is above the limit
    "nlimit0": ((1, 12), "nsd"),  # NSD that drops what is above the limit
    "asecond": ((1, 13), "bind"),  # secondaries whose primary is silent
    "nsecond": ((1, 14), "nsd"),
    "ksecond": ((1, 15), "knot"),
    "aclosed": ((1, 16), "bind"),  # access lists for clients
    "nclosed": ((1, 17), "nsd"),
    "kclosed": ((1, 18), "knot"),
    "apaper": ((1, 19), "bind"),  # the zones of the paper
    "npaper": ((1, 20), "nsd"),
    "rbind0": ((2, 34), "bind"),  # without QNAME minimisation, like the next three
    "runb0": ((2, 35), "unbound"),  # ... and without EDE
    "rkres0": ((2, 36), "kresd"),
    "rpdns0": ((2, 37), "pdns-recursor"),  # ... and without EDE
    "rbind3": ((2, 22), "bind"),  # blackhole, a server never to be asked, rate limiting
    "rbind4": ((2, 23), "bind"),  # denies answers with the addresses of the lab, or private ones
    "rbind5": ((2, 24), "bind"),  # few recursive clients, few clients per query
    "runb4": ((2, 25), "unbound"),  # a server never to be asked; ip-ratelimit
    "runb5": ((2, 26), "unbound"),  # few queries per thread
    "rpdns3": ((2, 27), "pdns-recursor"),  # a script that fails, a network not to be asked
    "rpdns4": ((2, 28), "pdns-recursor"),  # few threads
    "rkres3": ((2, 29), "kresd"),  # a policy that fails, a view that drops
    "fchain": ((2, 30), "dnsmasq"),  # forwards to rfwd, which forwards to rbind
    "fkres": ((2, 31), "kresd"),  # forwards to rpdns
    "fpdns": ((2, 32), "pdns-recursor"),  # forwards to runb
    "fbind": ((2, 33), "bind"),  # forwards to runb
    "atiny": ((1, 30), "tinydns"),
    "ayad": ((1, 31), "yadifa"),
    "agd": ((1, 32), "gdnsd"),
    "rdjb": ((2, 40), "dnscache"),  # no EDNS, no DNSSEC, no IPv6
    "fdist": ((2, 41), "dnsdist"),  # serves one client only
    "fdist2": ((2, 42), "dnsdist"),  # refuses what is above a rate
    "rfirst": ((2, 43), "bind"),  # forwards first, to a dead server
    "rtcp": ((2, 44), "unbound"),  # asks over TCP alone, no IPv6
    "fplain": ((2, 45), "bind"),  # validates, forwards to dnscache
    "rown": ((2, 46), "bind"),  # forward and stub zones of their own, a copy of a zone
    "runbown": ((2, 47), "unbound"),
    "rkresown": ((2, 48), "kresd"),
    "rpdnsown": ((2, 49), "pdns-recursor"),
    "fmasqown": ((2, 50), "dnsmasq"),
    "rsixb": ((2, 51), "bind"),  # ask over IPv6 alone
    "rsixu": ((2, 52), "unbound"),
    "rsixk": ((2, 53), "kresd"),
    "rsixp": ((2, 54), "pdns-recursor"),
    "rdot": ((2, 55), "bind"),  # asked over TLS
    "rtls": ((2, 56), "unbound"),  # forwards to it, and two zones to servers that do not speak TLS
    "rtlsdead": ((2, 61), "unbound"),  # forward all they are asked over TLS to such servers
    "rktls": ((2, 62), "kresd"),
    "rptls": ((2, 63), "pdns-recursor"),
    "rstaleb": ((2, 57), "bind"),  # serve what is out of date
    "rstaleu": ((2, 58), "unbound"),
    "fdist3": ((2, 59), "dnsdist"),  # its servers are dead
    "fdist4": ((2, 60), "dnsdist"),
    "floop": ((2, 64), "dnsmasq"),  # these forward some zones to each other
    "rloop": ((2, 65), "unbound"),
    "rloopb": ((2, 66), "bind"),
    "rhints": ((2, 67), "bind"),  # its root hints name a server that is none of the root's
    "ranchor": ((2, 68), "unbound"),  # has a wrong trust anchor for one zone
    "rmakeb": ((2, 69), "bind"),  # make AAAA of A (DNS64)
    "rmakek": ((2, 70), "kresd"),
    "c1": ((3, 1), None),
    "c2": ((3, 2), None),
    "c3": ((3, 3), None),
}

# One odd server (tiny.py) per behaviour, each with its own address on node "tiny".
TINY = ["upward", "empty", "norecurse", "refuse_any", "noedns", "dropedns", "servfail", "refused",
        "formerr", "notimp", "wrong_id", "wrong_question", "truncate", "selfref", "rate_ede",
        "rate_ede32", "late", "noixfr", "noaxfr", "noupdate", "nonotify", "noqtype", "badvers_formerr",
        "silent", "blocked", "tcp_reset", "nodata_noaa", "ede_filtered", "big", "formerr_cookie", "forgets", "forwards", "strict",
        "edns_servfail", "edns_refused", "edns_badvers", "cookie_drop", "cookie_formerr",
        "nsid_formerr", "do_drop", "nodata", "tcp_mute", "notauth"]

# Addresses a resolver asks from, where they are not the ones it is asked at.
EGRESS = {"regress": ("10.53.4.1", "fd53::4:1")}

RESOLVERS = ["rbind", "runb", "rkres", "rpdns"]
CLIENTS = ["c1", "c2", "c3"]

PACKAGES = {"bind": ("BIND", "bind9"), "nsd": ("NSD", "nsd"), "knot": ("Knot DNS", "knot"),
            "pdns": ("PowerDNS Authoritative", "pdns-server"), "unbound": ("Unbound", "unbound"),
            "kresd": ("Knot Resolver", "knot-resolver"), "dnsmasq": ("dnsmasq", "dnsmasq-base"),
            "pdns-recursor": ("PowerDNS Recursor", "pdns-recursor"),
            "dnscache": ("djbdns dnscache", "dnscache"), "tinydns": ("djbdns tinydns", "tinydns"),
            "dnsdist": ("dnsdist", "dnsdist"), "yadifa": ("YADIFA", "yadifa"),
            "gdnsd": ("gdnsd", "gdnsd")}


def v4(name):
    if name.startswith("tiny."):
        return f"{NET4}.9.{TINY.index(name[5:]) + 1}"
    return "%s.%d.%d" % (NET4, *NODES[name][0])


def v6(name):
    if name.startswith("tiny."):
        return f"{NET6}::9:{TINY.index(name[5:]) + 1:x}"
    one, two = NODES[name][0]
    return f"{NET6}::{two}" if name == "router" else f"{NET6}::{one:x}:{two:x}"


def second_root():
    """The address of b.root-servers.net, which is IPv4 alone."""
    return NET4 + ".0.2"


def addresses(name):
    if name == "tiny":
        return [a for t in TINY for a in (v4("tiny." + t), v6("tiny." + t))]
    if name == "root":
        return [v4(name), second_root(), v6(name)]
    return list(dict.fromkeys([v4(name), v6(name), *EGRESS.get(name, ())]))
