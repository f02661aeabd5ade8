"""Differences between decode and tshark 4.0 that are not decode's: one row each.

A row's test looks at the packet (the octets of the message, what both programs found in the same
frame or stream), never at a file's name; where it can, it works the fact out from the octets itself.
docs/decode.md gives the reason of each row under the same name.
"""
import collections
import struct

HEADER_LEN, NAME_MAX = 12, 255
OPT, SVCB, HTTPS = 41, 64, 65
ECS = 8
ALPN, IPV4HINT, IPV6HINT = 1, 4, 6

# What is known of a file: all that the dump printed, all messages of tshark.
Context = collections.namedtuple("Context", "every theirs")


# --- the message's own octets (RFC 1035 4.1) ----------------------------------------------------


def name_at(wire, off):
    """(offset behind the name, what is wrong with it): pointers lead strictly back, 255 octets."""
    length, end, limit = 1, None, off
    while True:
        if off >= len(wire):
            return end or off, "short"
        n = wire[off]
        if n == 0:
            return end or off + 1, None
        if n < 64:
            length += 1 + n
            off += 1 + n
            if length > NAME_MAX:
                return end or off, "too long"
        elif n < 192:
            return end or off, "label type"
        else:
            if off + 1 >= len(wire):
                return end or off, "short"
            target = (n & 63) << 8 | wire[off + 1]
            end = end or off + 2
            if target >= limit or target < HEADER_LEN:
                return end, "pointer"
            off = limit = target


Walk = collections.namedtuple("Walk", "questions records end fault")


def walk(wire):
    """The message's questions and records, as far as names and lengths hold; what stops it."""
    questions, records = [], []
    if len(wire) < HEADER_LEN:
        return Walk(questions, records, 0, "header")
    counts = struct.unpack_from(">4H", wire, 4)
    off = HEADER_LEN
    for section, count in enumerate(counts):
        for _ in range(count):
            start = off
            if off >= len(wire):
                return Walk(questions, records, start, "short")
            off, fault = name_at(wire, off)
            if fault is None and off + (4 if section == 0 else 10) > len(wire):
                fault = "short"
            if fault:
                return Walk(questions, records, start, fault)
            if section == 0:
                questions.append(start)
                off += 4
                continue
            rtype, size = struct.unpack_from(">H", wire, off)[0], struct.unpack_from(">H", wire, off + 8)[0]
            off += 10
            if off + size > len(wire):
                return Walk(questions, records, start, "short")
            records.append((start, rtype, off, size))
            off += size
    return Walk(questions, records, off, None)


