#!/usr/bin/python3
"""Bad input, bad output, bad options; input in every packing; and memory flat in the file's length.

Each complaint is one line 'rcause: what: why' with the right exit status, and what was read before
the damage is still reported.
"""
import gzip
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import harness

COMPLAINT = re.compile(r"rcause: [^\n]+: [^\n]+\n")
START_NS = 1_700_000_000 * 10**9
SECOND_NS = 10**9
CLIENT, SERVER = ("192.0.2.10", 40000), ("192.0.2.53", 53)
FAILED, IO_ERROR, USAGE = 2, 1, 2  # RCODE SERVFAIL; exit statuses


def traffic(count, spacing_ns=SECOND_NS):
    """count exchanges, all SERVFAIL, each of another name."""
    frames = []
    for i in range(count):
        client = (CLIENT[0], CLIENT[1] + i % 20000)
        frames += harness.exchange(START_NS + i * spacing_ns, client, SERVER, i & 0xFFFF,
                                   "name%d.example" % i, FAILED)
    return frames


class Suite:
    def __init__(self, folder):
        self.rcause, self.tap, self.folder = harness.default_rcause(), harness.Tap(), folder
        self.frames = traffic(20)
        self.plain = harness.pcap(self.frames)
        self.good = self.file("good.pcap", self.plain)
        self.whole = self.questions(self.run("-r", self.good))

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def run(self, *args, **kwargs):
        return harness.run(self.rcause, "-q", "--emit", "failures", *args, **kwargs)

    @staticmethod
    def questions(result):
        """The names asked for, '-' for a message without a question."""
        return [e["dns"].get("question", {}).get("name", "-") for e in result.events("failure")]

    @staticmethod
    def facts(result):
        """The events without what names the file they came from."""
        events = result.events("failure")
        for event in events:
            event["rcause"].pop("frames", None)
            for proof in event["rcause"].get("evidence", []):
                for key in ("file", "frame", "query_frame"):
                    proof.pop(key, None)
        return events

    def complains(self, result, status, name, mentions=""):
        fine = (result.status == status and COMPLAINT.fullmatch(result.err) and
                mentions in result.err and not result.crashed)
        return self.tap.ok(fine, name, "wanted status %d and one line 'rcause: what: why'%s\n%s" % (
            status, " naming " + mentions if mentions else "", result))

    def same(self, result, name):
        """The result has every event of the plain file and no complaint."""
        self.tap.ok(result.status == 0 and not result.err and
                    self.facts(result) == self.facts(self.run("-r", self.good)),
                    name, "%s%d events" % (result, len(result.out.splitlines())))


# --- input -----------------------------------------------------------------------------------


