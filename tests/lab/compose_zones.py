"""The zones of a network drawn by lot (compose.py): sound ones, and one fault in each of the others."""

import dataclasses

import faults
import nodes
from compose_net import append, block, own_zone, policy_zone, software
from nodes import v4, v6
from rows_paper import PAPER, glue
from scenario import odd
from zones import Zone

LABELS = ("www", "mail", "api", "shop", "a.b", "")
SOUND_LABELS = (*LABELS, "alias", "four", "one.w", "two.w")
SOUND, FAULTY = 7, 16
# Odd servers that break all zones they host in one way: cause, also_ok.
LATE = ("upstream.timeout",)
EDNS = ("upstream.edns_broken",)
ODD = {"servfail": ("upstream.servfail", "zone.not_loaded"), "refused": ("delegation.lame_refused",),
       "formerr": ("upstream.formerr",), "notimp": ("upstream.notimp",), "upward": ("delegation.lame_referral",),
       "selfref": ("delegation.lame_referral",), "empty": ("delegation.lame_referral",),
       "notauth": ("delegation.lame_referral", "delegation.lame_refused"),
       "tcp_reset": ("upstream.tcp_blocked",), "tcp_mute": ("upstream.tcp_blocked",),
       "wrong_id": ("upstream.mismatched_reply", *LATE), "wrong_question": ("upstream.mismatched_reply", *LATE),
       "dropedns": (*EDNS, *LATE), "edns_refused": (*EDNS, "delegation.lame_refused"),
       "edns_servfail": (*EDNS, "upstream.servfail", "zone.not_loaded"), "edns_badvers": (*EDNS, *LATE),
       "cookie_drop": (*EDNS, *LATE), "cookie_formerr": (*EDNS, "upstream.formerr"), "do_drop": (*EDNS, *LATE),
       "silent": LATE, "late": LATE, "noedns": EDNS}
NOT_ROUTED = ("240.0.0.1", "0.0.0.0", "127.0.0.1", "169.254.9.9", "203.0.113.77", "::1", "2001:db8::77", "fe80::77")
COPIES = ("zone.serial_mismatch", "dnssec.dnskey_missing", "dnssec.signature_invalid")
# Key rollovers: what is wrong (or right) with the step, options of the zone, and what becomes of questions.
MISMATCH = ("dnssec.ds_mismatch", "dnssec.dnskey_missing")
ROLLOVERS = (
    ("The parent's DS is that of a key to come.", {"ds_fault": faults.chain(faults.ds_tag, faults.ds_digest)}, MISMATCH),
    ("The key signing key was replaced, the parent's DS is that of the old one.",
     {"rolls": True, "rolls_ksk": True, "rolled_at": True}, MISMATCH),
    ("The parent has the DS of the key in use and of one to come.", {"ds_fault": faults.ds_beside()}, ("none",)),
    ("The parent has the DS of the key in use and of one to come, of another algorithm.",
     {"ds_fault": faults.ds_beside(15)}, ("none",)),
    ("The algorithm of the parent's DS is already the next one.", {"ds_fault": faults.ds_algorithm(15)},
     (*MISMATCH, "dnssec.algorithm_unsupported")),
    ("DNSSEC was switched off before the parent's DS was gone.",
     {"rolls": True, "rolls_unsigned": True, "rolled_at": True}, ("dnssec.rrsig_missing", "dnssec.dnskey_missing")),
)
# The same in the middle of everything, where who holds the old keys fails until these time out.
SWAPS = (
    ("The zone changed its signing key without waiting.", {"rolls": True},
     ("dnssec.stale_dnskey", "dnssec.dnskey_missing", "dnssec.signature_invalid")),
    ("The zone changed its key signing key without its parent.", {"rolls": True, "rolls_ksk": True}, MISMATCH),
    ("The zone switched DNSSEC off while its DS stayed.", {"rolls": True, "rolls_unsigned": True},
     ("dnssec.rrsig_missing", "dnssec.dnskey_missing")),
)
REFUSED_TO_IT = ("policy.recursion_unavailable", "policy.client_not_allowed", "policy.not_authoritative",
                 "delegation.lame_refused")


