"""Other views of a case: what a tap at another place, or a worse one, would have seen of it.

A view takes the labels and the packets of a whole capture and returns the labels that hold then, and
the capture files (lists of packets; one but for "taps"); "single" yields many such pairs. Nothing is
taken from rcause's output.

  both      the whole capture
  client    the clients' side alone: true causes stay, an honest unknown is not wrong
  upstream  resolvers and authoritative servers alone: each query of a resolver has a label
  taps      two files, one from a tap at each side, to be merged
  skewed    the same, where the tap at the servers sees the clients' side too and its clock is ahead
  rebased   times that are not those of the traffic: of a sensor without a clock, or made anonymous
  twice     a mirror that shows each frame twice
  vlan      frames with an 802.1Q tag
  reordered neighbours within 200 microseconds by turns, as the queues of a card are read
  snapped   the first 128 octets of each frame
  filtered  by ports alone: the later fragments of a datagram, which have none, are not captured
  deaf6     servers' answers by IPv6 take a way that is not tapped
  translated  a host that translates addresses (a Kubernetes node): what clients ask and are answered passes twice,
            with the address they asked and with the server's
  bare      frames without link-layer addresses, as from a loopback interface
  egress    the same, and who is asked by clients asks servers from other addresses
  single    a failure alone, as if nobody else asked anything: its client's packets and its resolver's, with
            no link-layer addresses; up to three of each capture
  on_host   on the host of a resolver, what asks it are programs of that host: they ask at a loopback address; a
            capture for each resolver
  upstream_queries  of the upstream side, only what goes to the servers (asymmetric routes)
  queries   only what goes to servers, on both sides
  loss      the kernel dropped answers, and says how many (pcapng statistics)
  begins    the capture begins when half of the questions are over
  ends      the capture ends in the middle of the longest exchange
  goes_on   the capture goes on for two minutes: others ask another resolver
  one_way, other_link  stored as captures of their own: what leaves the clients; without the queries
            to silent servers
"""

import collections
import copy
import struct

import wire

SERVICES = (53, 853)
NEAR_END_NS = 5 * 10**9  # a query without answer so near to the end may yet get one
TCP_RESET = 4
SKEW_NS = 3 * 10**6
REBASED_S = 316000000
SNAP_OCTETS = 128
TRANSLATED_NS = 20000
QUEUE_NS = 2 * 10**5
GOES_ON_S = 120
SINGLES = 3  # failures of a capture that are cut out: most of the others are alike
BEFORE_NS = 10**7
AFTER_NS = 3 * 10**8  # what a resolver still asks when it has answered
VALIDATION_EDE = set(range(5, 13))  # RFC 8914 4.6 to 4.13: the resolver says that it validates in vain
WAITED_NS = 10**9  # longer than any server takes that answers
LATE_NS = 3 * 10**8  # a resolver has often given up by then
# Without a failure of a client that explains it: what an upstream exchange with that outcome says.
UPSTREAM_CAUSES = {
    "REFUSED": ["policy.not_authoritative", "delegation.lame_refused",
                "policy.nonrecursive_refused", "policy.client_not_allowed"],
    "SERVFAIL": ["upstream.servfail", "zone.not_loaded"],
    "FORMERR": ["upstream.formerr", "protocol.edns_unsupported"],
    "NOTIMP": ["upstream.notimp", "unsupported.qtype"],
    "NOTAUTH": ["policy.not_authoritative"],
    "BADVERS": ["upstream.edns_broken", "unsupported.edns_version"],
    None: ["no_answer.server_silent", "upstream.timeout"],
}


class Lossy(list):
    """Packets of a capture that lost some; dropped says how many."""

    dropped = 0


def clients_of(rows):
    return {r["client"] for r in rows}


def both(rows, packets):
    return rows, [packets]


def is_client_side(p, clients):
    ends = {p.src, p.dst} | ({p.quoted[0], p.quoted[2]} if p.quoted else set())
    return bool(ends & clients)


def as_seen(row, vain=False):
    """What may be said where the servers' answers are not seen: that it is DNSSEC, or that no
    answer came, is true and all there is to know."""
    more = ["upstream.timeout"] if vain else []
    true = (row["cause"], *row["also_ok"]) if row["cause"] else ()
    if any(c.startswith("dnssec.") for c in true) or true and VALIDATION_EDE & set(row["ede"] or ()):
        more.append("dnssec.validation_failed")
    if row["cause"] not in (None, "none") and row["rcode"] is None:
        more.append("no_answer.server_silent")
    return dict(row, also_ok=row["also_ok"] + [s for s in more if s not in row["also_ok"]])


