#!/usr/bin/python3
"""What rcause loses live: generated traffic over a veth pair at rising rates, the last as fast as it goes.

    loss.py RCAUSE TRAFFIC [PACKETS]        (root, tcpreplay)

For each rate: packets sent and how fast, frames handed on by rcause, dropped by the kernel or the
interface, and what is missing besides. The sender needs one of the cores.
"""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

RATES = (100000, 400000, 500000, 600000, 700000, 800000, 0)  # packets a second; 0: as fast as it goes
SENT = re.compile(r"Actual: (\d+) packets .* sent in ([\d.]+) seconds")
NEAR, FAR = ("rcl%d%s" % (os.getpid(), side) for side in "ab")


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def link_up():
    for name in (NEAR, FAR):
        ip("netns", "add", name)
    ip("-n", NEAR, "link", "add", "tap", "type", "veth", "peer", "name", "tap", "netns", FAR)
    for name in (NEAR, FAR):
        subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw",
                        "net.ipv6.conf.tap.disable_ipv6=1"], check=True)
        ip("-n", name, "link", "set", "tap", "up")


def link_down():
    for name in (NEAR, FAR):
        subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)


def replay(rcause, path, rate):
    """(packets sent, seconds, counters of capture)"""
    with tempfile.NamedTemporaryFile() as out:
        child = subprocess.Popen(["ip", "netns", "exec", FAR, rcause, "-q", "-i", "tap", "--emit",
                                  "failures,stats", "-o", "json:" + out.name])
        time.sleep(2)
        speed = ["--pps", str(rate)] if rate else ["--topspeed"]
        sent = subprocess.run(["ip", "netns", "exec", NEAR, "tcpreplay", "-K", *speed, "-i", "tap",
                               path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, check=True)
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        child.wait(120)
        packets, seconds = SENT.search(sent.stdout).groups()
        with open(out.name, encoding="ascii") as f:
            last = [line for line in f if '"rcause.stats"' in line][-1]
    return int(packets), float(seconds), json.loads(last)["rcause"]["counters"]["capture"]


def main():
    rcause, traffic = (os.path.abspath(path) for path in sys.argv[1:3])
    packets = sys.argv[3] if len(sys.argv) > 3 else "1000000"
    link_up()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            path = os.path.join(folder, "traffic.pcap")
            subprocess.run([traffic, "-p", "normal", "-n", packets, "-o", path], check=True,
                           stderr=subprocess.DEVNULL)
            print("%10s %12s %10s %10s %10s %10s" % ("asked pps", "sent pps", "sent", "handed on",
                                                     "dropped", "missing"))
            for rate in RATES:
                sent, seconds, counts = replay(rcause, path, rate)
                dropped = counts["kernel_drops"] + counts["interface_drops"]
                print("%10s %12.0f %10d %10d %10d %10d" % (
                    rate or "most", sent / seconds, sent, counts["frames"], dropped,
                    sent - counts["frames"] - dropped), flush=True)
    finally:
        link_down()


if __name__ == "__main__":
    main()
