#!/usr/bin/python3
"""The judges judged: accuracy's matching and scoring, golden's diff, schema's key order, pcap files."""
import json
import os
import sys

import accuracy
import golden
import harness
import schema


def label(t, name, cause, **more):
    return {"t": t, "client": "192.0.2.1", "server": "192.0.2.53", "qname": name + ".", "qtype": "A",
            "rcode": None if cause == "none" else "SERVFAIL", "cause": cause, "also_ok": [], "id": 7,
            "sport": 4000, "retransmit": False, **more}


def event(start, name, cause, confidence="likely", **more):
    return {"event": {"dataset": "rcause.failure", "start": start},
            "client": {"ip": "192.0.2.1", "port": 4000}, "server": {"ip": "192.0.2.53", "port": 53},
            "dns": {"id": "7", "question": {"name": name, "type": "A"}, "response_code": "SERVFAIL"},
            "rcause": {"cause": cause, "confidence": confidence}, **more}


def score(labels, events):
    exchanges = accuracy.exchanges_of([dict(row) for row in labels])
    result = accuracy.Score()
    result.judge(exchanges, accuracy.match(exchanges, events))
    return {k: v for k, v in result.n.items() if v}


def scoring(tap):
    second = "1970-01-01T00:00:%02d.000000000Z"
    fails = label(1.0, "a.example", "upstream.timeout", also_ok=["upstream.servfail"])
    base = {"failures": 1, "found": 1}
    for name, said, wanted in (
            ("the label's cause is exact", ["upstream.timeout"], {"exact": 1}),
            ("an acceptable cause is exact", ["upstream.servfail"], {"exact": 1}),
            ("another cause is wrong", ["dnssec.ds_mismatch"], {"wrong": 1}),
            ("unknown is not wrong", ["unknown.no_evidence"], {"unknown": 1}),
            ("a second event is a duplicate", ["upstream.timeout"] * 2, {"exact": 1, "duplicates": 1})):
        events = [event(second % 1, "a.example", s) for s in said]
        tap.equal(score([fails], events), {**base, **wanted}, name)
    proven = [event(second % 1, "a.example", "dnssec.ds_mismatch", "proven")]
    tap.equal(score([fails], proven), {**base, "wrong": 1, "wrong_proven": 1},
              "a wrong cause claimed as proven is counted apart")
    tap.equal(score([fails], []), {"failures": 1, "missed": 1}, "no event is a miss")
    tap.equal(score([fails], [event(second % 2, "a.example", "upstream.timeout")]),
              {"failures": 1, "missed": 1, "invented": 1}, "an event of another time is invented")
    tap.equal(score([label(1.0, "b.example", "none")], [event(second % 1, "b.example", "x.y")]),
              {"healthy": 1, "false_alarms": 1}, "an event for a healthy query is a false alarm")
    tap.equal(score([label(1.0, "a.example", None)], [event(second % 1, "a.example", "x.y")]), {},
              "a query without a known outcome counts neither way")
    tap.equal(score([label(1.0, "a.example", "upstream.timeout", qtype="AAAA")],
                    [event(second % 1, "a.example", "upstream.timeout")]),
              {"failures": 1, "missed": 1, "invented": 1}, "an event of another type is invented")
    again = label(6.0, "a.example", "upstream.timeout", retransmit=True)
    tap.equal(score([fails, again], [event(second % 1, "a.example", "upstream.timeout")]),
              {**base, "exact": 1}, "a retransmission wants no event of its own")
    tap.equal(score([fails, again], [event(second % 6, "a.example", "upstream.timeout")]),
              {"failures": 1, "missed": 1, "invented": 1}, "an event starts at the first attempt")
    other = event(second % 1, "a.example", "upstream.timeout")
    other["dns"]["response_code"] = "REFUSED"
    tap.equal(score([fails], [other]), {**base, "exact": 1, "rcode_differs": 1},
              "another response code is told")