def client(rows, packets):
    """How the data fails validation is often not in sight, nor what made servers silent: that it fails
    validation, or that the resolver waited in vain, is right then. And where both sides need not tell, one
    side need not."""
    clients = clients_of(rows)
    host = hosts(packets)
    waits = [(host.get(e["packet"].src), e["packet"].ts_ns, e["query"].qname)
             for e in wire.exchanges(packets) if not e["answer"]
             and e["packet"].src not in clients and e["packet"].dst not in clients]
    # A TCP connection that does not come about asks for no name: it counts for what needs TCP.
    waits += [(host.get(p.src), p.ts_ns, None) for p in packets if p.proto == 6 and p.dport == 53
              and p.tcp_flags & 0x12 == 2 and p.src not in clients and p.dst not in clients]
    vain = {id(row) for row, begin, end in spans(rows, packets)
            if row["cause"] not in (None, "none") and end - begin > WAITED_NS and
            any(mac == host.get(row["server"]) and begin <= t <= end and
                (wire.related(zone(name), zone(row["qname"])) if name else
                 row["cause"] == "upstream.tcp_blocked") for mac, t, name in waits)}
    seen = [as_seen(r, id(r) in vain) for r in rows]
    for row in seen:
        if "unknown.no_evidence" in row["also_ok"]:
            row["also_ok"].append("unknown.upstream_not_visible")
    return seen, [[p for p in packets if is_client_side(p, clients)]]


def taps(rows, packets):
    clients = clients_of(rows)
    return rows, [[p for p in packets if is_client_side(p, clients)],
                  [p for p in packets if not is_client_side(p, clients)]]


def skewed(rows, packets):
    clients = clients_of(rows)
    ahead = []
    for p in packets:
        twin = copy.copy(p)
        twin.ts_ns += SKEW_NS
        ahead.append(twin)
    return rows, [[p for p in packets if is_client_side(p, clients)], ahead]


# --- upstream ----------------------------------------------------------------------------------


def hosts(packets):
    """{address: link-layer address}: a resolver's addresses have one in common."""
    found = {}
    for p in packets:
        found.setdefault(p.src, p.frame[6:12])
    return found


def spans(rows, packets):
    """(row, begin, end in ns) of each labelled exchange of a client."""
    clients = clients_of(rows)
    ends = {(e["packet"].src, e["packet"].sport, e["query"].id): e["t1"]
            for e in wire.exchanges(packets, clients) if e["t1"]}
    first = {}
    for row in rows:
        key = (row["client"], row["sport"], row["id"])
        if key not in first or not row.get("retransmit"):
            first[key] = row
    for key, row in first.items():
        yield row, round(row["t"] * 1e9) - 1000, ends.get(key, packets[-1].ts_ns)


def zone(name):
    return ".".join((name or ".").rstrip(".").split(".")[-2:]) + "."


def true_causes_of(rows):
    return list(dict.fromkeys(s for row in rows for s in [row["cause"], *row["also_ok"]]))


def mismatched(packets, found):
    """(asker, port, server) of queries that the server answered with another ID or question."""
    asked = {(e["packet"].src, e["packet"].sport, e["packet"].dst, e["query"].id): e["query"].qname
             for e in found if e["transport"] == "udp"}
    ports = {key[:3] for key in asked}
    return {(p.dst, p.dport, p.src) for p, m, transport in wire.messages(packets)
            if m.qr and transport == "udp" and (p.dst, p.dport, p.src) in ports and
            asked.get((p.dst, p.dport, p.src, m.id)) not in ("", m.qname)}


def wants_recursion_in_vain(e):
    """Asked to recurse (RD=1), a server without recursion (RA=0) refuses."""
    answer = (e["first"] or e)["answer"]
    return bool(e["query"].rd and answer and answer.rcode == "REFUSED" and not answer.ra)


