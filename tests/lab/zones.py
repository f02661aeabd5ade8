"""The zones of the lab: one row each. Signing, delegation and faults in zone data are made here."""

import dataclasses
import glob
import os
import shutil
import time

import faults
from net import sh
from nodes import second_root, v4, v6

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT_TTL = 3600
ITERATIONS_MAX = 50  # of NSEC3, for dnssec-signzone


@dataclasses.dataclass
class Zone:
    name: str  # absolute, with the final dot
    servers: list  # nodes that host it
    signed: bool = False
    records: str = ""  # more records, in the zone's own terms
    delegate: list = None  # nodes the parent names (default: servers)
    ns: list = None  # [(name of a server, [addresses])] in place of delegate; the parent's view
    fault: object = None  # faults.py: changes the signed lines of the zone
    ds_fault: object = None  # ... and the DS lines in the parent
    inception: str = "-1h"  # of the signatures: seconds as dnssec-signzone takes them
    expiration: str = "+30d"
    dnskey_expiration: str = ""  # of the signature over DNSKEY, when it differs
    dnskey_inception: str = ""
    some: tuple = ()  # (types, inception, expiration) of signatures that have other dates
    nsec3: bool = False
    optout: bool = False  # its NSEC3 records leave out the delegations that are not signed
    iterations: int = 0
    hide_zsk: bool = False  # the key that signs the zone is not in its DNSKEY set
    algorithm: str = "ECDSAP256SHA256"
    plain: bool = False  # no www, mail ... of the template
    v6: bool = True  # AAAA of its servers too
    primary: str = ""  # node its servers transfer it from, in place of a file
    rolls: bool = False  # a second version of the file, signed with another ZSK, serial raised
    rolls_ksk: bool = False  # ... with another KSK instead, of which the parent does not know
    rolls_unsigned: bool = False  # ... without keys and signatures instead
    rolled_at: tuple = ()  # nodes that serve the second version from the beginning

    @property
    def parent(self):
        return self.name.split(".", 1)[1] or "."

    def delegation(self):
        """[(server name, [addresses])] as the parent tells it."""
        if self.ns is not None:
            return self.ns
        names = self.delegate or self.servers
        return [(f"ns{i + 1}.{self.name}", [v4(n)] + ([v6(n)] if self.v6 else []))
                for i, n in enumerate(names)]


def address_lines(name, addresses):
    return [f"{name} 300 IN {'AAAA' if ':' in a else 'A'} {a}" for a in addresses]


def body(zone, serial=2026010101):
    """The unsigned lines of a leaf zone."""
    lines = [f"{zone.name} 300 IN SOA ns1.{zone.name} hostmaster.{zone.name} {serial} 7200 3600"
             " 1209600 60"]
    for name, addresses in zone.delegation():
        lines.append(f"{zone.name} 300 IN NS {name}")
        if name.endswith("." + zone.name):
            lines += address_lines(name, addresses)
    if not zone.plain:
        for label in ("", "www.", "mail.", "api.", "shop.", "a.b."):
            lines += address_lines(label + zone.name, ["198.51.100.80", "2001:db8:80::80"])
        lines.append(f"{zone.name} 300 IN MX 10 mail.{zone.name}")
        lines.append(f'{zone.name} 300 IN TXT "v=spf1 -all"')
        lines.append(f"alias.{zone.name} 300 IN CNAME www.{zone.name}")
    return lines + [line.strip().replace("@", zone.name)
                    for line in zone.records.splitlines() if line.strip()]


