"""What the test scripts share: running rcause, finding captures, making packets, and TAP output.

Standard library only (schema.py adds python3-jsonschema).
"""
import gzip
import json
import os
import shutil
import socket
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CRASHED = 99  # exit status of a sanitizer report, unlike any of rcause's own
SUFFIXES = (".pcap", ".pcapng")
COMPRESSED = {"": None, ".gz": "gzip", ".zst": "zstd", ".xz": "xz", ".lz4": "lz4"}
KINDS = "failures,incidents,stats,upstream,transactions,malformed"


class Tap:
    """Test cases as TAP lines, which tests/run.sh counts."""

    def __init__(self):
        self.count = self.failed = 0

    def _line(self, ok, name, detail=""):
        self.count += 1
        print("%s %d - %s" % ("ok" if ok else "not ok", self.count, name))
        if not ok:
            self.failed += 1
            for line in str(detail).splitlines():
                print("#   " + line)
        sys.stdout.flush()
        return ok

    def ok(self, condition, name, detail=""):
        return self._line(bool(condition), name, detail)

    def equal(self, got, wanted, name):
        return self._line(got == wanted, name, "wanted %r\ngot    %r" % (wanted, got))

    def skip(self, name, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, why))

    def done(self):
        print("1..%d" % self.count)
        return 1 if self.failed else 0


# --- running the program ---------------------------------------------------------------------


def environment():
    env = dict(os.environ)
    env["TZ"] = "Pacific/Chatham"  # output must not depend on the local zone
    env["ASAN_OPTIONS"] = env["UBSAN_OPTIONS"] = "exitcode=%d" % CRASHED
    return env


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err.decode("utf-8", "replace")

    @property
    def crashed(self):
        return self.status < 0 or self.status == CRASHED or "Sanitizer" in self.err

    def events(self, *datasets):
        """The events, all or those of some datasets ('failure', 'incident', ...)."""
        wanted = ["rcause." + d for d in datasets]
        every = [json.loads(line) for line in self.out.splitlines()]
        return [e for e in every if not wanted or e["event"]["dataset"] in wanted]

    def __str__(self):
        return "exit status %d\n%s" % (self.status, self.err[:2000])


def run(rcause, *args, cwd=ROOT, timeout=120, **kwargs):
    kwargs.setdefault("stdout", subprocess.PIPE)
    if "input" not in kwargs:
        kwargs.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([rcause, *args], stderr=subprocess.PIPE, cwd=cwd, env=environment(),
                          timeout=timeout, check=False, **kwargs)
    return Result(done.returncode, done.stdout or b"", done.stderr)


def default_rcause():
    return os.path.abspath(os.environ.get("RCAUSE") or os.path.join(ROOT, "rcause"))


def is_sanitized(rcause):
    with open(rcause, "rb") as f:
        return b"__asan_init" in f.read()


# --- captures --------------------------------------------------------------------------------


def split_name(path):
    """('dir/case', '.pcap.gz') of a capture's path, None if it is none."""
    for packed in COMPRESSED:
        for suffix in SUFFIXES:
            if path.endswith(suffix + packed):
                return path[: -len(suffix + packed)], suffix + packed
    return None


def captures(*places):
    """All captures under these files and folders, sorted."""
    found = set()
    for place in places:
        if os.path.isdir(place):
            for folder, _, names in os.walk(place):
                found.update(os.path.join(folder, n) for n in names if split_name(n))
        elif split_name(place):
            found.add(place)
    return sorted(found)


def trust_anchor(path):
    """The nearest root.key in the capture's folder or the three above it, None if there is none."""
    folder = os.path.dirname(os.path.abspath(path))
    for _ in range(4):
        key = os.path.join(folder, "root.key")
        if os.path.exists(key):
            return os.path.relpath(key, ROOT) if key.startswith(ROOT) else key
        folder = os.path.dirname(folder)
    return None


def labels_path(path):
    """The labels of a capture, whether or not they exist."""
    stem = split_name(path)[0]
    if not os.path.exists(stem + ".labels.jsonl") and stem.endswith("-client"):
        stem = stem[: -len("-client")]
    return stem + ".labels.jsonl"