def views_of_a_case(tap):
    """What each view of a real capture holds, and what its labels then are."""
    stem = os.path.join(harness.ROOT, "pcaps", "delegation.lame_refused", "bind-and-nsd")
    rows = accuracy.read_rows(stem + ".labels.jsonl")
    whole = accuracy.wire.read(harness.read_bytes(stem + ".pcap"))
    clients = {row["client"] for row in rows}
    made = {view: accuracy.views.apply(view, rows, whole) for view in accuracy.views.VIEWS}
    alone = list(made["single"])
    ends = lambda part: [{p.src, p.dst} & clients for p in part]
    tap.ok(all(ends(made["client"][1][0])), "the clients' side has nothing but clients' packets")
    tap.ok(not any(ends(made["upstream"][1][0])), "the upstream side has none of them")
    tap.equal(sorted(p.ts_ns for part in made["taps"][1] for p in part),
              sorted(p.ts_ns for p in whole), "two taps together have every packet once")
    failed = [r for r in made["upstream"][0] if r["cause"] not in (None, "none")]
    tap.ok(failed and all(r["rcode"] == "REFUSED" and "delegation.lame_refused" in
                          [r["cause"], *r["also_ok"]] for r in failed),
           "upstream, it is the queries of the resolvers that fail")
    tap.equal(len(made["twice"][1][0]), 2 * len(whole), "a mirror may show each frame twice")
    moved = {a.ts_ns - b.ts_ns for a, b in zip(whole, made["rebased"][1][0])}
    tap.ok(len(moved) == 1 and min(moved) > 0 and
           made["rebased"][0][0]["t"] + min(moved) / 1e9 == rows[0]["t"],
           "a rebased capture has all its times moved alike, and its labels' with them")
    tap.ok(max(len(p.frame) for p in made["snapped"][1][0]) <= 128 and
           sum(p.length for p in made["snapped"][1][0]) >= sum(len(p.frame) for p in whole),
           "a snapped capture has short frames that say how long they were")
    tap.ok(not any(p.fragment and p.sport is None for p in made["filtered"][1][0]) and
           all(p.fragment for p in whole if p not in made["filtered"][1][0]),
           "a filter by ports lets no fragment through but the first")
    tap.ok(len(made["deaf6"][1][0]) < len(whole) and
           not any(":" in p.src and p.sport == 53 and p.dst not in clients for p in made["deaf6"][1][0]),
           "a tap may miss what servers answer by IPv6")
    tap.ok(not any(any(p.frame[:12]) for p in made["bare"][1][0]),
           "a loopback interface knows no link-layer addresses")
    tap.ok(alone and all(len(cut[0]) == 1 and len({p.src for p in cut[1][0]} & clients) == 1
                         for cut in alone), "a failure alone has one client")
    twice = [p.ts_ns for p in made["translated"][1][0]]
    tap.ok(len(twice) == len(whole) + len(made["client"][1][0]) and twice == sorted(twice) and
           not {r["server"] for r in rows} & {r["server"] for r in made["translated"][0]},
           "behind an address translation, clients' packets pass twice")
    inside = list(made["on_host"])
    tap.ok(len(inside) > 1 and all(r["client"] in ("127.0.0.1", "::1") for cut in inside for r in cut[0]) and
           sum(len(cut[0]) for cut in inside) == len(rows) and
           not any({p.src, p.dst} & clients for cut in inside for p in cut[1][0]),
           "on a resolver's host, programs ask it at a loopback address")
    tap.ok(all(p.dport == 53 for p in made["queries"][1][0]) and
           all(r["rcode"] is None for r in made["queries"][0]), "one way, nothing has an answer")
    lost = [r for r in made["loss"][0] if r["cause"] == "unknown.capture_loss"]
    tap.ok(lost and made["loss"][1][0].dropped == len(whole) - len(made["loss"][1][0]),
           "a lossy capture says how much it lost")
    tap.ok(0 < len(made["begins"][0]) < len(rows) and 0 < len(made["ends"][1][0]) < len(whole),
           "a capture may begin late and end early")


def exchanges(tap):
    """A repeat comes before the answer; what comes behind it from the same port, with the same ID, is asked anew."""
    ends = ("192.0.2.1", 20000), ("192.0.2.53", 53)
    name = b"\x04host\x04test\0\0\x01\0\x01"
    query, answer = (bytes.fromhex("0007%s000100000000" % flags + "0000") + name for flags in ("0100", "8182"))
    packets = [accuracy.wire.datagram(i * 10**6, *(ends[::-1] if payload == answer else ends), payload)
               for i, payload in enumerate((query, query, answer, query, answer))]
    for anew, repeats in ((False, [False, True, True]), (True, [False, True, False])):
        found = accuracy.wire.exchanges(packets, anew=anew)
        tap.equal([e["retransmit"] for e in found], repeats,
                  "a question is %s behind its answer" % ("asked anew" if anew else "no other"))


def diffs(tap):
    old = json.dumps({**event("x", "a.example", "one"), "n": [1, 2]}).encode() + b"\n"
    new = json.dumps({**event("x", "a.example", "two"), "n": [1, 3]}).encode() + b"\n"
    text = golden.describe(old, new)
    tap.ok('rcause.cause' in text and '- "one"' in text and '+ "two"' in text and "n[1]" in text,
           "a golden diff names each leaf that changed", text)
    tap.ok("2 events, wanted 1" in golden.describe(old, old + new), "and a changed count")
    line = b'{"ecs":{"version":"9"},"observer":{"type":"sensor","version":"1.2"},"x":"version"}'
    tap.equal(golden.VERSION.sub(rb"\1-", line), line.replace(b"1.2", b"-"),
              "only the observer's version is put aside")


def key_order(tap):
    order = schema.KeyOrder()
    one = {"event": {"dataset": "d"}, "a": 1, "b": 2}
    tap.ok(not order.contradiction(one), "a first event sets the order")
    tap.ok(not order.contradiction({"event": {"dataset": "d"}, "b": 2}), "keys may be absent")
    tap.ok(order.contradiction({"event": {"dataset": "d"}, "b": 2, "a": 1}), "but not swapped")


def files(tap):
    frames = harness.exchange(10**18 + 5, ("192.0.2.1", 9), ("192.0.2.2", 53), 1, "a.example", 2)
    for order in "<>":
        tap.equal(harness.read_pcap(harness.pcap(frames, order=order)), (1, frames),
                  "a pcap file reads back, byte order %s" % order)
    tap.equal(harness.split_name("d/a.pcap.zst"), ("d/a", ".pcap.zst"), "a packed capture's name splits")
    tap.equal(harness.split_name("d/a.labels.jsonl"), None, "labels are no capture")


def main():
    tap = harness.Tap()
    for part in (scoring, views_of_a_case, exchanges, diffs, key_order, files):
        part(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
