#!/usr/bin/python3
"""What the expected events of pcaps/ claim is in the frames that they point to.

An own reading of the captures (tests/lab/wire.py), which shares nothing with rcause: the frames of the
query and of the answer, their times, ends, IDs, questions and codes, how often it was asked; of each line of evidence its
frames, and its fact where the frames alone show it; and an incident against its failures.
"""
import collections
import itertools
import json
import os
import re
import struct
import sys

import accuracy
import golden
import harness

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "lab"))
sys.dont_write_bytecode = True
import wire

SHOWN_MAX = 8  # false claims told of one capture


class Capture:
    """Frames by number, and the messages in them (of one over TCP: where it ends)."""

    def __init__(self, path):
        packets = wire.read(harness.read_bytes(path))
        numbers = {id(p): n for n, p in enumerate(packets, 1)}
        self.packets = dict(enumerate(packets, 1))
        self.messages, self.queries = collections.defaultdict(list), collections.defaultdict(list)
        for p, m, transport in wire.messages(reassembled(packets, numbers)):
            m.at, m.frame, m.transport = p, numbers[id(p)], transport
            self.messages[m.frame].append(m)
            if not m.qr:
                self.queries[key(m)].append(m)

    def find(self, frame, qr, ends, name=None, ident=None):
        """The message of that frame between these ends; that of the name or ID, if there are several."""
        those = [m for m in self.messages[frame]
                 if m.qr == qr and (m.at.src, m.at.dst) == ends and (ident is None or m.id == ident)]
        return next((m for m in those if plain(m.qname) == name), those[0] if those else None)


def reassembled(packets, numbers):
    """The packets; the fragment that completes a datagram stands for all of it."""
    parts = collections.defaultdict(dict)
    for p in packets:
        if not p.fragment:
            yield p
            continue
        four = p.frame[12:14] == b"\x08\x00"
        ident = (p.src, p.dst, p.frame[18:20] if four else p.frame[58:62])
        flags = int.from_bytes(p.frame[20:22] if four else p.frame[56:58], "big")
        offset, more = ((flags & 0x1FFF) * 8, flags & 0x2000) if four else (flags & 0xFFF8, flags & 1)
        size = int.from_bytes(p.frame[16:18], "big") - 20 if four else \
            int.from_bytes(p.frame[18:20], "big") - 8
        body = p.frame[34:34 + size] if four else p.frame[62:62 + size]
        parts[ident][offset] = (body, more)
        whole, last = b"", True
        while len(whole) in parts[ident]:
            body, last = parts[ident][len(whole)]
            if not body:
                break
            whole += body
        if not last:
            p.sport, p.dport = int.from_bytes(whole[:2], "big"), int.from_bytes(whole[2:4], "big")
            p.proto, p.payload = 17, whole[8:]
            del parts[ident]
            yield p


def plain(name):
    return name.rstrip(".") or name


def key(m):
    return (m.at.src, m.at.sport, m.at.dst, m.transport, m.id, m.qname, m.qtype)


def nanoseconds(stamp):
    whole, fraction = stamp.rstrip("Z").split(".")
    return int(accuracy.seconds(whole + ".0Z")) * 10**9 + int(fraction)


def says_no_answer(capture, query, answer, match):
    """So many times asked; an answer may have come behind the failure (and behind a minute the port serves anew)."""
    again = [m for m in capture.queries[key(query)] if m.at.ts_ns - query.at.ts_ns < 40 * 10**9]
    return answer is None and len(again) >= int(match[1])


def has_code(word):
    return lambda c, q, a, m: a is not None and a.rcode == (word or m[1])


def has_signature(capture, query, answer, match):
    """An RRSIG (RFC 4034 3.1) of that key whose time is the one told."""
    tag, word, text = match.groups()
    stamp = struct.pack("!I", int(accuracy.seconds(text[:-1] + ".0Z")) & 0xFFFFFFFF)
    times = re.escape(stamp) + b".{4}" if word == "expired" else re.escape(stamp)
    rdata = times + re.escape(struct.pack("!H", int(tag)))
    return answer is not None and re.search(rdata, answer.data, re.DOTALL) is not None


# What the frames of a line of evidence show of its fact by themselves.
FACTS = [(re.compile(pattern + "$"), test) for pattern, test in (
    (r"no answer to (\d+) quer(?:y|ies)", says_no_answer),
    (r"no answer", lambda c, q, a, m: a is None),
    (r"refused", has_code("REFUSED")),
    (r"servfail", has_code("SERVFAIL")),
    (r"formerr", has_code("FORMERR")),
    (r"notimp", has_code("NOTIMP")),
    (r"(NXDOMAIN|REFUSED|NOTAUTH|YXDOMAIN)", has_code(None)),
    (r"(\w+) with CD=[01]", has_code(None)),
    (r"with CD=1 the same name is answered", lambda c, q, a, m: q.cd and a.rcode in ("NOERROR", "NXDOMAIN")),
    (r"the TCP connection failed", lambda c, q, a, m: q.transport == "tcp" and a is None),
    (r"truncated\b.*", lambda c, q, a, m: a is not None and a.tc),
    (r".* got an empty truncated answer.*", lambda c, q, a, m: a.tc and a.answers == 0),
    (r"REFUSED with RA=0 to a query with RD=([01])",
     lambda c, q, a, m: a.rcode == "REFUSED" and not a.ra and q.rd == (m[1] == "1")),
    (r"SERVFAIL with RA=0.*", lambda c, q, a, m: a.rcode == "SERVFAIL" and not a.ra),
    (r".*with an EDE that says.*|the answer carries an EDE.*|EDE says validation failed",
     lambda c, q, a, m: bool(a.ede)),
    (r"RRSIG of .* by key (\d+) (expired|begins) at ([^,]+),.*", has_signature),
    (r"answered: the query is without EDNS.*", lambda c, q, a, m: not q.opt and a is not None),
)]


