#!/usr/bin/python3
"""Holds decode against tshark 4.0, message by message and field by field.

    diff.py [--dump PROGRAM] [--ports 53,...] [-v] CAPTURE_OR_FOLDER...

Every DNS message that either of the two finds is compared: frame, transport, addresses, ports, ID,
flags, OPCODE, RCODE, counts, question, every record's owner, type, class and TTL, EDNS, options,
extended errors, and whether the message is malformed. Differences are listed by class; a class of
explained.py is decided by a property of the packet, and docs/decode.md gives its reason. Any other
difference makes the exit status 1.
"""
import argparse
import collections
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import explained
import harness

# Reassembly as the decoder does it; what changes no field of a message is left as tshark ships it. With
# reassemble_out_of_order tshark waits forever for a lost segment, without it takes no segment out of
# order: a message counts as tshark's if either way shows it.
PREFERENCES = {
    "ip.defragment": "TRUE",
    "ipv6.defragment": "TRUE",
    "ip.check_checksum": "FALSE",
    "udp.check_checksum": "FALSE",
    "tcp.check_checksum": "FALSE",
    "tcp.desegment_tcp_streams": "TRUE",
    "dns.desegment_dns_messages": "TRUE",
}
LAYERS = "ip ipv6 ipv6.fraghdr udp tcp icmp icmpv6 dns _ws.malformed _ws.short"
SECTIONS = {"Queries": 0, "Zone": 0, "Answers": 1, "Prerequisites": 1,
            "Authoritative nameservers": 2, "Updates": 2, "Additional records": 3}
COUNTS = ("dns.count.queries", "dns.count.answers", "dns.count.auth_rr", "dns.count.add_rr",
          "dns.count.zones", "dns.count.prerequisites", "dns.count.updates")
# tshark shows the owner of some SRV and NAPTR records in parts (RFC 2782).
OWNER = ("dns.resp.name", "dns.srv.service", "dns.srv.proto", "dns.srv.name")
OPT = 41
ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


# --- tshark ----------------------------------------------------------------------------------


def number(field):
    """A field's octets as a number; of a bit field, its bits."""
    return int(field.get("value"), 16) if field.get("value") else None


def first(node, name):
    return next((f for f in node.iter("field") if f.get("name") == name), None)


def value(node, name):
    field = first(node, name)
    return None if field is None else number(field)


def record(field, section):
    """A resource record of tshark's tree."""
    parts = [f for f in field if f.get("name") in OWNER]
    owner = ".".join(f.get("show") for f in parts) if parts else None
    return {"section": section, "owner": owner,
            "owner_octets": parts[0].get("value") if len(parts) == 1 else None,
            "type": value(field, "dns.resp.type"), "class": value(field, "dns.resp.class"),
            "ttl": value(field, "dns.resp.ttl"), "cache_flush": value(field, "dns.resp.cache_flush")}


def edns(field):
    options = []
    ede = []
    for option in field.iter("field"):
        if option.get("name") != "dns.opt":
            continue
        code, length = value(option, "dns.opt.code"), value(option, "dns.opt.len")
        options.append([code, length])
        info, text = first(option, "dns.opt.ext_error.info_code"), \
            first(option, "dns.opt.ext_error.extra_text")
        if info is not None:
            ede.append({"code": number(info), "text": text.get("value") or "" if text is not None else ""})
    flags = value(field, "dns.resp.z")
    z = first(field, "dns.resp.z")
    flags = int(z.get("show"), 16) if z is not None else None
    return {"size": value(field, "dns.rr.udp_payload_size"),
            "version": value(field, "dns.resp.edns0_version"), "flags": flags,
            "do": None if flags is None else flags >> 15, "options": options, "ede": ede,
            "ext_rcode": value(field, "dns.resp.ext_rcode")}


