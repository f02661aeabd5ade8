"""Faults in zone data: each takes (zone, lines) of a signed zone and returns other lines.

A line is "name ttl IN TYPE rdata", as dnssec-signzone -O full writes it."""

import base64

import dns.dnssec
import dns.rdata


def fields(line):
    return line.split(None, 4)


def kind(line):
    return fields(line)[3]


def covers(line):
    """The type an RRSIG line covers, else nothing."""
    return fields(line)[4].split()[0] if kind(line) == "RRSIG" else ""


def without(*kinds):
    """Drops records of these types, and the signatures over them."""
    return lambda zone, lines: [x for x in lines if kind(x) not in kinds and covers(x) not in kinds]


def without_rrsig(*types, owner=None):
    """Drops the signatures over these types (all when none is named)."""
    def change(zone, lines):
        return [x for x in lines if not (kind(x) == "RRSIG" and (not types or covers(x) in types) and
                                         (owner is None or fields(x)[0] == owner + zone.name))]
    return change


def broken_signature(*types):
    """Flips bits in the signatures over these types (all when none is named)."""
    def change(zone, lines):
        return [spoil(x) if covers(x) and (not types or covers(x) in types) else x for x in lines]
    return change


def spoil(line):
    head, signature = line.rsplit(None, 1)
    if not head.endswith("."):  # the last words are the pieces of one signature
        words = line.split()
        signer = next(i for i in range(11, len(words)) if words[i].endswith("."))
        head, signature = " ".join(words[:signer + 1]), "".join(words[signer + 1:])
    raw = bytearray(base64.b64decode(signature))
    raw[len(raw) // 2] ^= 0x55
    return f"{head} {base64.b64encode(bytes(raw)).decode()}"


def ds_tag(zone, lines):
    return [ds_edit(x, tag=lambda t: (t + 1111) % 65536) for x in lines]


def ds_digest(zone, lines):
    return [ds_edit(x, digest=lambda d: d[:-4] + ("0000" if d[-4:] != "0000" else "1111"))
            for x in lines]


def ds_algorithm(number):
    return lambda zone, lines: [ds_edit(x, algorithm=lambda a: number) for x in lines]


def ds_field(tag=None, algorithm=None, kind=None):
    """Sets fields of the DS."""
    to = lambda value: value if value is None else lambda old: value
    return lambda zone, lines: [ds_edit(x, to(tag), to(algorithm), kind=kind) for x in lines]


def ds_beside(algorithm=None):
    """Adds the DS of a key that the zone does not have, of another algorithm where one is given."""
    number = lambda old: algorithm or old
    return lambda zone, lines: lines + [x for line in ds_digest(zone, ds_tag(zone, lines))
                                        for x in [ds_edit(line, algorithm=number)]]


def ds_edit(line, tag=None, algorithm=None, digest=None, kind=None):
    head = line.split()
    t, a, d = int(head[4]), int(head[5]), "".join(head[7:])
    return " ".join(head[:4] + [str(tag(t) if tag else t), str(algorithm(a) if algorithm else a),
                                str(kind or head[6]), digest(d) if digest else d])


def key_tags(lines, flags):
    """Key tags of the DNSKEYs with these flags."""
    return {str(dns.dnssec.key_id(dns.rdata.from_text("IN", "DNSKEY", fields(x)[4])))
            for x in lines if kind(x) == "DNSKEY" and x.split()[4] == str(flags)}


def by_key(flags, types, change):
    """Changes the signatures over these types that keys with these flags made (None drops one)."""
    def edit(zone, lines):
        tags = key_tags(lines, flags)
        hit = lambda x: covers(x) in types and x.split()[10] in tags
        return [y for y in (change(x) if hit(x) else x for x in lines) if y]
    return edit


def without_rrsig_by(flags, *types):
    return by_key(flags, types, lambda line: None)


def broken_signature_by(flags, *types):
    return by_key(flags, types, spoil)


def key_field(role, flags=None, algorithm=None, key=False):
    """Changes DNSKEYs with the flags "role" after signing; key: flips bits of the public key."""
    def edit(zone, lines):
        return [key_edit(x, flags, algorithm, key) if kind(x) == "DNSKEY" and
                x.split()[4] == str(role) else x for x in lines]
    return edit


def key_edit(line, flags, algorithm, key):
    words = line.split()
    words[4] = str(words[4] if flags is None else flags)
    words[6] = str(words[6] if algorithm is None else algorithm)
    if key:
        raw = bytearray(base64.b64decode("".join(words[7:])))
        raw[len(raw) // 2] ^= 0x55
        words[7:] = [base64.b64encode(bytes(raw)).decode()]
    return " ".join(words)


def expires(moment, *types):
    """Sets the end of the signatures over these types (all when none is named)."""
    def edit(zone, lines):
        return [" ".join(x.split()[:8] + [moment] + x.split()[9:]) if covers(x) and
                (not types or covers(x) in types) else x for x in lines]
    return edit


def turned(label):
    """Another label in base32hex of the same length."""
    return "".join("0123456789abcdefghijklmnopqrstuv"["vutsrqponmlkjihgfedcba9876543210".index(c)]
                   for c in label.lower())


def nsec3_owner(zone, lines):
    return [turned(x.split(".", 1)[0]) + "." + x.split(".", 1)[1]
            if "NSEC3" in (kind(x), covers(x)) else x for x in lines]


def nsec3_next(zone, lines):
    return [" ".join(x.split()[:8] + [turned(x.split()[8])] + x.split()[9:])
            if kind(x) == "NSEC3" else x for x in lines]


def nsec3param_salt(zone, lines):
    return [" ".join(x.split()[:7] + ["DEADBEEF"]) if kind(x) == "NSEC3PARAM" else x for x in lines]


def dnskey_flags(change):
    """Changes the flags of every DNSKEY (the signature over them then fails as well)."""
    def edit(zone, lines):
        out = []
        for line in lines:
            if kind(line) == "DNSKEY":
                words = line.split()
                words[4] = str(change(int(words[4])))
                line = " ".join(words)
            out.append(line)
        return out
    return edit


def without_key(flags):
    """Drops the DNSKEYs with these flags."""
    return lambda zone, lines: [x for x in lines if not (kind(x) == "DNSKEY" and
                                                         x.split()[4] == str(flags))]


def chain(*changes):
    def edit(zone, lines):
        for change in changes:
            lines = change(zone, lines)
        return lines
    return edit


def algorithm_number(number):
    """Gives the keys, and the signatures, another algorithm number."""
    def edit(zone, lines):
        out = []
        for line in lines:
            words = line.split()
            if words[3] == "DNSKEY":
                words[6] = str(number)
            elif words[3] == "RRSIG":
                words[5] = str(number)
            out.append(" ".join(words))
        return out
    return edit


def unsigned(zone, lines):
    """DNSSEC switched off while the DS stays in the parent."""
    return [x for x in lines if kind(x) not in ("RRSIG", "DNSKEY", "NSEC", "NSEC3", "NSEC3PARAM")]


def denial_wrong(zone, lines):
    """Every NSEC names its own owner's successor wrongly: nothing is covered (signatures fail)."""
    out = []
    for line in lines:
        words = line.split()
        if words[3] == "NSEC":
            words[4] = "\\000." + words[0]
            line = " ".join(words)
        out.append(line)
    return out


def window_inverted(*types):
    """Swaps the two dates of the signatures over these types (which then fail as well)."""
    def edit(zone, lines):
        out = []
        for line in lines:
            words = line.split()
            if covers(line) in types:
                words[8], words[9] = words[9], words[8]
            out.append(" ".join(words))
        return out
    return edit