def upstream(rows, packets):
    clients = clients_of(rows)
    rest = [p for p in packets if not is_client_side(p, clients)]
    host = hosts(packets)
    found = wire.exchanges(rest, anew=True)
    asked = {e["packet"].dst for e in found}
    work = [(host.get(row["server"]), row, begin, end) for row, begin, end in spans(rows, packets)]
    software = {mac: row["resolver_software"] for mac, row, _, _ in work}
    askers, of_name = {e["packet"].src for e in found}, collections.defaultdict(list)
    for row in rows:
        if row["cause"] not in (None, "none"):
            of_name[row["qname"]] += true_causes(row)
    unreachable = {p.quoted[2] for p in rest if p.quoted and p.quoted[3] == 53} | \
        {p.src for p in rest if p.proto == 6 and p.sport == 53 and p.tcp_flags & TCP_RESET} | \
        {e["packet"].dst for e in found if e["transport"] == "tcp" and not e["answer"]}
    given_up = {p.quoted for p in rest if p.quoted and p.quoted[1] == 53}
    strange = mismatched(rest, found)
    over_tcp = {(p.dst, p.src) for p in rest if p.proto == 6 and p.sport == 53 and p.payload}
    in_vain = {(host.get(e["packet"].src), e["query"].qname) for e in found
               if wants_recursion_in_vain(e)}
    lines = []
    for e in found:
        p = e["packet"]
        if p.src in asked:
            continue
        failing = [row for mac, row, begin, end in work
                   if mac == p.frame[6:12] and begin <= p.ts_ns <= end and row["cause"] and
                   row["cause"] != "none"]
        others = true_causes_of(failing)  # of alias chains and server names, which no name ties to it
        failing = [row for row in failing
                   if wire.related(zone(row["qname"]), zone(e["query"].qname))]
        open_end = any(mac == p.frame[6:12] and begin <= p.ts_ns <= end and row["cause"] is None and
                       wire.related(zone(row["qname"]), zone(e["query"].qname))
                       for mac, row, begin, end in work)
        if e["query"].rd and p.dst in askers:  # what is wrong with a name, other resolvers meet with too
            others += [s for s in of_name[e["query"].qname] if s not in others]
        if wants_recursion_in_vain(e) or (host.get(p.dst), e["query"].qname) in in_vain:
            others = [*others, "policy.recursion_unavailable"]
        late = (e["t1"] and e["t1"] - p.ts_ns > LATE_NS) or \
            (p.dst, p.dport, p.src, p.sport) in given_up
        if e["answer"] and e["answer"].tc and (p.src, p.dst) not in over_tcp:
            others = [*others, "upstream.tcp_blocked"]
        row = upstream_row(e, failing, p.dst in unreachable, late,
                           rest[-1].ts_ns - p.ts_ns < NEAR_END_NS,
                           (p.src, p.sport, p.dst) in strange)
        if row:
            also = [s for s in others if row["cause"] not in (None, "none", s)]
            if open_end and row["cause"] == "none":
                row["cause"] = None  # what became of the work nobody knows
            lines.append(dict(row, resolver_software=software.get(p.frame[6:12], ""),
                              also_ok=row["also_ok"] + also, event_ok=row["event_ok"] + others))
    return lines, [rest]


def upstream_row(e, failing, unreachable, late, near_end, strange):
    p, m, answer = e["packet"], e["query"], (e["first"] or e)["answer"]
    if m.id is None or not m.qname:
        return None
    rcode = answer.rcode if answer else None
    carried = true_causes_of(failing)
    direct = UPSTREAM_CAUSES.get(rcode, [])
    if rcode is None and strange:
        direct = ["upstream.mismatched_reply", *direct]
    elif rcode is None and unreachable:
        direct = ["no_answer.unreachable", *direct]
    causes = carried + [s for s in direct if s not in carried] if direct else []
    if e["cut"]:
        cause = None  # a fragment: whether the rest arrived is not looked into
    elif not direct:
        cause = "none"
    elif rcode is None and near_end and not unreachable and not strange and not carried:
        cause = None
    else:
        cause = causes[0]
    return {"t": p.ts_ns / 1e9, "client": p.src, "server": p.dst, "qname": m.qname,
            "qtype": m.qtype, "rcode": rcode, "cause": cause, "also_ok": causes[1:],
            "event_ok": carried + (["no_answer.late_response"] if late else []) +
                        (["name.does_not_exist"] if rcode == "NXDOMAIN" else []),
            "fault": failing[0]["fault"] if failing else "", "id": m.id, "sport": p.sport,
            "transport": e["transport"], "retransmit": e["retransmit"], "cached": False,
            "ede": answer.ede if answer else [],
            "serves": [[[r["client"], r["sport"], r["id"], r["t"]], [r["cause"], *r["also_ok"]]]
                       for r in failing]}


