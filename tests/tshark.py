#!/usr/bin/python3
"""Decode agrees with tshark, and the tool that says so finds a difference when there is one."""
import os
import shutil
import stat
import sys
import tempfile

import harness

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "tshark"))
import diff
import explained

DUMP = os.path.join(harness.ROOT, os.environ.get("BUILD", "build/release"), "tests", "tshark", "dump")
DOCS = os.path.join(harness.ROOT, "docs", "decode.md")
PORTS = {53}
# Every packing, link types, tunnels, fragments, streams, cuts; odd messages; EDNS errors; TSIG.
PLACES = ("tests/fuzz/corpus/fuzz_file", "pcaps/protocol.malformed_query", "pcaps/policy.blocked",
          "pcaps/tsig.bad_key", "pcaps/policy.transfer_refused", "pcaps/update.prerequisite_failed")


def files(places):
    for place in places:
        folder = os.path.join(harness.ROOT, place)
        for name in sorted(os.listdir(folder)):
            if ".pcap" in name or "corpus" in place:
                yield os.path.join(folder, name)


def planted(folder, name, change):
    """A dump whose output goes through a change: the tool must find it."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\n'%s' \"$@\" | sed '%s'\n" % (DUMP, change))
    os.chmod(path, stat.S_IRWXU)
    return path


PLANTED = (
    ("a TTL", "s/\"ttl\":[0-9]*/\"ttl\":7/"),
    ("an RCODE", "s/\"rcode\":[0-9]*/\"rcode\":9/"),
    ("an owner", "s/\"owner\":\"[0-9a-f]*\"/\"owner\":\"016100\"/"),
    ("an extended error", "s/\"ede\":\\[{\"code\":[0-9]*/\"ede\":[{\"code\":99/"),
    ("an EDNS size", "s/\"size\":[0-9]*/\"size\":511/"),
    ("a lost message", "1d"),
    ("a wrong frame", "1s/\"frame\":[0-9]*/\"frame\":99/"),
    ("a sound message called malformed", "s/\"fault\":\"none\"/\"fault\":\"rr_short\"/"),
)


def main():
    tap = harness.Tap()
    with open(DOCS, encoding="utf-8") as f:
        text = f.read()
    missing = [name for name, _ in explained.ROWS if "| `%s` |" % name not in text]
    tap.equal(missing, [], "each explained difference has its reason in docs/decode.md")
    if shutil.which("tshark") is None:
        tap.skip("decode agrees with tshark", "tshark is not installed")
        return tap.done()
    tally = diff.compare_files(list(files(PLACES)), DUMP, PORTS)
    tap.ok(tally.equal > 200 and None not in tally.classes,
           "decode agrees with tshark on the bundled captures", tally.classes.get(None))
    odd = list(files(["pcaps/policy.blocked", "pcaps/tsig.bad_key"]))
    with tempfile.TemporaryDirectory() as folder:
        for name, change in PLANTED:
            tally = diff.compare_files(odd, planted(folder, "dump", change), PORTS)
            tap.ok(tally.classes.get(None), "the comparison finds %s" % name, tally.classes)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
