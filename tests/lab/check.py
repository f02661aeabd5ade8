#!/usr/bin/python3
"""Holds labels beside what tshark reads in their capture: each answered query has the rcode that its
label says, and none that the label calls unanswered is answered. Prints what differs.

    tests/lab/check.py [DIR]...      default tests/lab/out/cases
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import harness
from wire import RCODES

FIELDS = ("ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "udp.srcport", "tcp.srcport", "udp.dstport",
          "tcp.dstport", "dns.id", "dns.flags.rcode")
EXTENDED = {"BADVERS": 0, "BADCOOKIE": 7}  # the low four bits, which tshark shows


def answers(capture):
    """{(server, client, port, id): {rcode}} as tshark reads them."""
    words = [w for f in FIELDS for w in ("-e", f)]
    done = subprocess.run(["tshark", "-r", capture, "-Y", "dns.flags.response == 1", "-T", "fields",
                           "-E", "occurrence=f", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, text=True)
    found = {}
    for line in done.stdout.splitlines():
        one = dict(zip(FIELDS, line.split("\t")))
        if one["udp.srcport"] != "53" and one["tcp.srcport"] != "53" or not one["dns.flags.rcode"]:
            continue
        key = (one["ip.src"] or one["ipv6.src"], one["ip.dst"] or one["ipv6.dst"],
               int(one["udp.dstport"] or one["tcp.dstport"]), int(one["dns.id"], 16))
        found.setdefault(key, set()).add(int(one["dns.flags.rcode"]))
    return found


def number(rcode):
    return EXTENDED[rcode] if rcode in EXTENDED else RCODES.index(rcode)


def check(capture):
    with open(harness.labels_path(capture), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    seen, bad = answers(capture), 0
    for row in rows:
        got = seen.get((row["server"], row["client"], row["sport"], row["id"]), set())
        if (row["rcode"] is None) != (not got) or row["rcode"] and number(row["rcode"]) not in got:
            print("%s: %s %s %s: label %s, tshark %s" % (
                os.path.relpath(capture), row["client"], row["qname"], row["qtype"], row["rcode"],
                sorted(got)))
            bad += 1
    return len(rows), bad


def main():
    places = sys.argv[1:] or [os.path.join(harness.ROOT, "tests", "lab", "out", "cases")]
    total = bad = 0
    for capture in harness.captures(*places):
        if os.path.exists(harness.labels_path(capture)):
            rows, wrong = check(capture)
            total, bad = total + rows, bad + wrong
    print("%d labels, %d that tshark contradicts" % (total, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