def message(proto):
    """One dns layer of a packet as a dict of the dump's keys; None where tshark shows nothing."""
    m = {"id": value(proto, "dns.id"), "flags": value(proto, "dns.flags"), "question": None,
         "records": [], "edns": None, "questions": 0, "size": int(proto.get("size")),
         "counts": [number(f) for f in proto if f.get("name") in COUNTS],
         "malformed": False, "retransmission": first(proto, "dns.retransmission") is not None,
         "text": proto.get("showname", "")}
    for field in proto:
        section = SECTIONS.get(field.get("show"))
        if field.get("name") != "" or section is None:
            continue
        for item in field:
            if section == 0:
                m["questions"] += 1
                name = first(item, "dns.qry.name")
                if m["question"] is None:
                    m["question"] = {"name": name.get("show") if name is not None else None,
                                     "octets": name.get("value") if name is not None else None,
                                     "type": value(item, "dns.qry.type"),
                                     "class": value(item, "dns.qry.class")}
            else:
                m["records"].append(record(item, section))
                if m["records"][-1]["type"] == OPT and section == 3 and m["edns"] is None:
                    m["edns"] = edns(item)
    return m


def packet_messages(packet, ports):
    """The DNS messages of a packet whose innermost ports are ours, and how it carried them."""
    found, at = [], {"frame": None, "quoted": False, "reassembled": False}
    ends = {}
    for proto in packet.iter("proto"):
        name = proto.get("name")
        at["reassembled"] |= any(f.get("name", "").endswith(".fragments") for f in proto)
        if name == "geninfo":
            at["frame"] = int(next(f for f in proto if f.get("name") == "num").get("show"))
        elif name in ("ip", "ipv6"):
            for key, end in (("src", name + ".src"), ("dst", name + ".dst")):
                field = first(proto, end)
                ends[key] = field.get("show") if field is not None else None
        elif name in ("udp", "tcp"):
            ends["transport"] = name
            ends["sport"] = value(proto, name + ".srcport")
            ends["dport"] = value(proto, name + ".dstport")
        elif name in ("icmp", "icmpv6"):
            at["quoted"] = True
        elif name in ("_ws.malformed", "_ws.short"):
            if found:
                found[-1]["malformed"] = name
        elif name == "dns" and {ends.get("sport"), ends.get("dport")} & ports:
            m = message(proto)
            m.update(ends)
            m.update(at)
            if any(p.get("name") in ("_ws.malformed", "_ws.short") for p in proto.iter("field")):
                m["malformed"] = "_ws.malformed"
            found.append(m)
    return found


def unpacked(path, scratch):
    """A path that tshark 4.0 can read: it reads no xz."""
    with open(path, "rb") as f:
        if f.read(6) != b"\xfd7zXZ\0":
            return path
    with tempfile.NamedTemporaryFile(dir=scratch, delete=False) as f:
        subprocess.run(["xz", "-dc", path], stdout=f, check=True)
    return f.name


@functools.lru_cache(maxsize=64)  # for tests, which compare the same file again and again
def tshark(path, ports, out_of_order):
    """All DNS messages as tshark sees them, as far as it can read the file."""
    args = ["tshark", "-n", "-r", path, "-T", "pdml", "-Y", "dns", "-J", LAYERS]
    for key, setting in PREFERENCES.items():
        args += ["-o", "%s:%s" % (key, setting)]
    args += ["-o", "tcp.reassemble_out_of_order:%s" % ("TRUE" if out_of_order else "FALSE")]
    for port in sorted(ports - {53}):
        args += ["-d", "udp.port==%d,dns" % port, "-d", "tcp.port==%d,dns" % port]
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    text = CONTROL.sub("?", done.stdout.decode("utf-8", "replace"))
    found = []
    for part in text.split("<packet>\n")[1:]:
        part = "<packet>\n" + part.split("</packet>")[0] + "</packet>"
        found += packet_messages(ElementTree.fromstring(part), ports)
    return found


# --- decode ----------------------------------------------------------------------------------