# --- worse taps --------------------------------------------------------------------------------


def one_way(rows, packets):
    """Only what leaves the clients: every exchange is unanswered to the eye."""
    clients = clients_of(rows)
    return unanswered(rows), [[p for p in packets if p.src in clients]]


def unanswered(rows):
    return [dict(r, rcode=None, ede=[], cause="no_answer.one_way_capture", cached=False,
                 fault="The tap sees one direction only.",
                 also_ok=["unknown.capture_loss"] + true_causes(r)) for r in rows]


def true_causes(row):
    return [row["cause"], *row["also_ok"]] if row["cause"] not in (None, "none") else []


def queries(rows, packets):
    return unanswered(rows), [[p for p in packets if p.dport == 53]]


def upstream_queries(rows, packets):
    clients = clients_of(rows)
    return ([dict(r, also_ok=[*r["also_ok"], "no_answer.one_way_capture"])
             for r in map(as_seen, rows)],
            [[p for p in packets if is_client_side(p, clients) or p.dport == 53]])


def rebased(rows, packets):
    """Ten years and some days early: what DNSSEC has to say about time cannot be held against it."""
    out = []
    for p in packets:
        moved = copy.copy(p)
        moved.ts_ns -= REBASED_S * 10**9
        out.append(moved)
    return [dict(as_seen(r), t=r["t"] - REBASED_S) for r in rows], [out]


def twice(rows, packets):
    out = []
    for p in packets:
        twin = copy.copy(p)
        twin.ts_ns += 3000
        out += [p, twin]
    return rows, [sorted(out, key=lambda p: p.ts_ns)]


def vlan(rows, packets):
    out = []
    for p in packets:
        tagged = copy.copy(p)
        tagged.frame = p.frame[:12] + struct.pack("!HH", 0x8100, 42) + p.frame[12:]
        tagged.length = p.length + 4
        out.append(tagged)
    return rows, [out]


def reordered(rows, packets):
    out = list(packets)
    for i in range(0, len(out) - 1, 3):
        if out[i + 1].ts_ns - out[i].ts_ns < QUEUE_NS:
            out[i], out[i + 1] = out[i + 1], out[i]
    return rows, [out]


def snapped(rows, packets):
    out = []
    for p in packets:
        short = copy.copy(p)
        short.length = max(p.length, len(p.frame))
        short.frame = p.frame[:SNAP_OCTETS]
        out.append(short)
    return [as_seen(r) for r in rows], [out]


def filtered(rows, packets):
    return [as_seen(r) for r in rows], [[p for p in packets if not p.fragment or p.sport is not None]]


def deaf6(rows, packets):
    clients = clients_of(rows)
    return ([as_seen(r) for r in rows],
            [[p for p in packets if is_client_side(p, clients) or ":" not in p.src or p.sport != 53]])


def bare(rows, packets):
    """Nothing says which addresses have a network card in common."""
    out = []
    for p in packets:
        twin = copy.copy(p)
        twin.frame = bytes(12) + p.frame[12:]
        out.append(twin)
    return rows, [out]


def asker_of(p):
    """Who asks, of a packet with ports; of an ICMP error, in the packet that it is about. Servers ask too: dnsdist,
    whether its own live."""
    src, sport, dst, dport = p.quoted or (p.src, p.sport, p.dst, p.dport)
    return src if dport in SERVICES else dst if sport in SERVICES else None


def egress_address(address):
    return address.replace("10.53.", "10.54.") if "." in address else address.replace("fd53:", "fd54:")


def egress(rows, packets):
    """Who is asked by clients asks from other addresses, by another network card."""
    clients, out = clients_of(rows), []
    askers = {asker_of(p) for p in packets} - clients - {None}
    for p in bare(rows, packets)[1][0]:
        # Of later fragments the ports are not in sight: they are parts of answers.
        asker = asker_of(p) if p.sport is not None or p.quoted else p.dst
        out.append(wire.moved(p, {asker: egress_address(asker)}) if asker in askers else p)
    return [as_seen(r) for r in rows], [out]