def damaged_input(s):
    s.tap.equal(len(s.whole), 20, "a sound capture gives its failures")
    cut = s.file("cut.pcap", s.plain[:-30])
    result = s.run("-r", cut)
    s.complains(result, IO_ERROR, "a capture cut in its last record is told", cut)
    s.tap.equal(s.questions(result)[:19], s.whole[:19], "what was read before the cut is reported")

    middle = 24 + len(s.plain[24:]) // 2
    while struct.unpack_from("<I", s.plain, middle)[0] != START_NS // SECOND_NS + 10:
        middle += 1
    wild = s.plain[:middle] + struct.pack("<IIII", 1, 1, 0x7FFFFFFF, 0x7FFFFFFF) + s.plain[middle:]
    wild = s.file("wild.pcap", wild)
    result = s.run("-r", wild)
    s.complains(result, IO_ERROR, "a record of two gigabytes is told", wild)
    s.tap.equal(s.questions(result)[:10], s.whole[:10], "what was read before it is reported")

    ng = harness.pcapng(s.frames)
    result = s.run("-r", s.file("cut.pcapng", ng[:-30]))
    s.complains(result, IO_ERROR, "a pcapng file cut in a block is told", "cut.pcapng")
    s.tap.equal(s.questions(result)[:19], s.whole[:19], "its whole blocks are reported")

    packed = gzip.compress(s.plain)
    result = s.run("-r", s.file("cut.gz", packed[: len(packed) * 3 // 4]))
    s.complains(result, IO_ERROR, "a gzip file cut short is told", "cut.gz")
    s.tap.ok(s.questions(result) and s.questions(result) == s.whole[: len(s.questions(result))],
             "what could be unpacked is reported", result)
    result = s.run("-r", s.file("bad.gz", packed[:60] + bytes(40) + packed[100:]))
    s.complains(result, IO_ERROR, "a damaged gzip file is told", "bad.gz")


def refused_input(s):
    for name, data in (("empty.pcap", b""), ("short.pcap", s.plain[:20]),
                       ("noise.pcap", bytes(range(256)) * 8),
                       ("text.txt", b"this is no capture\n" * 20),
                       ("link.pcap", harness.pcap(s.frames, link=147))):
        s.complains(s.run("-r", s.file(name, data)), IO_ERROR, "%s is refused" % name, name)
    missing = os.path.join(s.folder, "missing.pcap")
    s.complains(s.run("-r", missing), IO_ERROR, "a missing file is told", missing)
    result = s.run("-r", missing, "-r", s.good)
    s.complains(result, IO_ERROR, "a missing file beside a good one is told", missing)
    s.tap.equal(s.questions(result), s.whole, "the good one is reported")
    result = s.run("-r", s.file("nothing.pcap", s.plain[:24]))
    s.tap.ok(result.status == 0 and not result.out and not result.err,
             "a capture without packets is no error", result)
    folder = os.path.join(s.folder, "nothing")
    os.mkdir(folder)
    s.complains(s.run("-r", folder), IO_ERROR, "a folder without captures is told", folder)


def packed_input(s):
    variants = {
        "microseconds": harness.pcap(s.frames, nanoseconds=False),
        "big-endian": harness.pcap(s.frames, order=">"),
        "pcapng": harness.pcapng(s.frames),
        "gzip": gzip.compress(s.plain),
        "gzip in two members": gzip.compress(s.plain[:1000]) + gzip.compress(s.plain[1000:]),
        "gzip of pcapng": gzip.compress(harness.pcapng(s.frames)),
    }
    for tool in ("zstd", "xz", "lz4"):
        variants[tool] = harness.compress(tool, s.plain)
    for name, data in variants.items():
        what = "%s input equals plain input, whatever the file's name" % name
        if data is None:
            s.tap.skip(what, "%s is not installed" % name)
            continue
        result = s.run("-r", s.file("packed", data))
        if "not supported by this build" in result.err:
            s.tap.skip(what, "not in this build")
        else:
            s.same(result, what)


def buffers(s):
    """When things are decided does not hang on how many packets come at a time."""
    frames = []
    for at, frame in traffic(3000, SECOND_NS // 1000):
        frames.append((at, frame))
        frames.append((at + 700_000, harness.udp_frame(CLIENT, (SERVER[0], 9), b"no message")))
    plain = harness.pcap(frames)
    members = b"".join(gzip.compress(plain[at:at + 777]) for at in range(0, len(plain), 777))
    results = [s.run("--hold", "0.0105", "-r", s.file("buffers", data)) for data in (plain, members)]
    s.tap.ok(results[0].out == results[1].out and results[0].out,
             "many small pieces give the very bytes that large ones give", results[1])


def standard_input(s):
    with open(s.good, "rb") as f:
        s.same(s.run("-r", "-", stdin=f), "standard input from a file equals the file")
    s.same(s.run("-r", "-", input=s.plain), "standard input from a pipe equals the file")
    s.same(s.run("-r", "-", input=gzip.compress(s.plain)), "gzip on a pipe equals the file")
    s.complains(s.run("-r", "-", input=b""), IO_ERROR, "empty standard input is told")


def merged_input(s):
    odd = s.file("odd.pcap", harness.pcap(s.frames[0::2]))
    even = s.file("even.pcap", harness.pcapng(s.frames[1::2]))
    s.same(s.run("-r", odd, "-r", even), "queries and answers in two files are merged by time")
    s.same(s.run("-r", even, "-r", odd), "the order of the files does not matter")
    half = s.file("first.pcap", harness.pcap(s.frames[:20]))
    rest = s.file("second.pcap", harness.pcap(s.frames[20:]))
    s.same(s.run("-r", rest, "-r", half), "consecutive files are put in order")
    folder = os.path.join(s.folder, "hourly")
    os.mkdir(folder)
    shutil.move(half, os.path.join(folder, "b.pcap"))
    shutil.move(rest, os.path.join(folder, "a.pcap"))
    s.same(s.run("-r", folder), "a folder is read in the order of its packets")


def windows_and_filters(s):
    def stamp(second):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START_NS // SECOND_NS + second))
    result = s.run("-r", s.good, "--from", stamp(5), "--to", stamp(9))
    s.tap.ok(s.questions(result)[:4] == s.whole[5:9] and len(s.questions(result)) <= 5,
             "--from and --to keep a window", s.questions(result))
    s.same(s.run("-r", s.good, "udp", "port", "53"), "a filter that lets all through changes nothing")
    result = s.run("-r", s.good, "host", "192.0.2.99")
    s.tap.ok(result.status == 0 and not result.out, "a filter that fits nothing leaves nothing", result)
    result = s.run("-r", s.good, "src or dst port 40003")
    s.tap.equal(s.questions(result), s.whole[3:4], "a filter picks one exchange")


def cut_everywhere(s):
    """The first exchanges, cut at each octet: never a crash, never a hang, never a lost event."""
    few = harness.pcap(s.frames[:4])
    bad = []
    for length in range(0, len(few), 3):
        result = s.run("-r", "-", input=few[:length], timeout=20)
        whole_records = sum(1 for n in (0, 1, 2, 3) if length >= len(harness.pcap(s.frames[: n + 1])))
        if result.crashed or result.status not in (0, 1) or \
                len(result.events("failure")) < whole_records // 2:
            bad.append("cut at %d: %s" % (length, result))
    s.tap.ok(not bad, "a capture cut at any octet is read as far as it goes", "\n".join(bad[:3]))


def flipped_bits(s):
    """Every octet of two exchanges inverted in turn, with a sound exchange behind."""
    few, bad = s.frames[:4], []
    sound = harness.exchange(START_NS + 60 * SECOND_NS, ("192.0.2.77", 777), SERVER, 7,
                             "sound.example", FAILED)
    frames = []
    for number, (t, frame) in enumerate(few):
        for at in range(len(frame)):
            damaged = bytearray(frame)
            damaged[at] ^= 0xFF
            frames.append((t + number * 10**6 + at, bytes(damaged)))
    result = s.run("-r", "-", input=harness.pcap(frames + sound))
    if result.crashed or result.status != 0 or "sound.example" not in s.questions(result):
        bad.append(str(result))
    s.tap.ok(not bad, "packets with any octet inverted do no harm", "\n".join(bad))


def clock_set_back(s):
    """An hour, in the middle: who asks from then on is no less answered. One query without its answer makes the
    others lie across the batches in which frames are read."""
    begun = traffic(100, SECOND_NS // 100)
    again = [(t - 3600 * SECOND_NS, frame) for t, frame in traffic(300, SECOND_NS // 100)]
    result = s.run("-r", "-", input=harness.pcap(begun[:-1] + again))
    answered = [e for e in result.events("failure") if e["dns"].get("response_code") == "SERVFAIL"]
    s.tap.equal((result.status, len(answered)), (0, 399), "a clock that is set back makes no failures")


# --- output ----------------------------------------------------------------------------------


def outputs(s):
    path = os.path.join(s.folder, "events.json")
    result = s.run("-r", s.good, "-o", "json:" + path)
    with open(path, "rb") as f:
        s.tap.ok(result.status == 0 and not result.out and
                 f.read() == s.run("-r", s.good).out, "json:PATH equals standard output", result)
    result = s.run("-r", s.good, "-o", "json:-", "-o", "report:" + path)
    with open(path, "rb") as f:
        report = f.read()
    s.tap.ok(s.questions(result) == s.whole and b"example" in report, "two sinks both get theirs",
             result)
    nowhere = os.path.join(s.folder, "no", "such", "folder")
    for sink in ("json:", "report:"):
        s.complains(s.run("-r", s.good, "-o", sink + nowhere), IO_ERROR,
                    "%s into a missing folder is told" % sink, nowhere)
        s.complains(s.run("-r", s.good, "-o", sink + "/dev/full"), IO_ERROR,
                    "%s onto a full disk is told" % sink, "/dev/full")
    result = s.run("-r", s.good, "-o", "json:/dev/full", "-o", "json:-")
    s.complains(result, IO_ERROR, "a full disk of one sink is told", "/dev/full")
    s.tap.equal(s.questions(result), s.whole, "the other sink loses nothing")
    with open("/dev/full", "wb") as full:
        s.complains(s.run("-r", s.good, stdout=full), IO_ERROR, "standard output full is told")


def closed_pipe(s):
    many = s.file("many.pcap", harness.pcap(traffic(2000, 10**7)))
    reader, writer = os.pipe()
    with subprocess.Popen([s.rcause, "-q", "-r", many], stdout=writer, stderr=subprocess.PIPE,
                          env=harness.environment()) as child:
        os.close(writer)
        os.read(reader, 100)
        os.close(reader)
        err = child.stderr.read().decode()
        status = child.wait(60)
    s.tap.ok(status == IO_ERROR and (not err or COMPLAINT.fullmatch(err)),
             "a pipe closed by its reader ends with status 1, not a signal",
             "status %d\n%s" % (status, err))


def signals(s):
    for number in (signal.SIGINT, signal.SIGTERM):
        with subprocess.Popen([s.rcause, "-q", "--emit", "failures", "-r", "-"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=harness.environment()) as child:
            child.stdin.write(s.plain)
            child.stdin.flush()
            time.sleep(0.3)  # to have it read, and wait for more
            child.send_signal(number)
            out, err = child.communicate(timeout=20)
        result = harness.Result(child.returncode, out, err)
        s.tap.ok(result.status == 0 and s.questions(result) == s.whole,
                 "%s flushes what is known and ends with status 0" % number.name,
                 "%s%d events" % (result, len(out.splitlines())))


# --- command line ----------------------------------------------------------------------------


def wrapped_frames(s):
    """The way that packets came is told: two VLAN tags, then VXLAN."""
    frames = []
    for t, frame in s.frames[:2]:
        outer = harness.udp_frame(("198.51.100.1", 50000), ("198.51.100.2", 4789),
                                  b"\x08\0\0\0\0\0\x07\0" + frame)
        tags = struct.pack("!HHHH", 0x88A8, 7, 0x8100, 8)
        frames.append((t, outer[:12] + tags + outer[12:]))
    result = s.run("-r", s.file("wrapped.pcap", harness.pcap(frames)))
    event = next(iter(result.events("failure")), None)
    s.tap.ok(event and event["client"]["ip"] == CLIENT[0], "a failure inside a tunnel is found", result)
    if event:
        s.tap.equal((event["network"]["vlan"], event["network"]["inner"]),
                    ({"id": "7"}, {"vlan": {"id": "8"}}), "its VLAN tags are told")
        s.tap.equal(event["rcause"].get("encapsulation"), ["vlan", "vlan", "vxlan", "ethernet"],
                    "its tunnel is told")


def malformed_messages(s):
    """--emit malformed: one event each, with reason and place; and the same counts in the stats."""
    message = harness.message(7, "a.example")
    bad = {"header_short": (message[:11], 0, "header"),
           "trailing": (message + b"x", len(message), "additional"),
           "label_type": (message[:12] + b"\x80" + message[13:], 12, "question"),
           "name_short": (message[:-5], 12, "question"),
           "rr_short": (message[:7] + b"\1" + message[8:] + b"\0", len(message), "answer")}
    payloads = [message] + [octets for octets, _, _ in bad.values()]
    frames = [(START_NS + i, harness.udp_frame(CLIENT, SERVER, p)) for i, p in enumerate(payloads)]
    path = s.file("malformed.pcap", harness.pcap(frames))
    result = harness.run(s.rcause, "-q", "--emit", "malformed,stats", "-r", path)
    got = [(e["rcause"]["frames"]["query"], e["rcause"]["dns"]["fault"]["reason"],
            e["rcause"]["dns"]["fault"]["offset"], e["rcause"]["dns"]["fault"]["section"])
           for e in result.events("malformed")]
    wanted = [(i, reason, off, section)
              for i, (reason, (_, off, section)) in enumerate(bad.items(), 2)]
    s.tap.equal(got, wanted, "each malformed message is an event with frame, reason and place")
    counters = {}
    for event in result.events("stats"):
        counters = event["rcause"]["counters"]["decode"]
    s.tap.equal([counters.get("fault_" + reason) for reason in bad], [1] * len(bad),
                "each reason is counted")
    s.tap.equal(s.run("-r", path).events("malformed"), [], "they are not told unless asked for")


def usage(s):
    good = ["-r", s.good]
    for args in (["--no-such-option"], ["-r"], good + ["-o", "nosuch:thing"], good + ["-o", "json"],
                 good + ["--emit", "bogus"], good + ["--port", "99999"], good + ["--port", "0"],
                 good + ["--port", "x"], good + ["--timeout", "abc"], good + ["--timeout", "-1"],
                 good + ["--hold", "abc"], good + ["--memory", "1"], good + ["--memory", "many"],
                 good + ["--from", "yesterday"], good + ["--resolver", "noequals"],
                 good + ["--resolver", "r=nonsense"], good + ["--include", "bogus"],
                 good + ["-i", "lo"], good + ["port", "nosuchport(("], ["--explain", "no.such"]):
        shown = " ".join(a for a in args if a not in good) or "-r"
        s.complains(harness.run(s.rcause, *args), USAGE, "wrong usage: %s" % shown)
    result = harness.run(s.rcause)
    s.tap.ok(result.status == USAGE and not result.out and result.err.startswith("rcause: "),
             "without arguments it says what is missing", result)
    s.complains(s.run(*good, "--trust-anchor", os.path.join(s.folder, "missing.key")), IO_ERROR,
                "a missing trust anchor is told", "missing.key")
    for args in (["--help"], ["--version"], ["--causes"], ["--causes=json"], ["--schema"],
                 ["--explain", "SERVFAIL"], ["--explain", "upstream.timeout"], ["--explain", "22"],
                 ["--explain"]):
        result = harness.run(s.rcause, *args)
        s.tap.ok(result.status == 0 and result.out and not result.err and result.out.isascii(),
                 "%s prints to standard output" % " ".join(args), result)
    with open("/dev/full", "wb") as full:
        result = harness.run(s.rcause, "--help", stdout=full)
    s.tap.ok(result.status == IO_ERROR, "--help onto a full disk fails", result)


# --- memory ----------------------------------------------------------------------------------


def endless(first, count):
    """count exchanges as pcap records, quickly: a template with time, ID, port and name patched."""
    t, ask = harness.exchange(0, CLIENT, SERVER, 0, "n00000000.example", 0)[0]
    _, answer = harness.exchange(0, CLIENT, SERVER, 0, "n00000000.example", FAILED)[1]
    record = struct.Struct("<IIII")
    name_at = 14 + 20 + 8 + 12 + 1
    parts = []
    for i in range(first, first + count):
        sec, nsec = 1_700_000_000 + i // 1000, i % 1000 * 10**6
        port, ident = struct.pack("!H", 1024 + i % 60000), struct.pack("!H", i * 7 & 0xFFFF)
        name = b"n%08d" % (i % 50000)
        fails = i % 500 == 0
        client = struct.pack("!BB", i >> 8 & 0x3F, i & 0xFF)
        parts.append(record.pack(sec, nsec, len(ask), len(ask)) + ask[:28] + client + ask[30:34] +
                     port + ask[36:42] + ident + ask[44:name_at] + name + ask[name_at + 9:])
        parts.append(record.pack(sec, nsec + 400000, len(answer), len(answer)) + answer[:32] +
                     client + answer[34:36] + port + answer[38:42] + ident +
                     (answer[44:46] if fails else b"\x81\x80") + answer[46:name_at] + name +
                     answer[name_at + 9:])
    return b"".join(parts)


def peak_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))


def flat_memory(s):
    """A million packets through a pipe, with the peak looked at on the way."""
    memory_mib, chunk, peaks, packets = 32, 5000, {}, 0
    what = "memory stays flat over a million packets"
    if harness.is_sanitized(s.rcause) or os.environ.get("RCAUSE_SLOW"):
        s.tap.skip(what, "a sanitizer's memory is its own, or RCAUSE_SLOW is set")
        return
    with subprocess.Popen([s.rcause, "-q", "--memory", "%dM" % memory_mib, "-r", "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, env=harness.environment()) as child:
        child.stdin.write(harness.PCAP_HEADER)
        for first in range(0, 500_000, chunk):
            child.stdin.write(endless(first, chunk))
            packets += 2 * chunk
            if packets in (100_000, 500_000, 1_000_000):
                peaks[packets] = peak_kib(child.pid)
        child.stdin.close()
        err = child.stderr.read().decode()
        status = child.wait(60)
    s.tap.ok(status == 0 and not err, "a million packets are read", err)
    s.tap.ok(peaks[1_000_000] - peaks[500_000] < 2048, what, "peak KiB by packets: %r" % peaks)
    s.tap.ok(peaks[1_000_000] < (memory_mib + 32) * 1024,
             "memory stays near --memory, the program itself aside", "peak KiB: %r" % peaks)


def main():
    with tempfile.TemporaryDirectory(prefix="rcause-test-") as folder:
        s = Suite(folder)
        for part in (damaged_input, refused_input, packed_input, buffers, standard_input, merged_input,
                     windows_and_filters, cut_everywhere, flipped_bits, clock_set_back, wrapped_frames,
                     malformed_messages, outputs, closed_pipe,
                     signals, usage, flat_memory):
            try:
                part(s)
            except (subprocess.TimeoutExpired, ValueError, KeyError, OSError) as error:
                s.tap.ok(False, "%s runs to its end" % part.__name__, repr(error))
        return s.tap.done()


if __name__ == "__main__":
    sys.exit(main())
