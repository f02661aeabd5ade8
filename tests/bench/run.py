#!/usr/bin/python3
"""What a packet costs: rcause beside a bare libpcap loop on the same file, in alternation.

Makes traffic of each profile (traffic.c), runs the bare loop, rcause and the peers that are installed in
turn, and prints medians: nanoseconds a packet, how many times the bare loop of the same round, peak
memory. The ratio is the figure to quote; nanoseconds depend on the machine. One core is counted as user and
system time, 'wall' is the time that passed. Then the causes: how many of the failures injected were
named, and how many events nobody injected.

  healthy    resolvers of 50000 clients, seen from both sides; nothing fails
  normal     the same with 3 % SERVFAIL and 1 % REFUSED
  scattered  the same with clients from all over the address space
  storm      60 % of the answers are SERVFAIL of one zone
  crowd      the same for 20 names, each asked for anew for every client
  flood      70 % of the questions are random names below three zones
  hostile    addresses, ports and IDs that collide under weak hashes
"""
import argparse
import concurrent.futures
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import accuracy  # noqa: E402

PROFILES = {"healthy": ["-p", "healthy"], "normal": ["-p", "normal"],
            "scattered": ["-p", "normal", "-w", "scattered"], "storm": ["-p", "storm"],
            "crowd": ["-p", "crowd"], "flood": ["-p", "flood"], "hostile": ["-p", "hostile"]}
# The addresses of each resolver of world.c.
RESOLVERS = [arg for n in range(8, 12)
             for arg in ("--resolver", "r%d=193.110.157.%d,2a10:3d80::%x" % (n, n, n))]
PEER_PACKETS = 100000  # a slow peer is not given more
PEERS = {"tshark": ["tshark", "-n", "-q", "-z", "dns,tree", "-r"],
         "dnscap": ["dnscap", "-w", "/dev/null", "-r"],
         "packetq": ["packetq", "-s", "select rcode, count(*) from dns group by rcode"],
         "dns-probe": ["dns-probe-af", "-r", "-p"]}


class Run:
    """CPU seconds, passed seconds and peak KiB of one command."""

    def __init__(self, command):
        began = time.monotonic()
        with open(os.devnull, "r+b") as null:
            pid = subprocess.Popen(command, stdin=null, stdout=null, stderr=null).pid
        _, status, usage = os.wait4(pid, 0)
        self.wall_s = time.monotonic() - began
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.peak_kib = usage.ru_maxrss
        if status != 0:
            sys.exit("bench: %s failed" % " ".join(command))


def ours(options, *more):
    return [options.rcause, "-q", *RESOLVERS, *more]


def variants(options, profile):
    """(name, command before the file, whether the passed time counts)"""
    def row(name, by_wall, *more):
        return name, ours(options, *more, "-o", "json:/dev/null", "-r"), by_wall

    rows = [row("rcause", False, "--threads", "1")]
    if profile == "normal":
        rows.append(row("rcause transactions", False, "--threads", "1", "--emit", "transactions"))
        rows.append(row("rcause 2 threads, wall", True, "--threads", "2"))
    return rows


def measure(rows, path, packets, rounds, null):
    """Medians of each row, and the bare loop's: it runs next to each."""
    results = {name: [] for name, _, _ in rows}
    Run([null, path])  # warms the page cache
    for _ in range(rounds):
        for name, command, by_wall in rows:
            bare, run = Run([null, path]), Run(command + [path])
            spent = (run.wall_s, bare.wall_s) if by_wall else (run.cpu_s, bare.cpu_s)
            results[name].append((spent[0] * 1e9 / packets, spent[1] * 1e9 / packets,
                                  spent[0] / spent[1], run.peak_kib))
    return {name: [statistics.median(column) for column in zip(*runs)]
            for name, runs in results.items()}


def count_packets(path):
    """The frames of a capture that traffic wrote."""
    with open(path + ".count", encoding="ascii") as f:
        return int(f.read().split()[1])


def make_traffic(options, folder, name, packets):
    path = os.path.join(folder, "%s-%d.pcap" % (name, packets))
    with open(path + ".count", "wb") as count:
        subprocess.run([options.traffic, *PROFILES[name], "-n", str(packets), "-o", path,
                        "-l", path[:-len("pcap")] + "labels.jsonl"], stderr=count, check=True)
    return path


def judge(options, path):
    """How well the failures were explained: a Score of tests/accuracy.py."""
    out = subprocess.run(ours(options, "--emit", "failures", "-o", "json:-", "-r", path),
                         stdout=subprocess.PIPE, check=True).stdout
    return accuracy.score_events(path[:-len("pcap")] + "labels.jsonl",
                                 [json.loads(line) for line in out.splitlines()])


def print_score(name, score):
    timeouts = {k: n for k, n in score.confusion.items() if k[0] == "upstream.timeout"}
    named = sum(n for k, n in timeouts.items() if k[1] == "upstream.timeout")
    total = sum(timeouts.values())
    print("%-10s %8d failures, exact %.2f %%; upstream timeouts named %d of %d (%.2f %%); "
          "wrong and proven %d, invented %d" % (
              name, score.n["failures"], score.exact_percent(), named, total,
              100.0 * named / total if total else 100.0, score.n["wrong_proven"],
              score.n["invented"] + score.n["false_alarms"]))


def print_rows(profile, packets, medians):
    for name, (ns, bare_ns, ratio, peak_kib) in medians.items():
        print("%-10s %-22s %10d %12.1f %12.1f %8.2f %10.1f" % (
            profile, name, packets, ns, bare_ns, ratio, peak_kib / 1024), flush=True)


def bench_peers(options, folder):
    rows = [(name, command, False) for name, command in PEERS.items()
            if shutil.which(command[0])]
    path = make_traffic(options, folder, "normal", min(options.packets, PEER_PACKETS))
    packets = count_packets(path)
    medians = measure(rows, path, packets, options.rounds, options.null)
    print_rows("normal", packets, medians)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rcause")
    parser.add_argument("null")
    parser.add_argument("traffic")
    parser.add_argument("--packets", type=int, default=int(os.environ.get("PACKETS", 1000000)))
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", 5)))
    parser.add_argument("--profiles", default=os.environ.get("PROFILES", ",".join(PROFILES)))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-causes", action="store_true")
    return parser.parse_args()


def main():
    options = parse_options()
    scores = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        print("%-10s %-22s %10s %12s %12s %8s %10s" % (
            "profile", "who", "packets", "ns a packet", "bare loop ns", "x loop", "peak MiB"))
        for profile in options.profiles.split(","):
            path = make_traffic(options, folder, profile, options.packets)
            packets = count_packets(path)
            print_rows(profile, packets, measure(variants(options, profile), path, packets,
                                                 options.rounds, options.null))
            if not options.no_causes:  # elsewhere: a child's peak begins with its parent's size
                with concurrent.futures.ProcessPoolExecutor(1) as other:
                    scores[profile] = other.submit(judge, options, path).result()
            os.unlink(path)
        if not options.no_peers:
            bench_peers(options, folder)
    for name, score in scores.items():
        print_score(name, score)


if __name__ == "__main__":
    main()