class Builder:
    """Writes the zone files of a run, children before parents so that their DS exist."""

    def __init__(self, zones, out):
        self.zones, self.out = {z.name: z for z in zones}, out
        self.keys = os.path.join(out, "zonekeys")
        self.ds = {}
        os.makedirs(self.keys, exist_ok=True)
        os.makedirs(os.path.join(out, "zones"), exist_ok=True)

    def path(self, name):
        return os.path.join(self.out, "zones", name.rstrip(".") or "root")

    def build(self):
        for zone in sorted(self.zones.values(), key=lambda z: -z.name.count(".")):
            if zone.parent != "." and zone.parent in self.zones:
                self.one(zone)
        for zone in self.zones.values():
            if zone.parent == "." and zone.name != ".":
                self.one(zone)
        self.root()

    def one(self, zone):
        lines = body(zone)
        for child in self.zones.values():
            if child.parent == zone.name and child.name != ".":
                lines += self.cut(child)
        if zone.signed:
            lines = self.sign(zone, lines)
        if zone.fault:
            lines = zone.fault(zone, lines)
        self.save(zone.name, lines)
        if zone.rolls:
            self.save(zone.name + "next", self.rolled(zone))

    def rolled(self, zone):
        """The zone after a change: a higher serial and, when it is signed, another ZSK."""
        lines = body(zone, 2026010199)
        if not zone.signed or zone.rolls_unsigned:
            return lines
        kept = [k for k in self.zone_keys(zone) if is_sep(k) != zone.rolls_ksk]
        stem = os.path.join(self.keys, "next", f"K{zone.name}+*.key")
        os.makedirs(os.path.dirname(stem), exist_ok=True)
        if not glob.glob(stem):
            sh(f"dnssec-keygen -q -K {os.path.dirname(stem)} -a {zone.algorithm} -n ZONE"
               f" {'-f KSK ' * zone.rolls_ksk}{zone.name}")
        ds = self.ds[zone.name]
        signed = self.sign(zone, lines, kept + sorted(glob.glob(stem)))
        self.ds[zone.name] = ds  # the parent keeps the first one
        return signed

    def cut(self, child):
        """NS, glue and DS of a child as they stand in its parent."""
        lines = []
        for name, addresses in child.delegation():
            lines.append(f"{child.name} 300 IN NS {name}")
            if name.endswith("." + child.parent if child.parent != "." else "."):
                lines += address_lines(name, addresses)
        if child.signed:
            ds = self.ds[child.name]
            lines += child.ds_fault(child, ds) if child.ds_fault else ds
        return lines

    def root(self):
        lines = [f". {ROOT_TTL} IN SOA a.root-servers.net. hostmaster.net. 2026010101 1800 900"
                 " 604800 60"]
        lines += [f". {ROOT_TTL} IN NS {x}.root-servers.net." for x in "ab"]
        for child in self.zones.values():
            if child.parent == ".":
                lines += self.cut(child)
        for path in glob.glob(os.path.join(HERE, "keys", "K.+*")):
            shutil.copy(path, self.keys)
        root = Zone(".", ["root"], signed=True, inception="-20d")
        self.save(".", self.sign(root, lines + root_glue()))

    def save(self, name, lines):
        with open(self.path(name), "w") as out:
            out.write("\n".join(lines) + "\n")

    def zone_keys(self, zone):
        stem = os.path.join(self.keys, f"K{zone.name}+*.key")
        if not glob.glob(stem):
            for role in ([], ["-f", "KSK"]):
                sh(f"dnssec-keygen -q -K {self.keys} -a {zone.algorithm} {' '.join(role)}"
                   f" -n ZONE {zone.name}")
        return sorted(glob.glob(stem))

    def sign(self, zone, lines, keys=None):
        keys = keys or self.zone_keys(zone)
        source = self.path(zone.name) + ".unsigned"
        lines = lines + [line for key in keys for line in key_lines(key)]
        with open(source, "w") as out:
            out.write("\n".join(lines) + "\n")
        now = time.time()
        times = [time.strftime("%Y%m%d%H%M%S", time.gmtime(now + seconds(t)))
                 for t in (zone.inception, zone.expiration)]
        if zone.iterations > ITERATIONS_MAX:
            return self.with_ds(zone, keys, self.sign_often(zone, source, keys, times))
        flags = f"-3 - -H {zone.iterations}{' -A' * zone.optout}" if zone.nsec3 else ""
        if zone.dnskey_expiration:
            end = time.gmtime(now + seconds(zone.dnskey_expiration))
            flags += time.strftime(" -X %Y%m%d%H%M%S", end)
        done = self.signzone(zone, source, keys, f"-s {times[0]} -e {times[1]} {flags}")
        if zone.hide_zsk:
            done = self.swap_keys(zone, source, keys, done, f"-s {times[0]} -e {times[1]} {flags}")
        if zone.some:
            begin, end = (time.strftime("%Y%m%d%H%M%S", time.gmtime(now + seconds(t)))
                          for t in zone.some[1:])
            other = self.signzone(zone, source, keys, f"-s {begin} -e {end} {flags}")
            mine = lambda x: faults.covers(x) in zone.some[0]
            done = [x for x in done if not mine(x)] + [x for x in other if mine(x)]
        if zone.dnskey_inception:
            begin = time.gmtime(now + seconds(zone.dnskey_inception))
            begin = time.strftime("%Y%m%d%H%M%S", begin)
            done = other_keys(done, self.signzone(zone, source, keys,
                                                  f"-s {begin} -e {times[1]} {flags}"))
        return self.with_ds(zone, keys, done)

    def with_ds(self, zone, keys, done):
        if zone.name != ".":
            secure = [k for k in keys if is_sep(k)] or keys
            self.ds[zone.name] = [line.replace(" IN DS ", " 300 IN DS ") for k in secure
                                  for line in sh(f"dnssec-dsfromkey -2 {k}").splitlines()]
        return done

    def sign_often(self, zone, source, keys, times):
        """Signs with more NSEC3 iterations than dnssec-signzone lets through."""
        signed = source + ".signed"
        sh(f"cd {self.keys} && ldns-signzone -n -t {zone.iterations} -i {times[0]} -e {times[1]}"
           f" -o {zone.name} -f {signed} {source} " + " ".join(k[:-4] for k in keys))
        with open(signed) as text:
            return [line.strip() for line in text if line.strip() and line[0] != ";"]

    def signzone(self, zone, source, keys, flags):
        signed = source + ".signed"
        sh(f"cd {self.keys} && dnssec-signzone -P -O full -o {zone.name} {flags} -f {signed} {source} "
           + " ".join(k[:-4] for k in keys))
        with open(signed) as text:
            return [line.rstrip("\n") for line in text if line.strip() and line[0] != ";"]

    def swap_keys(self, zone, source, keys, done, flags):
        """The signed zone, but with a DNSKEY set (well signed) that has the KSK only."""
        ksk = [k for k in keys if is_sep(k)]
        only = source + ".ksk"
        with open(source) as text, open(only, "w") as out:
            out.writelines(line for line in text if " DNSKEY 256 " not in line)
        return other_keys(done, self.signzone(zone, only, ksk, "-z " + flags))


def other_keys(done, other):
    """A signed zone with the DNSKEY set, and the signatures over it, of another signing."""
    is_key = lambda x: "DNSKEY" in (faults.kind(x), faults.covers(x))
    return [x for x in done if not is_key(x)] + [x for x in other if is_key(x)]


def root_glue():
    return (address_lines("a.root-servers.net.", [v4("root"), v6("root")]) +
            address_lines("b.root-servers.net.", [second_root()]))


def key_lines(path):
    with open(path) as text:
        return [line.strip().replace(" IN DNSKEY ", " 300 IN DNSKEY ") for line in text
                if " DNSKEY " in line and line[0] != ";"]


def is_sep(path):
    return " DNSKEY 257 " in open(path).read()


def seconds(text):
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[text[-1]]
    return int(text[:-1]) * unit
