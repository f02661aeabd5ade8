"""Reads captures and as much of DNS as labels need; cuts captures. Standard library only."""

import functools
import socket
import struct

RCODES = ("NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE"
          " DSOTYPENI").split()
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA",
         33: "SRV", 39: "DNAME", 41: "OPT", 43: "DS", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY",
         50: "NSEC3", 51: "NSEC3PARAM", 64: "SVCB", 65: "HTTPS", 249: "TKEY", 250: "TSIG",
         251: "IXFR", 252: "AXFR", 253: "MAILB", 254: "MAILA", 255: "ANY"}


def rcode_text(value):
    if value < len(RCODES):
        return RCODES[value]
    return {16: "BADVERS", 23: "BADCOOKIE"}.get(value, f"RCODE{value}")


class Message:
    """The header, the first question, and what OPT says. Damage leaves fields at their default."""

    def __init__(self, data):
        self.data = data
        self.qname, self.qtype, self.opt, self.ede, self.answers = "", "", False, [], 0
        self.cd = self.do = False
        self.rcode = None
        if len(data) < 12:
            self.id, self.flags, self.qr = None, 0, False
            return
        self.id, self.flags, qd, an, ns, ar = struct.unpack("!6H", data[:12])
        self.qr, self.opcode = bool(self.flags & 0x8000), self.flags >> 11 & 15
        self.tc, self.rd, self.ra = (bool(self.flags & bit) for bit in (0x200, 0x100, 0x80))
        self.ad, self.cd = bool(self.flags & 0x20), bool(self.flags & 0x10)
        self.answers = an
        low = self.flags & 15
        self.rcode = rcode_text(low) if self.qr else None
        try:
            at = 12
            for index in range(qd):
                name, at = self.name(at)
                if index == 0:
                    kind = struct.unpack("!H", data[at:at + 2])[0]
                    self.qname, self.qtype = name, TYPES.get(kind, f"TYPE{kind}")
                at += 4
            for _ in range(an + ns + ar):
                _, at = self.name(at)
                kind, _, ttl, size = struct.unpack("!HHIH", data[at:at + 10])
                if kind == 41:
                    self._options(data[at + 10:at + 10 + size])
                    self.opt, self.do = True, bool(ttl & 0x8000)
                    if self.qr:
                        self.rcode = rcode_text(ttl >> 24 << 4 | low)
                at += 10 + size
        except (IndexError, struct.error, ValueError):
            pass

    def _options(self, data):
        at = 0
        while at + 4 <= len(data):
            code, size = struct.unpack("!HH", data[at:at + 4])
            if code == 15 and size >= 2:
                self.ede.append(struct.unpack("!H", data[at + 4:at + 6])[0])
            at += 4 + size

    def name(self, at):
        labels, end, hops = [], None, 0
        while self.data[at]:
            size = self.data[at]
            if size >= 192:
                end = end or at + 2
                at = (size & 63) << 8 | self.data[at + 1]
                hops += 1
                if hops > 64:
                    raise ValueError("pointer loop")
                continue
            if size >= 64:
                raise ValueError("label type")
            labels.append("".join(
                chr(c) if 33 <= c < 127 and chr(c) not in '."$;\\@()' else f"\\{c:03d}"
                for c in self.data[at + 1:at + 1 + size]))
            at += 1 + size
        return (".".join(labels) + ".").lower(), end or at + 1


class Packet:
    """One frame of a capture; addresses and ports None when there are none."""

    def __init__(self, seconds, nanoseconds, length, frame):
        self.ts_ns = seconds * 10**9 + nanoseconds
        self.length, self.frame = length, frame
        self.src = self.dst = self.sport = self.dport = self.proto = None
        self.payload, self.seq, self.tcp_flags, self.fragment = b"", 0, 0, False
        self.quoted = None  # of an ICMP error: the packet it is about
        at = 12
        while frame[at:at + 2] == b"\x81\x00":  # 802.1Q
            at += 4
        kind = int.from_bytes(frame[at:at + 2], "big")
        if kind == 0x0800:
            self._ipv4(frame[at + 2:])
        elif kind == 0x86DD:
            self._ipv6(frame[at + 2:])

    def _ipv4(self, ip):
        size = (ip[0] & 15) * 4
        total = struct.unpack("!H", ip[2:4])[0]
        self.src, self.dst = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
        cut = struct.unpack("!H", ip[6:8])[0]
        self.fragment = bool(cut & 0x3FFF)
        if cut & 0x1FFF == 0:
            self._transport(ip[9], ip[size:max(total, size)])

    def _ipv6(self, ip):
        total = struct.unpack("!H", ip[4:6])[0]
        self.src = socket.inet_ntop(socket.AF_INET6, ip[8:24])
        self.dst = socket.inet_ntop(socket.AF_INET6, ip[24:40])
        kind, body = ip[6], ip[40:40 + total]
        while kind == 44:
            cut = struct.unpack("!H", body[2:4])[0]
            self.fragment = True
            if cut & 0xFFF8:
                return
            kind, body = body[0], body[8:]
        self._transport(kind, body)

    def _transport(self, kind, body):
        self.proto = kind
        if kind in (6, 17) and len(body) >= 8:
            self.sport, self.dport = struct.unpack("!HH", body[:4])
            if kind == 17:
                self.payload = body[8:]
            else:
                self.seq = struct.unpack("!I", body[4:8])[0]
                self.tcp_flags = body[13]
                self.payload = body[(body[12] >> 4) * 4:]
        elif kind in (1, 58) and len(body) >= 36 and body[0] == (3 if kind == 1 else 1):
            self.quoted = quoted(body[8:])