def bad_ecs(wire):
    """True if a client subnet option does not have the octets that its prefix needs (RFC 7871 6)."""
    for _, rtype, off, size in walk(wire).records:
        end = off + size
        while rtype == OPT and off + 4 <= end:
            code, length = struct.unpack_from(">HH", wire, off)
            data = wire[off + 4:off + 4 + length]
            off += 4 + length
            if code != ECS:
                continue
            if length < 4:
                return True
            family, prefix = struct.unpack_from(">HB", data)
            if family in (1, 2) and (prefix > (0, 32, 128)[family] or
                                     length != 4 + (prefix + 7) // 8):
                return True
    return False


def leaves_rdata(wire):
    """True if a service binding's target name ends outside its RDATA."""
    for _, rtype, off, size in walk(wire).records:
        if rtype in (SVCB, HTTPS) and name_at(wire[:off + size], off + 2)[1] == "short":
            return True
    return False


def empty_parameter(wire):
    """True if a service binding has an alpn or an address hint without a single value, or an empty
    protocol among the values of its alpn (RFC 9460 7.1.1, 7.3)."""
    for _, rtype, off, size in walk(wire).records:
        if rtype not in (SVCB, HTTPS):
            continue
        end = off + size
        off = name_at(wire, off + 2)[0]
        while off + 4 <= end:
            key, length = struct.unpack_from(">HH", wire, off)
            value = wire[off + 4:off + 4 + length]
            off += 4 + length
            if key in (ALPN, IPV4HINT, IPV6HINT) and not value:
                return True
            while key == ALPN and value:
                if value[0] == 0:
                    return True
                value = value[1 + value[0]:]
    return False


# --- the rows ---------------------------------------------------------------------------------


def quoted(context, frame, r, t, d):
    return r is None and t["quoted"] and any(
        o["kind"] == "icmp" and o["frame"] == frame for o in context.every)


def no_header(context, frame, r, t, d):
    return r is None and t["size"] < HEADER_LEN


def late_fragment(context, frame, r, t, d):
    """tshark reassembled what the decoder had given up: it handed out the incomplete datagram."""
    return r is None and t["reassembled"] and any(
        o["kind"] == "fragments" and (o["src"], o["dst"]) == (t["src"], t["dst"])
        for o in context.every)


def same_way(a, b):
    return all(a[k] == b[k] for k in ("transport", "src", "sport", "dst", "dport"))


def desynchronised(context, frame, r, t, d):
    """Behind a hole or a start in mid-stream: the decoder found the boundary again, and the message
    it found is sound to its last octet, as no octets taken at a wrong boundary are."""
    if t is not None or r["transport"] != "tcp":
        return False
    found = walk(r["wire"])
    return found.fault is None and found.end == len(r["wire"]) and any(
        o["kind"] == "message" and o["resync"] and o["frame"] <= frame and same_way(o, r)
        for o in context.every)


def trailing(context, frame, r, t, d):
    found = walk(r["wire"]) if r and t else None
    return found is not None and d.field == "malformed" and not t["malformed"] and \
        found.fault is None and found.end < len(r["wire"]) and len(r["records"]) == len(t["records"])


def bad_name(context, frame, r, t, d):
    """A name that no reader may accept: tshark goes on with a placeholder, or follows the pointer."""
    if r is None or t is None or r["fault"] == "none" or \
            d.field not in ("question", "records", "malformed", "edns", "rcode"):
        return False
    found = walk(r["wire"])
    return found.fault in ("pointer", "too long", "label type") and \
        len(found.records) == len(r["records"]) and bool(found.questions) == bool(r["question"])


def stops(context, frame, r, t, d):
    """tshark gives the message up at the first thing that does not fit; the decoder reads on."""
    if r is None or t is None or not t["malformed"] or r["fault"] == "none":
        return False
    if d.field in ("records", "edns", "rcode"):
        return len(t["records"]) < len(r["records"])
    return d.field == "edns options" and r["fault"] == "option_short" and \
        t["edns"]["options"][:-1] == r["edns"]["options"]


def option_content(context, frame, r, t, d):
    return r is not None and t is not None and d.field == "malformed" and not t["malformed"] and \
        r["fault"] == "option_bad" and bad_ecs(r["wire"])


def rdata_end(context, frame, r, t, d):
    return r is not None and t is not None and d.field == "malformed" and not t["malformed"] and \
        r["fault"] == "rdata_bad" and leaves_rdata(r["wire"])


def parameter(context, frame, r, t, d):
    return r is not None and t is not None and d.field == "malformed" and not t["malformed"] and \
        r["fault"] == "rdata_bad" and empty_parameter(r["wire"])


def text_of_name(context, frame, r, t, d):
    """Octets outside ASCII: tshark takes them for UTF-8. Both mean the same octets of the message."""
    if d.field == "question name":
        ours, octets, off = r["question"]["name"], t["question"]["octets"], HEADER_LEN
    elif d.field.startswith("record ") and d.field.endswith(" owner"):
        i = int(d.field.split()[1]) - 1
        ours, octets = r["records"][i]["owner"], t["records"][i]["owner_octets"]
        off = r["records"][i]["off"]
    else:
        return False
    text, octets = bytes.fromhex(ours), bytes.fromhex(octets or "")
    return any(c > 126 or c == 92 or c == 0 for c in text[1:-1]) and \
        r["wire"][off:off + len(octets)] == octets and name_at(r["wire"], off)[0] == off + len(octets)


# Name, test; the reasons stand in docs/decode.md.
ROWS = (
    ("quoted-in-icmp", quoted),
    ("no-header", no_header),
    ("late-fragment", late_fragment),
    ("desynchronised-stream", desynchronised),
    ("trailing-octets", trailing),
    ("unreadable-name", bad_name),
    ("gives-up-early", stops),
    ("option-content", option_content),
    ("rdata-end", rdata_end),
    ("empty-parameter", parameter),
    ("name-text", text_of_name),
)


def classify(context, frame, r, t, difference):
    """The name of the row that explains a difference, None if none does."""
    return next((name for name, test in ROWS if test(context, frame, r, t, difference)), None)
