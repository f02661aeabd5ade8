#!/usr/bin/python3
"""With a thread of its own for reading and decoding, the same bytes come out as without.

Events of every kind, counters after every second of packet time among them, for captures of every cause,
merged, reassembled, with more messages at a time than one part takes, cut, and through a pipe that
pauses; and the program ends when told to, with what it has.
"""
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

import harness

EVERY = 6  # each so many-th capture
START_NS = 1_700_000_000 * 10**9
MS = 10**6
CLIENT, SERVER = ("192.0.2.10", 40000), ("192.0.2.53", 53)
SERVFAIL = 2
EVERYTHING = ("-q", "--emit", "failures,incidents,stats,upstream,transactions", "--include",
              "nxdomain", "--stats-interval", "1")


class Suite:
    def __init__(self, folder):
        self.rcause, self.tap, self.folder = harness.default_rcause(), harness.Tap(), folder

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def same(self, name, *args):
        one, two = (harness.run(self.rcause, "--threads", n, *EVERYTHING, *args)
                    for n in ("1", "2"))
        self.tap.ok(one.out == two.out and one.status == two.status and one.err == two.err and
                    not two.crashed and one.out, name, "%s%s" % (one, two))


def exchanges(count, spacing_ns=MS, name="name%d.example"):
    frames = []
    for i in range(count):
        client = (CLIENT[0], CLIENT[1] + i % 20000)
        frames += harness.exchange(START_NS + i * spacing_ns, client, SERVER, i & 0xffff, name % i,
                                   SERVFAIL)
    return frames


def tcp(ts_ns, client, server, seq, payload):
    """A segment without a handshake before it."""
    head = struct.pack(">HHIIBBHHH", client[1], server[1], seq, 1, 5 << 4, 0x18, 64240, 0, 0)
    packet = b"".join(bytes(map(int, end[0].split("."))) for end in (client, server))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 1, 0, 64, 6, 0) + packet
    return ts_ns, bytes(12) + b"\x08\x00" + ip + head + payload


def long_messages(s):
    """Frames whose messages fill more than a part: in octets, and in number."""
    large = [struct.pack(">H", 60000) + harness.message(i, "large%d.example" % i) for i in range(40)]
    large = b"".join(m + bytes(60002 - len(m)) for m in large)
    small = [harness.message(i, "s%d.example" % i) for i in range(3000)]
    small = b"".join(struct.pack(">H", len(m)) + m for m in small)
    frames = []
    for port, stream in ((41000, large), (42000, small)):
        for at in range(0, len(stream), 60000):
            frames.append(tcp(START_NS + len(frames) * MS, (CLIENT[0], port), SERVER, 1 + at,
                              stream[at:at + 60000]))
    path = s.file("long.pcap", harness.pcap(frames))
    s.same("more octets and more messages than a part takes", "-r", path)


def captures(s):
    for path in harness.captures("pcaps")[::EVERY]:
        s.same("%s: the same" % os.path.relpath(path, harness.ROOT), *harness.case_args(path), "-r",
               path)


def inputs(s):
    path = s.file("many.pcap", harness.pcap(exchanges(5000)))
    other = s.file("other.pcap", harness.pcap(exchanges(3000, 2 * MS, "other%d.example")))
    cut = s.file("cut.pcap", harness.pcap(exchanges(2000))[:-7])
    strange = s.file("strange.pcap", harness.pcap(exchanges(100), link=147))
    empty = s.file("empty.pcap", harness.pcap([]))
    s.same("ten thousand packets", "-r", path)
    s.same("little memory", "--memory", "16M", "-r", path)
    s.same("two files merged", "-r", path, "-r", other)
    s.same("a damaged file, and one that is not there", "-r", cut, "-r", "/nowhere")
    s.same("a link type nobody knows", "-r", strange, "-r", path)
    s.same("no packets at all", "-r", empty)


def pause(s):
    """What has come is told while the pipe is silent."""
    data = harness.pcap(exchanges(300))
    for threads in ("1", "2"):
        name = "a paused pipe, threads %s" % threads
        with subprocess.Popen([s.rcause, "--threads", threads, "-q", "--hold", "0", "-r", "-", "-o",
                               "json:-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=harness.environment()) as child:
            child.stdin.write(data[:-5000])
            child.stdin.flush()
            time.sleep(0.5)
            child.stdin.write(data[-5000:])
            out, err = child.communicate(timeout=60)
        s.tap.ok(out.count(b"rcause.failure") == 300 and not err and child.returncode == 0, name,
                 "%d failures, %s" % (out.count(b"rcause.failure"), err))


def stop(s):
    """A signal ends it, with all that came before."""
    for threads in ("1", "2"):
        with subprocess.Popen([s.rcause, "--threads", threads, "-q", "-r", "-", "-o", "json:-"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=harness.environment()) as child:
            child.stdin.write(harness.pcap(exchanges(300)))
            child.stdin.flush()
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            out = child.stdout.read()
            status = child.wait(60)
        s.tap.ok(out.count(b"rcause.failure") == 300 and status == 0,
                 "stopped by a signal, threads %s" % threads,
                 "status %d, %d failures" % (status, out.count(b"rcause.failure")))


def closed(s):
    """The reader of its events goes away: it ends at once, however much there is to read."""
    with subprocess.Popen([s.rcause, "--threads", "2", "-q", "-r", "-", "-o", "json:-"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=harness.environment()) as child:
        child.stdout.close()
        try:
            child.stdin.write(harness.PCAP_HEADER)
            for i in range(100):
                for ts_ns, frame in exchanges(1000, 100 * MS):
                    ts_ns += i * 100_000 * MS
                    child.stdin.write(struct.pack("<IIII", ts_ns // 10**9, ts_ns % 10**9,
                                                  len(frame), len(frame)) + frame)
        except BrokenPipeError:
            pass
        try:
            child.stdin.close()
        except BrokenPipeError:
            pass
        err = child.stderr.read()
        status = child.wait(60)
    s.tap.ok(status == 1 and not err, "a closed output ends it", "%d %s" % (status, err))


def main():
    with tempfile.TemporaryDirectory(prefix="rcause-test-") as folder:
        s = Suite(folder)
        for part in (long_messages, captures, inputs, pause, stop, closed):
            part(s)
        return s.tap.done()


if __name__ == "__main__":
    sys.exit(main())
