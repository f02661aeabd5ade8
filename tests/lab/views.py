"""Other views of a case: what a tap at another place would have seen of the same traffic."""

import copy
import struct

import wire


def both(lines, packets, asks):
    return lines, packets


def client(lines, packets, asks):
    """Only the traffic of the clients."""
    clients = {a.address(a.client) for a in asks}
    return lines, [p for p in packets if p.src in clients or p.dst in clients]


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


VIEWS = {"loss": loss, "both": both, "client": client, "one_way": one_way, "duplicates": duplicates, "vlan": vlan}


def apply(view, lines, packets, asks):
    return VIEWS[view](lines, packets, asks)