def cluster_address(address):
    return address.replace("10.53.", "10.96.") if "." in address else address.replace("fd53:", "fd96:")


def translated(rows, packets):
    """The outer packet comes first on the way in, and last on the way out; only addresses differ."""
    clients, out = clients_of(rows), []
    for p in packets:
        twin = None
        if p.sport is not None and not p.fragment and p.src in clients:
            twin = wire.readdressed(p, p.src, cluster_address(p.dst), p.sport, p.dport)
            twin.ts_ns = p.ts_ns - TRANSLATED_NS
        elif p.sport is not None and not p.fragment and p.dst in clients:
            twin = wire.readdressed(p, cluster_address(p.src), p.dst, p.sport, p.dport)
            twin.ts_ns = p.ts_ns + TRANSLATED_NS
        out += [p, twin] if twin else [p]
    return ([dict(as_seen(r), server=cluster_address(r["server"]), t=r["t"] - TRANSLATED_NS / 1e9) for r in rows],
            [sorted(out, key=lambda p: p.ts_ns)])


def helpers(server, packets):
    """Addresses of a resolver, and of those behind it that it forwards to, by link-layer address."""
    host = hosts(packets)
    asked = collections.defaultdict(set)
    for p, m, _ in wire.messages(packets):
        if not m.qr and p.dport == 53 and m.rd:
            asked[host.get(p.src)].add(host.get(p.dst))
    found, todo = set(), [host.get(server)]
    while todo:
        card = todo.pop()
        if card not in found:
            found.add(card)
            todo += asked[card]
    return {address for address, card in host.items() if card in found} | {server}


def single(rows, packets):
    """One failure after the other, alone. Without link-layer addresses it has to be seen by what is asked
    which addresses are one resolver; what made a cache hold what it holds is often out of sight."""
    clients, seen = clients_of(rows), set()
    bare_packets = bare(rows, packets)[1][0]
    for row, begin, end in spans(rows, packets):
        key = (row["server"], row["qname"])
        if row["cause"] in ("none", None) or row.get("cached") or key in seen or len(seen) == SINGLES:
            continue
        seen.add(key)
        resolver = helpers(row["server"], packets)
        own = {(row["client"], row["sport"])}
        yield [as_seen(row)], [[
            p for p in bare_packets if begin - BEFORE_NS <= p.ts_ns <= end + AFTER_NS and
            ({(p.src, p.sport), (p.dst, p.dport)} & own if is_client_side(p, clients) else
             {p.src, p.dst} & resolver or (p.quoted and p.quoted[0] in resolver))]]


def loopback(address):
    return "::1" if ":" in address else "127.0.0.1"


def on_host(rows, packets):
    """One host's loopback interface, and the one to its servers: which addresses are the resolver's is only seen
    by what is asked."""
    clients, host = clients_of(rows), hosts(packets)
    for card in dict.fromkeys(host.get(r["server"]) for r in rows):
        servers = {r["server"] for r in rows if host.get(r["server"]) == card}
        behind, ports = set().union(*(helpers(s, packets) for s in servers)), {}

        def port(address, number, ports=ports):
            return ports.setdefault((address, number), 10000 + len(ports))

        seen = []
        for p in packets:
            if {p.src, p.dst} & clients:
                if p.sport is None or p.fragment or not {p.src, p.dst} & servers:
                    continue
                to = p.src in clients
                inside = loopback(p.dst)
                seen.append(wire.readdressed(
                    p, inside, inside, port(p.src, p.sport) if to else p.sport,
                    p.dport if to else port(p.dst, p.dport)))
            elif (p.src if p.dport == 53 else p.dst) in behind:
                seen.append(p)
        if not any(p.src in servers and p.dport == 53 for p in seen):
            continue  # no resolver
        yield [dict(as_seen(r), client=loopback(r["client"]), server=loopback(r["server"]),
                    sport=port(r["client"], r["sport"])) for r in rows if r["server"] in servers], [seen]


def loss(rows, packets):
    """Every second UDP answer to a client is lost, and every third to a resolver."""
    clients = clients_of(rows)
    answers = [p for p in packets if p.sport == 53 and p.proto == 17]
    lost = set(map(id, [p for p in answers if p.dst in clients][::2]))
    lost |= set(map(id, [p for p in answers if p.dst not in clients][::3]))
    gone = {(p.dst, p.dport) for p in answers if id(p) in lost and p.dst in clients}
    kept = Lossy(p for p in packets if id(p) not in lost)
    kept.dropped = len(lost)
    return [dict(r, rcode=None, ede=[], cause="unknown.capture_loss",
                 also_ok=["no_answer.server_silent"] + true_causes(r),
                 fault="The capture lost the answer.")
            if (r["client"], r["sport"]) in gone else r for r in rows], [kept]


