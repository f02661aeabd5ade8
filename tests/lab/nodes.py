"""Who is who: every node of the lab, its addresses and its software."""

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
    "rlimit": ((2, 10), "unbound"),  # rate limits
    "fmasq2": ((2, 11), "dnsmasq"),  # forwards to a silent target
    "rkres2": ((2, 12), "kresd"),  # policies and a view
    "rpdns2": ((2, 13), "pdns-recursor"),  # ACL and RPZ
    "rskew": ((2, 14), "unbound"),  # believes it is the year 2020
    "rsmall": ((2, 15), "bind"),  # few recursive clients, few fetches per zone
    "fmasq3": ((2, 16), "dnsmasq"),  # few forwarded queries at once
    "rfwd": ((2, 17), "unbound"),  # forwards to rbind
    "rahead": ((2, 18), "unbound"),  # its clock is twelve days ahead
    "rbehind": ((2, 19), "unbound"),  # its clock is six days behind
    "fmasq4": ((2, 20), "dnsmasq"),  # validates, forwards to rbind
    "regress": ((2, 21), "bind"),  # asks from other addresses than it is asked at
    "c1": ((3, 1), None),
    "c2": ((3, 2), None),
    "c3": ((3, 3), None),
}

# One odd server (tiny.py) per behaviour, each with its own address on node "tiny".
TINY = ["upward", "empty", "norecurse", "refuse_any", "noedns", "dropedns", "servfail", "refused",
        "formerr", "notimp", "wrong_id", "wrong_question", "truncate", "selfref", "rate_ede",
        "rate_ede32", "late", "noixfr", "noaxfr", "noupdate", "nonotify", "noqtype", "badvers_formerr",
        "silent", "blocked", "tcp_reset", "nodata_noaa", "ede_filtered", "big", "formerr_cookie", "forgets", "forwards", "strict"]

# Addresses a resolver asks from, where they are not the ones it is asked at.
EGRESS = {"regress": ("10.53.4.1", "fd53::4:1")}

RESOLVERS = ["rbind", "runb", "rkres", "rpdns"]
CLIENTS = ["c1", "c2", "c3"]

PACKAGES = {"bind": ("BIND", "bind9"), "nsd": ("NSD", "nsd"), "knot": ("Knot DNS", "knot"),
            "pdns": ("PowerDNS Authoritative", "pdns-server"), "unbound": ("Unbound", "unbound"),
            "kresd": ("Knot Resolver", "knot-resolver"), "dnsmasq": ("dnsmasq", "dnsmasq-base"),
            "pdns-recursor": ("PowerDNS Recursor", "pdns-recursor")}


def v4(name):
    if name.startswith("tiny."):
        return f"10.53.9.{TINY.index(name[5:]) + 1}"
    return "10.53.%d.%d" % NODES[name][0]


def v6(name):
    if name.startswith("tiny."):
        return f"fd53::9:{TINY.index(name[5:]) + 1:x}"
    one, two = NODES[name][0]
    return "fd53::%d" % two if name == "router" else f"fd53::{one:x}:{two:x}"


def addresses(name):
    if name == "tiny":
        return [a for t in TINY for a in (v4("tiny." + t), v6("tiny." + t))]
    if name == "root":
        return [v4(name), "10.53.0.2", v6(name)]
    return [v4(name), v6(name), *EGRESS.get(name, ())]