def decode(program, path, ports):
    done = subprocess.run([program, ",".join(map(str, sorted(ports))), path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit("diff: %s: dump ended with status %d\n%s" % (
            path, done.returncode, done.stderr.decode("utf-8", "replace")[-2000:]))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for m in found:
        m["wire"] = bytes.fromhex(m.get("wire", ""))
    return found


def shown(wire_hex):
    """A name in tshark's spelling: labels joined by dots, control characters escaped; the root named."""
    wire, labels = bytes.fromhex(wire_hex), []
    while wire and wire[0]:
        labels.append(wire[1:1 + wire[0]])
        wire = wire[1 + wire[0]:]
    text = b".".join(labels).decode("utf-8", "replace") if labels else "<Root>"
    return re.sub(r"[\x00-\x1f\x7f]", lambda m: ESCAPES.get(m[0], "\\%03o" % ord(m[0])), text)


# --- comparison ------------------------------------------------------------------------------

Difference = collections.namedtuple("Difference", "field ours theirs")


def same_name(ours, theirs):
    return theirs is not None and shown(ours).casefold() == theirs.casefold()


def compare_records(r, t):
    for i in range(max(len(r["records"]), len(t["records"]))):
        if i >= len(r["records"]) or i >= len(t["records"]):
            yield Difference("records", len(r["records"]), len(t["records"]))
            return
        a, b = r["records"][i], t["records"][i]
        at = "record %d " % (i + 1)
        if a["section"] != b["section"]:
            yield Difference(at + "section", a["section"], b["section"])
        if not same_name(a["owner"], b["owner"]):
            yield Difference(at + "owner", shown(a["owner"]), b["owner"])
        if a["type"] != b["type"]:
            yield Difference(at + "type", a["type"], b["type"])
        if a["type"] == OPT:
            continue
        for key in ("class", "ttl"):
            if a[key] != b[key]:
                yield Difference(at + key, a[key], b[key])


def compare_edns(r, t):
    a, b = r["edns"], t["edns"]
    if a is None or b is None:
        if a is not b:
            yield Difference("edns", a is not None, b is not None)
        return
    for key in ("size", "version", "flags", "do", "options"):
        if a[key] != b[key]:
            yield Difference("edns " + key, a[key], b[key])
    if [e["code"] for e in a["ede"]] != [e["code"] for e in b["ede"]]:
        yield Difference("ede codes", [e["code"] for e in a["ede"]], [e["code"] for e in b["ede"]])
    elif [e["text"] for e in a["ede"]] != [e["text"] for e in b["ede"]]:
        yield Difference("ede texts", [e["text"] for e in a["ede"]], [e["text"] for e in b["ede"]])


def compare(r, t):
    """The differences between one message as decoded (r) and as tshark shows it (t)."""
    for key in ("transport", "src", "sport", "dst", "dport", "id", "flags"):
        if r[key] != t[key]:
            yield Difference(key, r[key], t[key])
    opcode = t["flags"] >> 11 & 15
    if r["opcode"] != opcode:
        yield Difference("opcode", r["opcode"], opcode)
    rcode = t["flags"] & 15 | (t["edns"]["ext_rcode"] or 0 if t["edns"] else 0) << 4
    if r["rcode"] != rcode:
        yield Difference("rcode", r["rcode"], rcode)
    if r["counts"] != t["counts"]:
        yield Difference("counts", r["counts"], t["counts"])
    a, b = r["question"], t["question"]
    if a is None or b is None:
        if a is not b:
            yield Difference("question", a is not None, b is not None)
    else:
        if not same_name(a["name"], b["name"]):
            yield Difference("question name", shown(a["name"]), b["name"])
        for key in ("type", "class"):
            if a[key] != b[key]:
                yield Difference("question " + key, a[key], b[key])
    yield from compare_records(r, t)
    yield from compare_edns(r, t)
    ours = r["fault"] not in ("none", "cut")
    if ours != bool(t["malformed"]) and not r["cut"]:
        yield Difference("malformed", r["fault"] + " at %d" % r["fault_off"] if ours else "sound",
                         t["malformed"] or "sound")


def key(m):
    return m["frame"], m["transport"], m["id"], m["flags"]


def lacks_tcp(ours, theirs):
    wanted = collections.Counter(key(m) for m in ours if m["transport"] == "tcp")
    return wanted - collections.Counter(map(key, theirs))


def merge(theirs, others):
    """Their messages, and those others that are not among them."""
    have = collections.Counter(map(key, theirs))
    more = []
    for m in others:
        if have[key(m)]:
            have[key(m)] -= 1
        else:
            more.append(m)
    return theirs + more


def pair(ours, theirs):
    """Messages of both in the same frame, matched in order, those with the same ID first."""
    frames = collections.defaultdict(lambda: ([], []))
    for m in ours:
        frames[m["frame"]][0].append(m)
    for m in theirs:
        frames[m["frame"]][1].append(m)
    for frame in sorted(frames):
        left, right = frames[frame]
        for r in left:
            t = next((t for t in right if (t["id"], t["flags"], t["sport"]) ==
                      (r["id"], r["flags"], r["sport"])), None) or \
                next((t for t in right if len(left) == len(right)), None)
            if t is not None:
                right.remove(t)
            yield frame, r, t
        for t in right:
            yield frame, None, t


# --- report ----------------------------------------------------------------------------------


def captures(places):
    """The files given, and all captures under the folders given, whatever stands behind their suffix."""
    found = set()
    for place in places:
        for folder, _, names in os.walk(place):
            found.update(os.path.join(folder, n) for n in names if re.search(r"\.p?cap", n))
        if os.path.isfile(place):
            found.add(place)
    return sorted(found)


class Tally:
    def __init__(self):
        self.files = self.ours = self.theirs = self.equal = 0
        self.classes = collections.OrderedDict()

    def add(self, name, where, what):
        self.classes.setdefault(name, []).append((where, what))


def compare_file(path, dump, ports, scratch, tally):
    readable, ports = unpacked(path, scratch), frozenset(ports)
    theirs = tshark(readable, ports, True)
    every = decode(dump, path, ports)
    ours = [m for m in every if m["kind"] == "message"]
    if lacks_tcp(ours, theirs):
        theirs = merge(theirs, tshark(readable, ports, False))
    tally.files += 1
    tally.ours += len(ours)
    tally.theirs += sum(not t["quoted"] for t in theirs)
    context = explained.Context(every, theirs)
    for frame, r, t in pair(ours, theirs):
        if r is None or t is None:
            found = [Difference("message", "found" if r else "not found", "found" if t else "not found")]
        else:
            found = list(compare(r, t))
        tally.equal += not found
        for d in found:
            name = explained.classify(context, frame, r, t, d)
            tally.add(name, "%s frame %d" % (path, frame),
                      "%s: ours %s, tshark's %s" % (d.field, d.ours, d.theirs))


def compare_files(paths, dump, ports):
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        for path in paths:
            compare_file(path, dump, ports, scratch, tally)
    return tally


def report(tally, verbose):
    print("%d files, %d messages of ours, %d of tshark's, %d equal in every field" % (
        tally.files, tally.ours, tally.theirs, tally.equal))
    for name, items in sorted(tally.classes.items(), key=lambda c: (c[0] is None, str(c[0]))):
        title = "UNEXPLAINED" if name is None else "explained: " + name
        print("%6d  %s" % (len(items), title))
        for where, what in items if name is None or verbose else []:
            print("        %s: %s" % (where, what))
    return 1 if None in tally.classes else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dump", default=os.path.join(
        harness.ROOT, os.environ.get("BUILD", "build/release"), "tests/tshark/dump"))
    parser.add_argument("--ports", default="53")
    parser.add_argument("-v", action="store_true", help="list explained differences too")
    parser.add_argument("places", nargs="+")
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        sys.exit("diff: tshark is not installed")
    ports = {int(p) for p in options.ports.split(",")}
    paths = captures(options.places)
    if not paths:
        sys.exit("diff: no captures in " + " ".join(options.places))
    sys.exit(report(compare_files(paths, options.dump, ports), options.v))


if __name__ == "__main__":
    main()
