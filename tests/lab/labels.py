"""Labels: what was injected, checked against what the capture shows."""

import json
import os

import wire
from nodes import NODES, addresses, v4, v6
from servers import software

SOFTWARE = {}


def soft(name):
    if name not in SOFTWARE:
        SOFTWARE[name] = software(name)
    return SOFTWARE[name]


def match(asks, p, transport, server):
    """The Ask a query packet belongs to: by its port, else by time and client."""
    seconds = p.ts_ns / 1e9
    for ask in asks:
        for sport, over, start, end in ask.sent:
            if start - 0.01 <= seconds <= end + 0.01 and ask.server == server and \
                    p.src == ask.address(ask.client) and sport in (None, p.sport) and \
                    over in (None, transport):
                return ask
    return None


def went_upstream(packets, server, qname, start, end):
    """Whether the resolver asked upstream about that name's zone meanwhile."""
    own = set(addresses(server)) if server in NODES else set()
    zone = ".".join(qname.rstrip(".").split(".")[-2:]) + "."
    return any(p.src in own and p.dport == 53 and not m.qr and start <= p.ts_ns <= (end or p.ts_ns)
               and m.qname != "." and wire.related(m.qname, zone)
               for p, m, _ in wire.messages(packets))


def make(scenario, asks, packets, warn):
    """The label lines of a case."""
    clients = {a.address(a.client) for a in asks}
    servers = {}
    for ask in asks:
        servers[v4(ask.server)] = servers[v6(ask.server)] = ask.server
    lines = []
    for one in wire.exchanges(packets, clients, servers):
        p, m = one["packet"], one["query"]
        server = servers[p.dst]
        ask = match(asks, p, one["transport"], server)
        if ask is None:
            warn(f"a packet of nobody's: {p.src} {m.qname} {m.qtype}")
            continue
        first = one["first"] or one
        answer = first["answer"]
        rcode = answer.rcode if answer else None
        truncated = bool(answer and answer.tc)
        expect = expected(ask, first)
        # Truncated, it leads to TCP: a failure only where that is known to be in vain ("TC").
        cause = expect.get("TC", "none") if truncated and rcode == "NOERROR" else expect.get(rcode)
        if cause is None and ask.command and rcode in ("NOERROR", "NXDOMAIN"):
            cause = "none"
        if cause is None:
            warn(f"did not happen: {ask.step or ''} {ask.client}->{server} {m.qname} {m.qtype}: "
                 f"{rcode} {answer.ede if answer else ''}, wanted {sorted(map(str, expect))}")
            continue
        lines.append(line(scenario, ask, one, server, rcode, answer, cause, packets))
    return lines


def expected(ask, exchange):
    """What each rcode means for it; an answer that took long may mean something else."""
    took_ns = (exchange["t1"] or 0) - exchange["packet"].ts_ns
    if ask.late and took_ns > ask.late[0] * 1e9:
        return ask.late[1]
    return ask.expect or {}


def line(scenario, ask, one, server, rcode, answer, cause, packets):
    p, m = one["packet"], one["query"]
    first = one["first"] or one
    cached = ask.cached and not went_upstream(packets, server, m.qname, first["packet"].ts_ns,
                                              first["t1"])
    return {
        "t": p.ts_ns / 1e9, "client": p.src, "server": p.dst, "qname": m.qname, "qtype": m.qtype,
        "rcode": rcode, "cause": cause,
        "also_ok": [s for s in (ask.also_ok or scenario.also_ok) if cause != "none" and s != cause],
        "fault": (ask.fault or scenario.fault) if cause != "none" else "",
        "resolver_software": soft(server), "step": ask.step, "cd": m.cd, "do": m.do, "id": m.id,
        "sport": p.sport, "transport": one["transport"], "retransmit": one["retransmit"],
        "cached": cached, "ede": answer.ede if answer else [],
    }


def write(path, lines):
    with open(path, "w") as out:
        for one in lines:
            out.write(json.dumps(one) + "\n")
