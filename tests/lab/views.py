"""Other views of a case: what a tap at another place would have seen of the same traffic."""

import copy
import struct

import labels as labelling
import wire
from nodes import addresses


def both(lines, packets, asks):
    return lines, packets


def client(lines, packets, asks):
    """Only the traffic of the clients."""
    clients = {a.address(a.client) for a in asks}
    return lines, [p for p in packets if p.src in clients or p.dst in clients]


UPSTREAM_CAUSES = {
    "NOERROR": ("none", ""), "NXDOMAIN": ("none", ""),
    "REFUSED": ("policy.not_authoritative", "The delegated server does not host the zone."),
    None: ("no_answer.server_silent", "The server asked never answers."),
}


def upstream(lines, packets, asks):
    """Only the traffic of the resolvers with authoritative servers: here the resolver is the
    client, and each of its queries has a label."""
    clients = {a.address(a.client) for a in asks}
    resolvers = {x for a in asks for x in addresses(a.server)}
    packets = [p for p in packets if p.src not in clients and p.dst not in clients]
    changed = []
    for one in labelling.exchanges(packets, resolvers, {p.dst for p in packets} - resolvers):
        p, m, answer = one["packet"], one["query"], (one["first"] or one)["answer"]
        rcode = answer.rcode if answer else None
        cause, fault = UPSTREAM_CAUSES[rcode]
        changed.append({
            "t": p.ts_ns / 1e9, "client": p.src, "server": p.dst, "qname": m.qname,
            "qtype": m.qtype, "rcode": rcode, "cause": cause, "fault": fault,
            "also_ok": ["delegation.lame_refused"] if rcode == "REFUSED" else [],
            "resolver_software": "", "step": "", "cd": m.cd, "do": m.do, "id": m.id,
            "sport": p.sport, "transport": one["transport"], "retransmit": one["retransmit"],
            "cached": False, "ede": answer.ede if answer else []})
    return changed, packets


def one_way(lines, packets, asks):
    """Only what leaves the clients: every exchange is unanswered to the eye."""
    clients = {a.address(a.client) for a in asks}
    changed = [dict(x, rcode=None, ede=[], cause="no_answer.one_way_capture", cached=False,
                    fault="The tap sees one direction only.", also_ok=["unknown.capture_loss"])
               for x in lines]
    return changed, [p for p in packets if p.src in clients]


def duplicates(lines, packets, asks):
    """A mirror that shows each frame twice, 3 microseconds apart."""
    out = []
    for p in packets:
        twin = copy.copy(p)
        twin.ts_ns += 3000
        out += [p, twin]
    return lines, sorted(out, key=lambda p: p.ts_ns)


def vlan(lines, packets, asks):
    """The same frames with an 802.1Q tag."""
    out = []
    for p in packets:
        tagged = copy.copy(p)
        tagged.frame = p.frame[:12] + struct.pack("!HH", 0x8100, 42) + p.frame[12:]
        tagged.length = p.length + 4
        out.append(tagged)
    return lines, out


class Lossy(list):
    """Packets of a capture that lost some; dropped says how many."""

    dropped = 0


def loss(lines, packets, asks):
    """The kernel lost every second answer to a client, and says so (pcapng statistics)."""
    clients = {a.address(a.client) for a in asks}
    answers = [p for p in packets if p.sport == 53 and p.dst in clients]
    lost = answers[::2]
    gone = {(p.dst, p.dport) for p in lost}
    kept = Lossy(p for p in packets if p not in lost)
    kept.dropped = len(lost)
    return [dict(x, rcode=None, ede=[], cause="unknown.capture_loss", also_ok=["no_answer.server_silent"],
                 fault="The capture lost the answer.") if (x["client"], x["sport"]) in gone else x
            for x in lines], kept


VIEWS = {"loss": loss, "both": both, "client": client, "one_way": one_way, "upstream": upstream,
         "duplicates": duplicates, "vlan": vlan}


def apply(view, lines, packets, asks):
    return VIEWS[view](lines, packets, asks)