def begins(rows, packets):
    cut = sorted(r["t"] for r in rows)[len(rows) // 2] - 0.001
    over = {(r["client"], r["sport"], r["id"]) for r in rows if r["t"] < cut}
    seen = []
    for row in rows:
        if row["t"] < cut:
            continue
        if (row["client"], row["sport"], row["id"]) in over:
            row = dict(row, cause=None, retransmit=False, proven_ok=true_causes(row))
        elif row["cause"] != "none":
            row = dict(row, also_ok=[*row["also_ok"], "resolver.cached_failure",
                                     "dnssec.validation_failed"])
        seen.append(row)
    return seen, [[p for p in packets if p.ts_ns >= cut * 1e9]]

def other_link(rows, packets):
    """What servers that never answer are asked leaves by a link that is not tapped."""
    heard = {p.src for p in packets if p.sport == 53}
    return [dict(r, cause="unknown.no_evidence",
                 also_ok=["upstream.timeout"] + ["resolver.cached_failure"] * bool(r.get("cached")),
                 fault="The resolver asks the zone's servers over a link that is not tapped.")
            if r["cause"] != "none" else r for r in rows], \
        [[p for p in packets if p.dport != 53 or p.dst in heard]]


def ends(rows, packets):
    done = list(spans(rows, packets))
    _, begin, end = max(done, key=lambda x: x[2] - x[1])
    cut = (begin + end) // 2
    over = {(r["client"], r["sport"], r["id"]) for r, _, end in done if end <= cut}
    seen = [r if (r["client"], r["sport"], r["id"]) in over else
            dict(r, cause=None, rcode=None, proven_ok=true_causes(r))
            for r in rows if r["t"] * 1e9 <= cut]
    return seen, [[p for p in packets if p.ts_ns <= cut]]


def goes_on(rows, packets):
    """What was open when the case was over meets its deadline, and a resolver without part in it is in sight."""
    question = struct.pack("!HHHHHH", 1, 0x0100, 1, 0, 0, 0) + b"\x04host\x04home\x04arpa\0\0\x01\0\x01"
    answer = (struct.pack("!HHHHHH", 1, 0x8180, 1, 1, 0, 0) + question[12:] +
              struct.pack("!HHHIH4B", 0xC00C, 1, 1, 60, 4, 192, 0, 2, 80))
    out, resolver = list(packets), ("192.0.2.53", 53)
    for i in range(GOES_ON_S):
        ts_ns, client = packets[-1].ts_ns + (i + 1) * 10**9, ("192.0.2.1", 20000 + i)
        out += [wire.datagram(ts_ns, client, resolver, question),
                wire.datagram(ts_ns + 10**6, resolver, client, answer)]
    return rows, [out]


MAIN = {"both": both, "client": client, "upstream": upstream, "taps": taps}
WORSE = {"skewed": skewed, "rebased": rebased, "twice": twice, "vlan": vlan, "bare": bare,
         "reordered": reordered, "snapped": snapped, "filtered": filtered, "deaf6": deaf6, "egress": egress,
         "translated": translated, "upstream_queries": upstream_queries, "queries": queries,
         "loss": loss, "begins": begins, "ends": ends, "goes_on": goes_on}
PARTIAL = ("queries", "loss", "begins", "ends", "single", "on_host")  # a resolver may seem to ask unasked
MANY = {"single": single, "on_host": on_host}  # several small captures of one
STORED = {"one_way": one_way, "other_link": other_link}
VIEWS = {**MAIN, **WORSE, **MANY, **STORED}


def apply(view, rows, packets):
    return VIEWS[view](rows, packets)


def cases(view, rows, packets):
    """(labels, capture files) of each capture that the view makes of a whole one."""
    made = apply(view, rows, packets)
    yield from made if view in MANY else [made]


def write(path, packets):
    if isinstance(packets, Lossy):
        wire.write_pcapng(path, packets, packets.dropped)
    else:
        wire.write(path, packets)