def case_args(path, anchor=None):
    """The options a capture is read with: the nearest trust anchor, and NXDOMAIN as a failure if its
    labels know causes of that."""
    key = anchor or trust_anchor(path)
    args = ["--trust-anchor", key] if key else []
    try:
        with open(labels_path(path), encoding="utf-8") as f:
            if any((json.loads(line)["cause"] or "").startswith("name.") for line in f):
                args += ["--include", "nxdomain"]
    except FileNotFoundError:
        pass
    return args


def golden_cases():
    """Paths, relative to ROOT, of the captures with expected events."""
    return [os.path.relpath(p, ROOT) for p in captures(os.path.join(ROOT, "pcaps"))]


def slug_of(case):
    return case.split(os.sep)[1]


def read_bytes(path):
    """The bytes of a file, decompressed by its name."""
    tool = COMPRESSED.get(os.path.splitext(path)[1])
    if tool is None:
        with open(path, "rb") as f:
            return f.read()
    if tool == "gzip":
        with gzip.open(path) as f:
            return f.read()
    return subprocess.run([tool, "-dc", path], stdout=subprocess.PIPE, check=True).stdout


def compress(tool, data):
    """The data compressed by a tool, None if it is not installed."""
    if not shutil.which(tool):
        return None
    return subprocess.run([tool, "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def byte_order(data):
    """'<' or '>' of a classic pcap file, None of anything else."""
    for order in "<", ">":
        if data[:4] in (struct.pack(order + "I", magic) for magic in (0xA1B2C3D4, 0xA1B23C4D)):
            return order
    return None


def is_pcap(data):
    return byte_order(data) is not None


def read_pcap(data):
    """(link type, [(time in ns, frame)]) of a classic pcap file, either byte order."""
    order = byte_order(data)
    magic = struct.unpack_from(order + "I", data)[0]
    scale = 1000 if magic == 0xA1B2C3D4 else 1
    link = struct.unpack_from(order + "I", data, 20)[0]
    frames, at = [], 24
    while at + 16 <= len(data):
        sec, frac, caplen, _ = struct.unpack_from(order + "IIII", data, at)
        frames.append((sec * 10**9 + frac * scale, data[at + 16 : at + 16 + caplen]))
        at += 16 + caplen
    return link, frames


# --- making packets --------------------------------------------------------------------------

PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)  # nanoseconds, Ethernet


def pcap(frames, link=1, order="<", nanoseconds=True):
    """A classic pcap file of (time in ns, frame) pairs."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    scale = 1 if nanoseconds else 1000
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for t, frame in frames:
        parts.append(struct.pack(order + "IIII", t // 10**9, t % 10**9 // scale, len(frame), len(frame)))
        parts.append(frame)
    return b"".join(parts)


def pcapng(frames, link=1):
    """A pcapng file with one interface of nanosecond resolution (if_tsresol 9)."""
    options = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    parts = [struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28),
             struct.pack("<IIHHI", 1, 20 + len(options), link, 0, 262144) + options +
             struct.pack("<I", 20 + len(options))]
    for t, frame in frames:
        padded = frame + b"\0" * (-len(frame) % 4)
        total = 32 + len(padded)
        parts.append(struct.pack("<IIIIIII", 6, total, 0, t >> 32, t & 0xFFFFFFFF, len(frame),
                                 len(frame)) + padded + struct.pack("<I", total))
    return b"".join(parts)


def wire_name(name):
    labels = [label for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def message(ident, name, qtype=1, flags=0x0100):
    return struct.pack("!HHHHHH", ident, flags, 1, 0, 0, 0) + wire_name(name) + \
        struct.pack("!HH", qtype, 1)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def udp_frame(source, destination, payload):
    """An Ethernet frame with an IPv4 UDP datagram; source and destination are (address, port)."""
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, 17, 0) + addresses
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0" + ip + udp


def exchange(t, client, server, ident, name, rcode, qtype=1, rtt=2_000_000):
    """A query and its answer as two (time, frame) pairs."""
    ask = udp_frame(client, server, message(ident, name, qtype))
    answer = udp_frame(server, client, message(ident, name, qtype, 0x8180 | rcode))
    return [(t, ask), (t + rtt, answer)]
