#!/usr/bin/python3
"""Live capture over a veth pair: the same causes as from the file, events at once, VLAN tags, a
silent link, and a clean end on SIGINT. Needs root; sends only inside namespaces of its own."""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import harness

SECOND_NS = 10**9
REPLAY_MAX_NS = 2 * SECOND_NS
REPLAYED_MAX = 4
CLIENT, SERVER = ("192.0.2.10", 40000), ("192.0.2.53", 53)
# Sent until rcause tells it, so that a test knows that it listens.
READY = harness.exchange(0, ("198.51.100.1", 1024), ("198.51.100.53", 53), 1, "ready.example", 2)
SERVFAIL = 2
VLAN_TAG = b"\x81\x00\x00\x2a"  # IEEE 802.1Q, VLAN 42
LIBC = ctypes.CDLL(None, use_errno=True)


def ip(*args):
    subprocess.run(["ip", *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def question(event):
    asked = event["dns"].get("question", {})
    return asked.get("name", "-"), asked.get("type", "-")


class Link:
    """Two namespaces joined by a veth pair; frames are sent on one end, rcause listens on the other."""

    def __init__(self):
        self.near, self.far = ("rct%d%s" % (os.getpid(), side) for side in "ab")

    def __enter__(self):
        try:
            for name in (self.near, self.far):
                ip("netns", "add", name)
            ip("-n", self.near, "link", "add", "tap", "mtu", "9000", "type", "veth",
               "peer", "name", "tap", "mtu", "9000", "netns", self.far)
            for name in (self.near, self.far):
                ip("-n", name, "link", "set", "tap", "up")
            self.socket = self._socket()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)

    def _socket(self):
        """A packet socket in the near namespace; a socket stays where it was made."""
        import socket
        with open("/proc/self/ns/net", "rb") as home, \
                open("/run/netns/" + self.near, "rb") as there:
            if LIBC.setns(there.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                made.bind(("tap", 0))
            finally:
                LIBC.setns(home.fileno(), 0)
        return made

    def send(self, frames):
        """Sends with the gaps of the capture."""
        start, first = time.monotonic_ns(), frames[0][0]
        for t, frame in frames:
            wait = start + (t - first) - time.monotonic_ns()
            if wait > 0:
                time.sleep(wait / 1e9)
            self.socket.send(frame)


class Listener:
    """rcause on the far end, and its events."""

    def __init__(self, link, *args):
        self.events = []
        self.child = subprocess.Popen(
            ["ip", "netns", "exec", link.far, harness.default_rcause(), "-q", *args, "-i", "tap"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=harness.environment())
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.events and self.child.poll() is None and time.monotonic() < deadline:
            link.send(READY)
            time.sleep(0.1)

    def _read(self):
        for line in self.child.stdout:
            self.events.append(json.loads(line))

    def failures(self):
        return [e for e in list(self.events) if e["event"]["dataset"] == "rcause.failure" and
                question(e)[0] != "ready.example"]

    def names(self):
        return [question(e)[0] for e in self.failures()]

    def wait_for(self, count, seconds):
        deadline = time.monotonic() + seconds
        while len(self.failures()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.failures()) >= count

    def stop(self):
        """Ends it with SIGINT; returns (exit status, standard error)."""
        self.child.send_signal(signal.SIGINT)
        try:
            status = self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        self.thread.join(5)
        return status, self.child.stderr.read().decode()


def facts(events):
    return sorted((*question(e), e["dns"].get("response_code", "-"), e["rcause"]["cause"])
                  for e in events)


def replayable():
    """[(case, frames, facts of the file)] of short captures whose causes do not hang on the date
    (signatures run out) nor on waiting for an answer that never comes."""
    found = []
    for case in harness.golden_cases():
        path = os.path.join(harness.ROOT, case)
        data = harness.read_bytes(path)
        if harness.slug_of(case).startswith("dnssec.") or not harness.is_pcap(data):
            continue
        link, frames = harness.read_pcap(data)
        if link != 1 or not frames or frames[-1][0] - frames[0][0] > REPLAY_MAX_NS:
            continue
        result = harness.run(harness.default_rcause(), "-q", "-r", case, "--emit", "failures",
                             *harness.case_args(path))
        events = result.events("failure")
        if events and all(e["dns"]["type"] == "answer" for e in events):
            found.append((case, frames, facts(events)))
    step = max(1, len(found) // REPLAYED_MAX)
    return found[::step][:REPLAYED_MAX]


def tagged(frames):
    return [(t, f[:12] + VLAN_TAG + f[12:]) for t, f in frames]


def replay(link, frames, wanted, case):
    listener = Listener(link, "--emit", "failures",
                        *harness.case_args(os.path.join(harness.ROOT, case)))
    link.send(frames)
    listener.wait_for(len(wanted), 3)
    listener.stop()
    return facts(listener.failures())


def test_replays(tap, link):
    cases = replayable()
    if not cases:
        tap.skip("a replayed capture gives the causes of its file", "no capture is fit for it")
        return
    for case, frames, wanted in cases:
        tap.equal(replay(link, frames, wanted, case), wanted, "%s replayed gives the file's causes" % case)
    case, frames, wanted = cases[0]
    tap.equal(replay(link, tagged(frames), wanted, case), wanted,
              "%s replayed with VLAN tags gives the same" % case)


def test_at_once(tap, link):
    listener = Listener(link)
    for number in range(3):
        frames = harness.exchange(0, CLIENT, SERVER, number, "now%d.example" % number, SERVFAIL)
        link.send(frames)
        sent = time.monotonic()
        came = listener.wait_for(number + 1, 5)
        tap.ok(came and time.monotonic() - sent < 1.0, "a failure is told within a second of its answer",
               "after %.2f s: %r" % (time.monotonic() - sent, listener.names()))
    link.send(tagged(harness.exchange(0, CLIENT, SERVER, 9, "tagged.example", SERVFAIL)))
    tap.ok(listener.wait_for(4, 2), "the default filter lets VLAN tags through", listener.names())
    ask, answer = harness.exchange(0, CLIENT, SERVER, 99, "last.example", SERVFAIL)
    link.send([ask, answer])
    time.sleep(0.25)  # for the kernel to hand it over; shorter than a live failure waits
    status, err = listener.stop()
    tap.ok(status == 0 and not err, "SIGINT ends it with status 0", "status %d\n%s" % (status, err))
    names = listener.names()
    tap.ok(names and names[-1] == "last.example", "a failure just seen is flushed at the end", names)
    last = listener.events[-1] if listener.events else {}
    tap.ok(last.get("event", {}).get("dataset") == "rcause.stats", "the last event is the counters", last)


def test_silent_link(tap, link):
    listener = Listener(link, "--timeout", "1", "--emit", "failures")
    link.send(harness.exchange(0, CLIENT, SERVER, 5, "silent.example", 0)[:1])
    tap.ok(listener.wait_for(1, 4), "a query without answer is told though the link is silent",
           listener.names())
    events = listener.failures()
    tap.ok(events and events[0]["dns"]["type"] == "query" and
           "response_code" not in events[0]["dns"], "it claims no response code", events)
    listener.stop()


def test_refusals(tap):
    result = harness.run(harness.default_rcause(), "-i", "nosuchif0", timeout=20)
    tap.ok(result.status == 1 and result.err.startswith("rcause: nosuchif0: "),
           "a missing interface is told", result)


def main():
    tap = harness.Tap()
    if os.geteuid() != 0:
        tap.skip("live capture", "needs root")
        return tap.done()
    if not shutil.which("ip"):
        tap.skip("live capture", "needs iproute2")
        return tap.done()
    try:
        with Link() as link:
            test_refusals(tap)
            test_at_once(tap, link)
            test_silent_link(tap, link)
            test_replays(tap, link)
    except (subprocess.CalledProcessError, PermissionError) as error:
        tap.skip("live capture", "no network namespaces here: %s" % error)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
