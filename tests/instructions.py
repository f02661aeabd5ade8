#!/usr/bin/python3
"""A packet of healthy traffic, and one of a storm of failures, costs no more instructions than it did.

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

# Instructions of rcause for one of the checksum, by profile; and the packets of SHORT and LONG.
WANTED = {"healthy": (1.36, 4000, 24000), "storm": (6.82, 10000, 40000)}
TOLERANCE = 0.10
REFS = re.compile(r"I\s+refs:\s+([\d,]+)")


def instructions(command):
    result = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                             *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True, check=True)
    return int(REFS.search(result.stderr).group(1).replace(",", ""))


def a_packet(rcause, programs, profile, short, long):
    """What a packet of that profile costs: instructions of rcause, and of the checksum."""
    traffic, reference = (os.path.join(programs, name) for name in ("traffic", "reference"))
    spent = {}
    with tempfile.TemporaryDirectory(prefix="rcause-test-") as folder:
        for packets in (short, long):
            path = os.path.join(folder, "%d.pcap" % packets)
            subprocess.run([traffic, "-p", profile, "-n", str(packets), "-o", path],
                           stderr=subprocess.DEVNULL, check=True)
            spent[packets] = (
                instructions([rcause, "-q", "--threads", "1", "-r", path, "-o", "json:/dev/null"]),
                instructions([reference, path]))
    return [(more - less) / (long - short) for less, more in zip(spent[short], spent[long])]


def main():
    tap, rcause, what = harness.Tap(), harness.default_rcause(), "instructions a packet of "
    programs = os.path.join(os.environ.get("BUILD", "build/release"), "tests/bench")
    default_build = os.path.basename(os.environ.get("BUILD", "build/release")) == "release"
    for profile, (wanted, short, long) in WANTED.items():
        if shutil.which("valgrind") is None:
            tap.skip(what + profile, "valgrind is not installed")
            continue
        if not default_build:
            tap.skip(what + profile, "only the default build is measured")
            continue
        ours, plain = a_packet(rcause, programs, profile, short, long)
        ratio = ours / plain
        tap.ok(ratio <= wanted * (1 + TOLERANCE),
               "%s%s: %.2f for one of the checksum (%.0f to %.0f a packet), wanted %.2f"
               % (what, profile, ratio, ours, plain, wanted))
        if ratio < wanted * (1 - TOLERANCE):
            print("# cheaper by more than a tenth: lower WANTED")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
