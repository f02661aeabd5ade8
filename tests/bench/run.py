#!/usr/bin/python3
"""What a packet costs: rcause beside a bare libpcap loop on the same file, in alternation.

Repeats a bundled capture, its times moved on, to PACKETS packets, and prints for each profile the
medians of RUNS runs: nanoseconds a packet (user and system time), the ratio to the bare loop in the same
round, peak memory. The ratio is the figure to quote; times depend on the machine.

  normal    healthy traffic of four resolvers, seen from both sides
  failures  every question fails DNSSEC validation
"""
import os
import statistics
import struct
import subprocess
import sys
import tempfile

PACKETS, RUNS = 1000000, 5
PROFILES = (("normal", "pcaps/healthy/mixed.pcap"),
            ("failures", "pcaps/dnssec.signature_expired/sigexp-com.pcap"))
FILE_HEADER, RECORD = 24, struct.Struct("<IIII")


def repeat(source, path):
    with open(source, "rb") as f:
        data = f.read()
    records, at = [], FILE_HEADER
    while at < len(data):
        seconds, fraction, caplen, length = RECORD.unpack_from(data, at)
        at += RECORD.size
        records.append((seconds, fraction, data[at:at + caplen], length))
        at += caplen
    span = records[-1][0] - records[0][0] + 1
    with open(path, "wb") as out:
        out.write(data[:FILE_HEADER])
        for n in range(PACKETS):
            seconds, fraction, frame, length = records[n % len(records)]
            out.write(RECORD.pack(seconds + n // len(records) * span, fraction, len(frame), length))
            out.write(frame)


def cost(command):
    """CPU seconds and peak KiB of one run."""
    pid = os.spawnvp(os.P_NOWAIT, command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit("bench: %s failed" % command[0])
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    rcause, null = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "traffic.pcap")
        print("%-10s %14s %14s %8s %12s" % ("profile", "rcause ns", "bare loop ns", "ratio", "peak KiB"))
        for name, source in PROFILES:
            repeat(source, path)
            ours = [rcause, "-q", "-r", path, "--trust-anchor", "pcaps/root.key", "-o", "json:/dev/null"]
            subprocess.run([null, path], check=True)  # warms the page cache
            rounds = [cost(ours) + cost([null, path]) for _ in range(RUNS)]
            print("%-10s %14.0f %14.0f %8.1f %12d" % (
                name, statistics.median(r[0] for r in rounds) * 1e9 / PACKETS,
                statistics.median(r[2] for r in rounds) * 1e9 / PACKETS,
                statistics.median(r[0] / r[2] for r in rounds),
                statistics.median(r[1] for r in rounds)))


if __name__ == "__main__":
    main()