@dataclasses.dataclass
class Own:
    """What a resolver makes of a zone, and of all below it, by a setting of its own."""
    fault: str
    slugs: tuple
    to: str = ""  # the node that it asks for it


@dataclasses.dataclass
class Member:
    """A zone with what becomes of questions in it."""
    zone: Zone
    cause: str = "none"
    also_ok: tuple = ()
    gone: tuple = ()  # (cause, *also_ok) of names that do not exist
    fault: str = ""
    labels: tuple = LABELS
    target: object = None  # the Member that its aliases lead to
    at: dict = dataclasses.field(default_factory=dict)  # of a resolver: Own
    swap: bool = False  # changes its keys in the middle


class Tree:
    def __init__(self, lot, net):
        self.lot, self.net = lot, net
        self.members, self.zones, self.above = [], [], []
        for _ in range(lot.randint(2, 4)):
            zone = Zone(lot.word() + ".", lot.some(net.top, 1, 2), signed=True, plain=True, inception="-20d",
                        **self.denial())
            self.zones.append(zone)
            self.above.append(zone.name)
        self.tops = list(self.above)
        secure = list(self.above)
        for _ in range(SOUND):
            member = self.sound()
            self.above.append(member.zone.name)
            if member.zone.signed and member.zone.parent in secure:
                secure.append(member.zone.name)
            self.enter(member)
        self.above = secure  # below the others nothing is validated
        for _ in range(FAULTY):
            self.enter(*self.faulty())
        self.own_zones()
        for _ in range(3):
            self.enter(self.leading())

    def name(self):
        """A name below a top-level domain, or below a sound zone."""
        return f"{self.lot.word()}.{self.lot.choice(self.above)}"

    def denial(self):
        nsec3 = self.lot.chance(0.5)
        return {"nsec3": nsec3, "optout": nsec3 and self.lot.chance(0.4)}

    def enter(self, *members):
        self.members += members
        self.zones += [m.zone for m in members]

    def of(self, *kinds):
        return [s for s in self.net.servers if software(s) in kinds]

    def sound(self):
        signed = self.lot.chance(0.6)
        servers = self.lot.some([s for s in self.net.servers if not signed or signs(s)], 1, 2)
        delegate = servers + [self.net.dead] if self.lot.chance(0.2) else None
        hosts = "\n".join(f"at-{s}.@ 300 IN {'AAAA' if ':' in a else 'A'} {a}"
                          for s in self.net.servers for a in (v4(s), v6(s)))
        records = hosts + "\nfour.@ 300 IN A 198.51.100.81\n*.w.@ 300 IN A 198.51.100.82"
        return Member(Zone(self.name(), servers, signed, records=records, delegate=delegate,
                           ns=self.elsewhere(servers), **(self.denial() if signed else {}),
                           algorithm=self.lot.choice(("ECDSAP256SHA256", "RSASHA256", "ED25519"))), labels=SOUND_LABELS)

    def all_sound(self):
        return [m for m in self.members if m.cause == "none" and not m.fault and not m.at]

    def elsewhere(self, servers):
        """Now and then servers have names in another zone, which no delegation gives addresses of."""
        sound = [m.zone.name for m in self.all_sound()]
        if not sound or self.lot.chance(0.7):
            return None
        zone = self.lot.choice(sound)
        return [(f"at-{s}.{zone}", []) for s in servers]

    # --- one fault each ------------------------------------------------------------------------
    def faulty(self):
        kinds = [self.dnssec] * 5 + [self.partly] * 3 + [self.rollover] * 2 + [self.odd] * 3 + [
            self.swap, self.copies, self.unreachable, self.lame, self.unresolvable, self.loop, self.not_routed,
            self.not_loaded, self.not_transferred, self.aliases, self.too_large, self.fenced, self.taking_turns]
        return self.lot.choice(kinds)()

    def dnssec(self):
        row = self.lot.choice([r for r in PAPER if r.signed and "delegate" not in r.zone and r.zone and
                               (r.cause != "none" or r.gone)])
        server = "a-nsd" if row.nsd and self.lot.chance(0.5) or "servers" in row.zone else "a-bind"
        options = {"signed": True, "nsec3": True, "algorithm": "RSASHA256", **row.zone, "servers": [server]}
        return [Member(Zone(self.name(), **options), row.cause, row.also_ok, row.gone, row.fault)]

    def signed(self, servers, **options):
        if options.get("rolled_at") is True:
            options["rolled_at"] = tuple(servers)
        return Zone(self.name(), servers, True, **self.denial(), **options)

    def rollover(self):
        fault, options, (cause, *also) = self.lot.choice(ROLLOVERS)
        return [Member(self.signed(self.lot.some(self.of("bind", "nsd", "knot"), 1, 2), **options), cause, tuple(also),
                       fault=fault)]

    def swap(self):
        fault, options, (cause, *also) = self.lot.choice(SWAPS)
        return [Member(self.signed(self.lot.some(self.of("bind", "nsd"), 1, 1), **options), cause, tuple(also),
                       fault=fault, swap=True)]

    def copies(self):
        """Servers with copies of different age, signed with different keys or not at all."""
        servers = self.lot.some(self.of("bind", "nsd", "knot"), 2, 3)
        if self.lot.chance(0.3):
            return [Member(Zone(self.name(), servers, rolls=True, rolled_at=tuple(servers[:1])),
                           fault="Serials differ.")]
        return [Member(self.signed(servers, rolls=True, rolled_at=tuple(servers[:1])), COPIES[0], COPIES[1:],
                       fault="One server has an older copy, signed with another key.")]

    def partly(self):
        """One server of several is at fault. Resolvers that know no other way fail for that."""
        also = {"dead": ("upstream.timeout",), "closed": ("upstream.unreachable", "upstream.timeout"),
                "stranger": ("delegation.lame_refused",), "a-strict": (*EDNS, *LATE, "upstream.tcp_blocked")}
        odd_ones = [o for o in ODD if o not in ("selfref", "do_drop", "edns_badvers", "cookie_drop", "cookie_formerr",
                                                "dropedns", "noedns", "edns_refused", "edns_servfail", "tcp_reset",
                                                "tcp_mute", "late")]  # these answer, though without signatures
        bad = self.lot.choice((*also, *("tiny." + o for o in odd_ones)))
        cause, *also_ok = also[bad] if bad in also else ODD[bad[5:]]
        signed = self.lot.chance(0.5)
        if signed:  # who is told FORMERR or nothing asks the others without EDNS, too
            also_ok += ["dnssec.rrsig_missing", *EDNS]
        servers = self.lot.some([s for s in self.net.servers if signs(s)], 1, 2)
        hosts = servers + [bad] if bad == "a-strict" else servers
        delegate = servers + [bad]
        self.lot.shuffle(delegate)
        return [Member(Zone(self.name(), hosts, signed, delegate=delegate, **(self.denial() if signed else {})), cause,
                       tuple(also_ok), fault=f"One of the servers is at fault: {bad}.")]

    def unreachable(self):
        node, slug, also = self.lot.choice(((self.net.dead, "upstream.timeout", ()),
                                            (self.net.closed, "upstream.unreachable", ("upstream.timeout",))))
        return [Member(Zone(self.name(), [], delegate=[node]), slug, also, fault="No server of the zone answers.")]

    def lame(self):
        """Servers that host a zone above refer to themselves. One of them may be dead instead."""
        zone = Zone(self.name(), [], delegate=self.lot.some([*self.net.servers, self.net.stranger], 1, 2))
        refers = bool(self.above_of(zone) & set(zone.delegate))
        slugs = ["delegation.lame_referral"] * refers + ["delegation.lame_refused"]
        if self.lot.chance(0.3):
            zone.delegate.append(self.net.dead)
            slugs.append("upstream.timeout")
        return [Member(zone, slugs[0], tuple(slugs[1:]), fault="The delegated servers do not host the zone.")]

    def above_of(self, zone):
        """The servers of the zones above it."""
        return {s for z in self.zones if zone.name.endswith("." + z.name) for s in z.servers}

    def needs(self, zone, seen=()):
        """The nodes that resolving a name in the zone needs, now and then: also those that its servers' names need."""
        found = {*zone.servers, *(zone.delegate or ())} | self.above_of(zone)
        for other in self.zones:
            if other is not zone and other.name not in seen and any(
                    name.endswith("." + other.name) for name, _ in zone.ns or ()):
                found |= self.needs(other, (*seen, zone.name))
        return found

    def odd(self):
        """Odd servers take the last three labels of a name for their zone (tiny.py): it is below a top-level domain."""
        behaviour = self.lot.choice(list(ODD))
        slug, *also = ODD[behaviour]
        zone = dataclasses.replace(odd("odd.", behaviour), name=f"{self.lot.word()}.{self.lot.choice(self.tops)}")
        zone.ns = [(f"ns{i}.{zone.name}", addresses) for i, (_, addresses) in enumerate(zone.ns)]
        return [Member(zone, slug, tuple(also), fault=f"Every server of the zone behaves so: {behaviour}.")]

    def unresolvable(self):
        host = self.lot.choice([m.zone.name for m in self.all_sound()])
        zone = Zone(self.name(), [])
        zone.ns = [(f"ns{i}.{self.lot.word()}.{host}", []) for i in range(self.lot.randint(1, 2))]
        return [Member(zone, "delegation.ns_unresolvable", fault="The names of the zone's servers do not exist.")]

    def loop(self):
        one, two = self.name(), self.name()
        return [Member(Zone(a, [], ns=[(f"ns{i}.{b}", []) for i in (1, 2)]), "delegation.loop",
                       fault="The servers of two zones are named in each other.") for a, b in ((one, two), (two, one))]

    def not_routed(self):
        address = self.lot.choice(NOT_ROUTED)
        row = glue("x", address, "special")
        name = self.name()
        return [Member(Zone(name, [], ns=[("ns1." + name, [address])]), row.cause, row.also_ok,
                       fault=f"The only address of the zone's server is {address}.")]

    def not_loaded(self):
        node = self.lot.choice(self.of("bind", "nsd", "knot"))
        return [Member(Zone(self.name(), [node], fault=lambda zone, lines: ["this is not a zone file ("]),
                       "zone.not_loaded", ("upstream.servfail",), fault="The server could not load the zone.")]

    def not_transferred(self):
        """A secondary whose primary is silent, closed, or gives it nothing."""
        primary = self.lot.choice((self.net.dead, self.net.closed, self.net.stranger))
        return [Member(Zone(self.name(), [self.net.second], primary=primary), "zone.not_loaded", ("upstream.servfail",),
                       fault="The server, a secondary, never got the zone.")]

    def aliases(self):
        zone = Zone(self.name(), self.lot.some([s for s in self.net.servers if signs(s)], 1, 1),
                    records="x.@ 300 IN CNAME y.@\ny.@ 300 IN CNAME x.@")
        return [Member(zone, "zone.cname_loop", fault="Two aliases point at each other.", labels=("x", "y"))]

    def too_large(self):
        """A firewall before the server drops large answers, and at times TCP (compose_events.py)."""
        zone = Zone(self.name(), [self.net.narrow], True, nsec3=True, algorithm="RSASHA256")
        return [Member(zone, EDNS[0], (*LATE, "upstream.tcp_blocked", "upstream.fragments_lost"),
                       fault="Answers of more than 512 octets do not arrive.")]

    def fenced(self):
        """A firewall before the server drops EDNS, or all of UDP (compose_events.py)."""
        return [Member(Zone(self.name(), [self.net.strict]), EDNS[0], LATE, fault="A firewall drops queries.")]

    def taking_turns(self):
        """One address of which two servers take turns; one of them does not host the zone."""
        zone = Zone(self.name(), ["a-bind"], delegate=[self.net.shared], v6=False)
        return [Member(zone, "delegation.lame_refused", fault="One of two servers at the zone's address does not"
                       " host it.")]

    # --- what resolvers have of their own ------------------------------------------------------
    def own_zones(self):
        """Resolvers that ask for one zone where they are told to, or deny one."""
        for node in self.net.resolvers:
            for likely, draw in ((0.4, self.conditional), (0.3, self.blocked)):
                free = [m for m in self.all_sound() if not self.names_servers(m)]
                if len(free) > 2 and self.lot.chance(likely):
                    draw(node, self.lot.choice(free))

    def names_servers(self, member):
        """Whether another zone's servers have their names in it."""
        return any(name.endswith("." + member.zone.name) for z in self.zones if z is not member.zone
                   for name, _ in z.ns or ())

    def conditional(self, node, member):
        stub = self.lot.chance(0.4)
        others = [r for r in self.net.resolvers if r != node]
        to = self.lot.choice([self.net.dead, self.net.stranger] + ([] if stub else others[:1]))
        slugs = {self.net.dead: ("upstream.timeout",), self.net.stranger: REFUSED_TO_IT}.get(to, ())
        if stub and to == self.net.stranger:
            slugs = ("delegation.lame_refused", "policy.not_authoritative")
        append(self.net.options[node], *own_zone(software(node), member.zone.name, to, stub))
        member.at[node] = Own(f"{node} asks {to} for the zone.", slugs, to)

    def blocked(self, node, member):
        how, name = self.lot.choice(("deny", "drop")), member.zone.name
        kind, options = software(node), self.net.options[node]
        append(options, *block(kind, name, how))
        if kind in ("bind", "pdns-recursor"):
            options["files"] = {"rpz": policy_zone(name, how)}
        if kind == "bind":
            append(options, "tail", '\nzone "rpz.policy" { type primary; file "rpz"; };')
        # Who validates behind it sees a denial without a proof; who gets no answer, silence.
        slugs = ("dnssec.denial_missing", "dnssec.rrsig_missing", "dnssec.dnskey_missing") if how == "deny" else \
            ("no_answer.server_silent", "upstream.timeout")
        member.at[node] = Own(f"{node} denies the zone.", ("policy.blocked", *slugs))

    def own(self, node, member):
        """What a question in that zone meets there by such settings: [Own]."""
        names = [m.zone.name for m in (member, member.target) if m]
        return [m.at[node] for m in self.members if node in m.at and
                any(name == m.zone.name or name.endswith("." + m.zone.name) for name in names)]

    def leading(self):
        """A sound zone whose aliases lead into another one, sound or at fault."""
        target = self.lot.choice([m for m in self.members if not m.gone and not m.at and "www" in m.labels])
        into = target.zone.name
        zone = Zone(self.name(), self.lot.some([s for s in self.net.servers if signs(s)], 1, 2), self.lot.chance(0.5),
                    records=f"link.@ 300 IN CNAME www.{into}\nd.@ 300 IN DNAME {into}\n*.x.@ 300 IN CNAME www.{into}")
        return Member(zone, target.cause, target.also_ok, fault=target.fault and "Behind an alias: " + target.fault,
                      labels=("link", "www.d", "mail.d", "one.x", "two.x"), target=target)


def signs(node):
    """As set up here PowerDNS serves no signatures; and it follows aliases itself, and fails where they go round."""
    return nodes.NODES[node][1] != "pdns"