def quoted(ip):
    """(source, its port, destination, its port) of the packet that an ICMP error quotes."""
    four = ip[0] >> 4 == 4
    size = (ip[0] & 15) * 4 if four else 40
    family, at, length = (socket.AF_INET, 12, 4) if four else (socket.AF_INET6, 8, 16)
    source, destination = (socket.inet_ntop(family, ip[i:i + length]) for i in (at, at + length))
    if len(ip) < size + 4:
        return None
    return (source, *struct.unpack("!H", ip[size:size + 2]),
            destination, *struct.unpack("!H", ip[size + 2:size + 4]))


class Reader:
    """Follows a capture file that is being written (nanosecond pcap, this machine's byte order)."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.header = b""

    def read(self):
        """The packets that arrived since the last call."""
        if len(self.header) < 24:
            self.header += self.file.read(24 - len(self.header))
            if len(self.header) < 24:
                return []
        packets = []
        while True:
            mark = self.file.tell()
            head = self.file.read(16)
            if len(head) == 16:
                sec, nano, size, length = struct.unpack("=IIII", head)
                frame = self.file.read(size)
                if len(frame) == size:
                    packets.append(Packet(sec, nano, length, frame))
                    continue
            self.file.seek(mark)
            return packets


def set_checksum(frame, end):
    """Of the IPv4 header that ends there."""
    frame[24:26] = bytes(2)
    total = sum(struct.unpack(f"!{(end - 14) // 2}H", frame[14:end]))
    total = (total & 0xFFFF) + (total >> 16)
    frame[24:26] = struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF)


def datagram(ts_ns, source, destination, payload):
    """A UDP datagram between two (IPv4 address, port)."""
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
    macs = b"\x02\0" + addresses[4:] + b"\x02\0" + addresses[:4]
    frame = bytearray(macs + b"\x08\0" + ip + addresses + udp)
    set_checksum(frame, 34)
    return Packet(ts_ns // 10**9, ts_ns % 10**9, len(frame), bytes(frame))


def moved(p, other):
    """The packet (not tagged) with the addresses that `other` maps, in what an ICMP error quotes as well. Of the
    checksums only that of the IPv4 header is right."""
    frame, v4 = bytearray(p.frame), p.frame[12:14] == b"\x08\x00"
    family, size, at = (socket.AF_INET, 4, 12) if v4 else (socket.AF_INET6, 16, 8)
    header = (frame[14] & 15) * 4 if v4 else 40
    for ip in [14, 14 + header + 8] if p.quoted else [14]:
        for begin in (ip + at, ip + at + size):
            new = other.get(socket.inet_ntop(family, bytes(frame[begin:begin + size])))
            if new:
                frame[begin:begin + size] = socket.inet_pton(family, new)
    if v4:
        set_checksum(frame, 14 + header)
    return Packet(p.ts_ns // 10**9, p.ts_ns % 10**9, p.length, bytes(frame))


def readdressed(p, src, dst, sport, dport):
    """The packet (UDP or TCP, not tagged) as between two programs on one host."""
    frame, v4 = bytearray(p.frame), p.frame[12:14] == b"\x08\x00"
    frame[:12] = bytes(12)
    pack = functools.partial(socket.inet_pton, socket.AF_INET if v4 else socket.AF_INET6)
    begin, size = (26, 4) if v4 else (22, 16)
    frame[begin:begin + 2 * size] = pack(src) + pack(dst)
    at = 14 + (frame[14] & 15) * 4 if v4 else 54
    frame[at:at + 4] = struct.pack("!HH", sport, dport)
    if v4:
        set_checksum(frame, at)
    if p.proto == 17:
        frame[at + 6:at + 8] = bytes(2)  # no checksum
    return Packet(p.ts_ns // 10**9, p.ts_ns % 10**9, p.length, bytes(frame))


def read(data):
    """The packets of a whole capture: pcap or pcapng (Ethernet)."""
    magic = struct.unpack("<I", data[:4])[0]
    if magic == 0x0A0D0D0A:
        return list(_pcapng(data))
    order = "<" if magic in (0xA1B2C3D4, 0xA1B23C4D) else ">"
    scale = 1000 if struct.unpack(order + "I", data[:4])[0] == 0xA1B2C3D4 else 1
    packets, at = [], 24
    while at + 16 <= len(data):
        sec, part, size, length = struct.unpack_from(order + "IIII", data, at)
        packets.append(Packet(sec, part * scale, length, data[at + 16:at + 16 + size]))
        at += 16 + size
    return packets


def _pcapng(data):
    """Packets of a little-endian pcapng file; times are nanoseconds if the interface says so."""
    at, unit = 0, []
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 1:
            unit.append(1 if b"\x09\0\x01\0\x09" in data[at:at + size] else 1000)
        elif kind == 6:
            face, high, low, cut, length = struct.unpack_from("<IIIII", data, at + 8)
            ts_ns = (high << 32 | low) * unit[face]
            yield Packet(ts_ns // 10**9, ts_ns % 10**9, length, data[at + 28:at + 28 + cut])
        at += size


def write(path, packets, linktype=1):
    with open(path, "wb") as out:
        out.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, linktype))
        for p in packets:
            out.write(struct.pack("=IIII", p.ts_ns // 10**9, p.ts_ns % 10**9, len(p.frame),
                                  p.length))
            out.write(p.frame)


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("=I", len(body) + 12)
    return struct.pack("=I", kind) + size + body + size


def write_pcapng(path, packets, dropped):
    """The same with the count of packets the capture lost, as an interface statistics block."""
    received = len(packets)
    with open(path, "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack("=IHHq", 0x1A2B3C4D, 1, 0, -1)))
        out.write(block(1, struct.pack("=HHI", 1, 0, 262144) + struct.pack("=HHBxxxHH", 9, 1, 9, 0, 0)))
        for p in packets:
            out.write(block(6, struct.pack("=IIIII", 0, p.ts_ns >> 32, p.ts_ns & 0xFFFFFFFF,
                                           len(p.frame), p.length) + p.frame))
        end = packets[-1].ts_ns
        out.write(block(5, struct.pack("=III", 0, end >> 32, end & 0xFFFFFFFF) + struct.pack(
            "=HHQHHQHH", 4, 8, received + dropped, 5, 8, dropped, 0, 0)))


def messages(packets):
    """(packet, Message, "udp"|"tcp") for each DNS message on port 53; TCP by arrival order."""
    streams = {}
    for p in packets:
        if 53 not in (p.sport, p.dport):
            continue
        if p.proto == 17:
            yield p, Message(p.payload), "udp"
        elif p.proto == 6:
            key = (p.src, p.sport, p.dst, p.dport)
            if p.tcp_flags & 2:
                streams[key] = [b"", None]
            if not p.payload:
                continue
            stream = streams.setdefault(key, [b"", None])
            if stream[1] is not None and p.seq != stream[1]:
                continue  # a segment sent again
            stream[1] = (p.seq + len(p.payload)) & 0xFFFFFFFF
            stream[0] += p.payload
            while len(stream[0]) >= 2:
                size = struct.unpack("!H", stream[0][:2])[0]
                if len(stream[0]) < 2 + size:
                    break
                yield p, Message(stream[0][2:2 + size]), "tcp"
                stream[0] = stream[0][2 + size:]


def exchanges(packets, clients=None, servers=None, anew=False):
    """Client query packets with the first answer to their exchange, in order of time; None stands
    for any client or server. anew: a query that comes behind the answer is no repeat, for all that
    port and ID are the same."""
    found, by_key = [], {}

    def among(address, those):
        return those is None or address in those

    for p, m, transport in messages(packets):
        if not m.qr and p.dport == 53 and among(p.src, clients) and among(p.dst, servers):
            key = (p.src, p.sport, p.dst, transport, m.id)
            if anew and key in by_key and by_key[key]["answer"]:
                del by_key[key]
            one = {"packet": p, "query": m, "transport": transport, "answer": None,
                   "retransmit": key in by_key, "first": by_key.get(key), "t1": None,
                   "cut": False}
            by_key.setdefault(key, one)
            found.append(one)
        elif m.qr and p.sport == 53 and among(p.dst, clients) and among(p.src, servers):
            one = by_key.get((p.dst, p.dport, p.src, transport, m.id))
            same = one and (not m.qname or m.qname == one["query"].qname)
            if same and one["answer"] is None:
                one["answer"], one["t1"], one["cut"] = m, p.ts_ns, p.fragment
    return found


def related(one, other):
    """Whether one name is the other, or below it, or above it."""
    return one == other or one.endswith("." + other) or other.endswith("." + one)