def check_ends(capture, event):
    """(query, answer) of a failure, and what is wrong with them."""
    client, server = event["client"], event["server"]
    frames, name = event["rcause"]["frames"], event["dns"].get("question", {}).get("name")
    ends = (client["ip"], server["ip"])
    query = capture.find(frames.get("query"), False, ends, name, int(event["dns"]["id"]))
    wrong = []
    if query is None:
        return [f"frame {frames.get('query')} is not its query"]
    start, end = nanoseconds(event["event"]["start"]), nanoseconds(event["event"]["end"])
    if (query.at.ts_ns, query.at.sport) != (start, client["port"]):
        wrong.append("start or port are not those of its query")
    if event["event"]["duration"] != end - start:
        wrong.append("duration")
    again = [m for m in capture.queries[key(query)] if start <= m.at.ts_ns <= end]
    if event["rcause"]["attempts"] != len(again) and "mirrored" not in event["rcause"].get("marks", ()):
        wrong.append(f"asked {len(again)} times")
    if "answer" in frames:
        answer = capture.find(frames["answer"], True, ends[::-1], name)
        if answer is None or answer.at.ts_ns != end:
            wrong.append("its answer's frame")
        elif answer.rcode != event["dns"]["response_code"]:
            wrong.append(f"response code {answer.rcode}")
    return wrong


def check_evidence(capture, line):
    wrong, name = [], line.get("question")
    if capture.packets[line["frame"]].ts_ns != nanoseconds(line["time"]):
        wrong.append("time")
    ends = (line["from"], line["to"])
    query = capture.find(line.get("query_frame"), False, ends, name)
    answer = capture.find(line["frame"], True, ends[::-1], name) if "rcode" in line else None
    if query is not None and name is not None and plain(query.qname) != name:
        wrong.append(f"its query asks for {query.qname}")
    if query is not None and name is not None and not query.qtype.startswith("TYPE") and \
            query.qtype != line["type"]:
        wrong.append(f"its query asks for type {query.qtype}")
    if "rcode" in line and (answer is None or answer.rcode != line["rcode"]):
        wrong.append(f"its frame has no {line['rcode']}")
    for pattern, test in FACTS:
        match = pattern.match(line["fact"])
        if match and query is not None and not test(capture, query, answer, match):
            wrong.append("its fact")
    return wrong


def worked_between(capture, told, failures):
    """A question that failed had an answer since the incident began: of SERVFAIL anybody's, else its own client's, asked alike."""
    first, answers = nanoseconds(told["first"]), collections.defaultdict(list)
    told_frames = {f["rcause"]["frames"].get("answer") for f in failures}
    for m in itertools.chain.from_iterable(capture.messages.values()):
        if m.qr and m.rcode in ("NOERROR", "NXDOMAIN") and first < m.at.ts_ns and not m.cd and \
                m.opcode == 0 and m.frame not in told_frames:
            answers[m.at.src, plain(m.qname), m.qtype].append(m)
    for f in failures:
        question = f["dns"].get("question", {})
        query = capture.packets[f["rcause"]["frames"]["query"]]
        edns = any(m.opt for m in capture.messages[f["rcause"]["frames"]["query"]])
        for m in answers[f["server"]["ip"], question.get("name"), question.get("type")]:
            alike = m.at.dst == query.src and m.opt == edns
            if m.at.ts_ns <= nanoseconds(f["event"]["end"]) and \
                    (alike or f["dns"].get("response_code") == "SERVFAIL"):
                return True
    return False


def check_incident(capture, event, failures):
    """Of one that ended, against the failures that name it."""
    told = event["rcause"]["incident"]
    if told["kind"] != "failures" or told["state"] != "close":
        return []
    own = [f for f in failures if f["rcause"].get("incident") == told["id"]]
    wanted = {"failures": len(own), "first": min(f["event"]["start"] for f in own),
              "last": max(f["event"]["end"] for f in own),
              "clients": len({f["client"]["ip"] for f in own}),
              "resolvers": len({f["server"]["ip"] for f in own})}
    wanted = {k: v for k, v in wanted.items() if told[k] != v}
    return [f"{k} is {v}" for k, v in wanted.items()] + \
        (["it worked in between"] if told["persistent"] and worked_between(capture, told, own) else [])


def false_claims(case):
    capture = Capture(os.path.join(harness.ROOT, case))
    with open(golden.expected_path(case), encoding="utf-8") as f:
        events = [json.loads(line) for line in f]
    failures = [e for e in events if e["event"]["dataset"] == "rcause.failure"]
    wrong = []
    for event in events:
        where = f"event {event['event']['sequence']}"
        own = check_incident(capture, event, failures) if "kind" in event["rcause"]["incident"] \
            else check_ends(capture, event)
        wrong += [f"{where}: {w}" for w in own]
        for n, line in enumerate(event["rcause"].get("evidence", ())):
            wrong += [f"{where}, evidence {n} ({line['fact']}): {w}" for w in check_evidence(capture, line)]
    return wrong


def main():
    tap = harness.Tap()
    for case in harness.golden_cases():
        wrong = false_claims(case)
        tap.ok(not wrong, f"what is said of {case} is in its frames", "\n".join(wrong[:SHOWN_MAX]))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
