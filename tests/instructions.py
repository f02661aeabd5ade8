#!/usr/bin/python3
"""A packet of healthy traffic costs no more instructions than it did.

Counted by valgrind, not timed, so that it says the same on a busy machine; and counted in those of a
plain checksum over the same octets (tests/bench/reference.c), compiled alike, so that it says nearly the
same with another compiler. The cost of a packet is what LONG costs more than SHORT: starting is not in it.
A change that makes the hot path cheaper lowers WANTED; one that must make it dearer raises it and says why.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import harness

WANTED = 1.46  # instructions of rcause for one of the checksum
TOLERANCE = 0.10
SHORT, LONG = 4000, 24000  # packets
REFS = re.compile(r"I\s+refs:\s+([\d,]+)")


def instructions(command):
    result = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                             *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True, check=True)
    return int(REFS.search(result.stderr).group(1).replace(",", ""))


def main():
    tap, rcause, what = harness.Tap(), harness.default_rcause(), "instructions a packet"
    programs = os.path.join(os.environ.get("BUILD", "build/release"), "tests/bench")
    traffic, reference = (os.path.join(programs, name) for name in ("traffic", "reference"))
    if shutil.which("valgrind") is None:
        tap.skip(what, "valgrind is not installed")
        return tap.done()
    if os.path.basename(os.environ.get("BUILD", "build/release")) != "release":
        tap.skip(what, "only the default build is measured")
        return tap.done()
    spent = {}
    with tempfile.TemporaryDirectory(prefix="rcause-test-") as folder:
        for packets in (SHORT, LONG):
            path = os.path.join(folder, "%d.pcap" % packets)
            subprocess.run([traffic, "-p", "healthy", "-n", str(packets), "-o", path],
                           stderr=subprocess.DEVNULL, check=True)
            spent[packets] = (
                instructions([rcause, "-q", "--threads", "1", "-r", path, "-o", "json:/dev/null"]),
                instructions([reference, path]))
    ours, plain = ((long - short) / (LONG - SHORT)
                   for short, long in zip(spent[SHORT], spent[LONG]))
    ratio = ours / plain
    text = "%.2f for one of the checksum (%.0f to %.0f a packet), wanted %.2f" % (
        ratio, ours, plain, WANTED)
    tap.ok(ratio <= WANTED * (1 + TOLERANCE), what + ": " + text)
    if ratio < WANTED * (1 - TOLERANCE):
        print("# cheaper by more than a tenth: lower WANTED")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
