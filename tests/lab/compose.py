"""A network drawn by lot: other addresses, servers, zones, faults and clients for each seed, all in one capture.

The table (scenarios.py) has one fault at a time on a network that rcause was made with. Here faults, sound zones, repeats
and clients stand side by side as they do in the field, on one that nobody has seen: what is wrong here is wrong out there.

    sudo tests/lab/run.sh --seed 7              # to tests/lab/out/cases/composed/seed-7.pcap
"""

import dataclasses
import random
import threading
import types

import nodes
from ask import Ask, FINE
from nodes import v4, v6
from rows_paper import PAPER, glue
from scenario import PATIENCE, S, odd
from zones import Zone

SYLLABLES = "ba ko ri zen mu tal vor li pek no da fi ros ul ga mer sy hu".split()
AUTHORITATIVE = ("bind", "nsd", "knot", "pdns")
RESOLVING = ("bind", "unbound", "kresd", "pdns-recursor")
FORWARDING = ("dnsmasq", "unbound", "bind", "kresd", "pdns-recursor")
LABELS = ("www", "mail", "api", "shop", "a.b", "")
TYPES = "A A A A AAAA AAAA HTTPS MX TXT NS SOA SRV CAA".split()
DENIED = "policy.client_not_allowed"
DURATION = 30.0  # seconds over which questions are asked
SOUND, FAULTY = 6, 14
# Odd servers that break all zones they host in one way: cause, also_ok.
ODD = {"servfail": ("upstream.servfail", "zone.not_loaded"), "refused": ("delegation.lame_refused",),
       "formerr": ("upstream.formerr",), "notimp": ("upstream.notimp",), "upward": ("delegation.lame_referral",),
       "selfref": ("delegation.lame_referral",), "tcp_reset": ("upstream.tcp_blocked",),
       "wrong_id": ("upstream.mismatched_reply",), "wrong_question": ("upstream.mismatched_reply",),
       "dropedns": ("upstream.edns_broken", "upstream.timeout"), "silent": ("upstream.timeout",)}
NOT_ROUTED = ("240.0.0.1", "0.0.0.0", "127.0.0.1", "169.254.9.9", "203.0.113.77", "::1", "2001:db8::77", "fe80::77")


@dataclasses.dataclass
class Member:
    """A zone with what becomes of questions in it."""
    zone: Zone
    cause: str = "none"
    also_ok: tuple = ()
    gone: tuple = ()  # (cause, *also_ok) of names that do not exist
    fault: str = ""
    labels: tuple = LABELS


class Composer:
    def __init__(self, seed):
        self.seed, self.lot = seed, random.Random(seed)
        self.words = set()
        self.options, self.members, self.zones = {}, [], []

    def word(self):
        while True:
            word = "".join(self.lot.choices(SYLLABLES, k=self.lot.randint(2, 4)))
            if word not in self.words:
                self.words.add(word)
                return word

    def some(self, of, least, most):
        return self.lot.sample(of, self.lot.randint(least, min(most, len(of))))

    # --- nodes ---------------------------------------------------------------------------------
    def network(self):
        """Fills the tables of nodes.py anew."""
        nodes.NET4 = self.lot.choice(("10.%d" % self.lot.randint(60, 250), "100.%d" % self.lot.randint(64, 127),
                                      "81.%d" % self.lot.randint(1, 250), "194.%d" % self.lot.randint(1, 250)))
        nodes.NET6 = self.lot.choice(("fd%02x" % self.lot.randint(0, 255), "2a%02x" % self.lot.randint(0, 255)))
        hosts = [(net, host) for net in (1, 2, 5, 7) for host in range(2, 250)]
        self.lot.shuffle(hosts)
        table = {"root": ((0, 1), "nsd"), "router": ((0, 254), None)}

        def add(name, software):
            table[name] = (hosts.pop(), software)
            return name

        self.top = [add(f"t{i}", self.lot.choice(("nsd", "knot", "bind"))) for i in range(self.lot.randint(1, 2))]
        self.servers = [add("a-bind", "bind"), add("a-nsd", "nsd")]
        self.servers += [add(f"a{i}", self.lot.choice(AUTHORITATIVE)) for i in range(self.lot.randint(1, 3))]
        self.dead, self.closed, self.strangers = add("dead", None), add("closed", None), [add("stranger", "bind")]
        self.resolvers = [add(f"r{i}", s) for i, s in enumerate(self.some(RESOLVING, 2, 4))]
        self.forwarders = [add(f"f{i}", s) for i, s in enumerate(self.some(FORWARDING, 1, 2))]
        self.clients = [add(f"c{i}", None) for i in range(self.lot.randint(2, 5))]
        nodes.NODES.clear()
        nodes.NODES.update(table)
        nodes.EGRESS.clear()
        self.wait = {name: PATIENCE.get(software, 1.0) for name, (_, software) in table.items()}
        for name in self.resolvers:
            self.options[name] = self.resolver(table[name][1])
            if table[name][1] in ("bind", "unbound") and self.lot.random() < 0.2:
                net, host = hosts.pop()
                nodes.EGRESS[name] = f"{nodes.NET4}.{net}.{host}", f"{nodes.NET6}::{net:x}:{host:x}"
        self.shut_out()
        for name in self.forwarders:
            target = self.lot.choice(self.resolvers + self.forwarders[:self.forwarders.index(name)])
            self.options[name] = forward(table[name][1], target)
            self.wait[name] = max(self.wait[name], self.wait[target])

    def resolver(self, software):
        minimises, patient, tells = (self.lot.random() < 0.7 for _ in range(3))
        return {"bind": {"extra": "" if minimises else "qname-minimization off;"},
                "unbound": {"extra": f"  qname-minimisation: {'yes' if minimises else 'no'}\n" +
                                     "  discard-timeout: 60000" * patient, "ede": "yes" if tells else "no"},
                "kresd": {"extra": "" if minimises else "policy.add(policy.all(policy.FLAGS('NO_MINIMIZE')))"},
                "pdns-recursor": {"extra": "qname-minimization=" + ("yes" if minimises else "no"),
                                  "ede": "yes" if tells else "no"}}[software]

    def shut_out(self):
        """One client that one resolver does not serve."""
        self.denied = None
        name, client = self.lot.choice(self.resolvers), self.lot.choice(self.clients)
        how = {"bind": {"extra": f"allow-query {{ !{v4(client)}; any; }};"},
               "unbound": {"acl": "  access-control: 0.0.0.0/0 allow\n"
                                  f"  access-control: {v4(client)}/32 {self.lot.choice(('refuse', 'deny'))}"},
               "pdns-recursor": {"allow": f"!{v4(client)}, 0.0.0.0/0, ::/0"}}.get(nodes.NODES[name][1])
        if how and self.lot.random() < 0.4:
            for key, text in how.items():
                self.options[name][key] = self.options[name].get(key, "") + text
            self.denied = client, name

    # --- zones ---------------------------------------------------------------------------------
    def name(self):
        """A name below a top-level domain, or below a sound zone."""
        return f"{self.word()}.{self.lot.choice(self.above)}"

    def tree(self):
        self.above = []
        for _ in range(self.lot.randint(2, 4)):
            zone = Zone(self.word() + ".", self.some(self.top, 1, 2), signed=True, nsec3=self.lot.random() < 0.5,
                        plain=True, inception="-20d")
            self.zones.append(zone)
            self.above.append(zone.name)
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

    def enter(self, *members):
        self.members += members
        self.zones += [m.zone for m in members]

    def sound(self):
        signed = self.lot.random() < 0.6
        servers = self.some([s for s in self.servers if not signed or signs(s)], 1, 2)
        delegate = servers + [self.dead] if self.lot.random() < 0.2 else None
        hosts = "\n".join(f"at-{s}.@ 300 IN {'AAAA' if ':' in a else 'A'} {a}"
                          for s in self.servers for a in (v4(s), v6(s)))
        return Member(Zone(self.name(), servers, signed, records=hosts, delegate=delegate,
                           ns=self.elsewhere(servers), nsec3=signed and self.lot.random() < 0.5,
                           algorithm=self.lot.choice(("ECDSAP256SHA256", "RSASHA256", "ED25519"))))

    def elsewhere(self, servers):
        """Now and then servers have names in another zone, which no delegation gives addresses of."""
        sound = [m.zone.name for m in self.members if m.cause == "none"]
        if not sound or self.lot.random() < 0.7:
            return None
        zone = self.lot.choice(sound)
        return [(f"at-{s}.{zone}", []) for s in servers]

    def faulty(self):
        kinds = [self.dnssec] * 6 + [self.unreachable, self.lame, self.odd, self.odd, self.unresolvable, self.loop,
                                     self.not_routed, self.not_loaded, self.aliases]
        return self.lot.choice(kinds)()

    def dnssec(self):
        row = self.lot.choice([r for r in PAPER if r.signed and "delegate" not in r.zone and r.zone and
                               (r.cause != "none" or r.gone)])
        server = "a-nsd" if row.nsd and self.lot.random() < 0.5 or "servers" in row.zone else "a-bind"
        options = {"signed": True, "nsec3": True, "algorithm": "RSASHA256", **row.zone, "servers": [server]}
        return [Member(Zone(self.name(), **options), row.cause, row.also_ok, row.gone, row.fault)]

    def unreachable(self):
        node, slug, also = self.lot.choice(((self.dead, "upstream.timeout", ()),
                                            (self.closed, "upstream.unreachable", ("upstream.timeout",))))
        return [Member(Zone(self.name(), [], delegate=[node]), slug, also, fault="No server of the zone answers.")]

    def lame(self):
        """Servers that host a zone above refer to themselves. One of them may be dead instead."""
        zone = Zone(self.name(), [], delegate=self.some(self.servers + self.strangers, 1, 2))
        refers = bool(self.above_of(zone) & set(zone.delegate))
        slugs = ["delegation.lame_referral"] * refers + ["delegation.lame_refused"]
        if self.lot.random() < 0.3:
            zone.delegate.append(self.dead)
            slugs.append("upstream.timeout")
        return [Member(zone, slugs[0], tuple(slugs[1:]), fault="The delegated servers do not host the zone.")]

    def above_of(self, zone):
        """The servers of the zones above it."""
        return {s for z in self.zones if zone.name.endswith("." + z.name) for s in z.servers}

    def odd(self):
        behaviour = self.lot.choice(list(ODD))
        slug, *also = ODD[behaviour]
        zone = dataclasses.replace(odd("odd.", behaviour), name=self.name())
        zone.ns = [(f"ns{i}.{zone.name}", addresses) for i, (_, addresses) in enumerate(zone.ns)]
        return [Member(zone, slug, tuple(also), fault=f"Every server of the zone behaves so: {behaviour}.")]

    def unresolvable(self):
        host = self.lot.choice([m.zone.name for m in self.members if m.cause == "none"])
        zone = Zone(self.name(), [])
        zone.ns = [(f"ns{i}.{self.word()}.{host}", []) for i in range(self.lot.randint(1, 2))]
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
        node = self.lot.choice([s for s in self.servers if nodes.NODES[s][1] in ("bind", "nsd", "knot")])
        return [Member(Zone(self.name(), [node], fault=lambda zone, lines: ["this is not a zone file ("]),
                       "zone.not_loaded", ("upstream.servfail",), fault="The server could not load the zone.")]

    def aliases(self):
        zone = Zone(self.name(), self.some([s for s in self.servers if signs(s)], 1, 1),
                    records="x.@ 300 IN CNAME y.@\ny.@ 300 IN CNAME x.@")
        return [Member(zone, "zone.cname_loop", fault="Two aliases point at each other.", labels=("x", "y"))]

    # --- what happens meanwhile ----------------------------------------------------------------
    def outage(self):
        """Now and then a server falls silent for a while; resolvers may remember that to the end."""
        if self.lot.random() < 0.4:
            return []
        node, begin = self.lot.choice(self.servers), self.lot.uniform(2, DURATION / 2)
        for m in self.members:
            if node in self.above_of(m.zone) | set(m.zone.servers) | set(m.zone.delegate or ()):
                m.also_ok, m.fault = (*m.also_ok, "upstream.timeout"), m.fault or f"{node} was silent for a while."
                m.cause = "upstream.timeout" if m.cause == "none" else m.cause

        def at(seconds, action):
            timer = threading.Timer(seconds, action, args=[])
            timer.daemon = True
            return lambda lab: (timer.args.append(lab), timer.start())

        silence = at(begin, lambda lab: lab.nodes[node].rule("in", "meta l4proto { tcp, udp } drop"))
        return [silence, at(begin + self.lot.uniform(4, 15), lambda lab: lab.nodes[node].clear())]

    # --- questions -----------------------------------------------------------------------------
    def questions(self):
        asks = []
        for member in self.members:
            for server in self.some(self.resolvers + self.forwarders, 2, 5):
                for _ in range(self.lot.randint(1, 3)):
                    asks += self.question(member, server)
        self.lot.shuffle(asks)
        return asks

    def question(self, member, server):
        """One question, and perhaps the same again."""
        label, slugs = self.lot.choice(member.labels), [member.cause, *member.also_ok, *member.gone]
        if member.gone and self.lot.random() < 0.5:  # of types that the name does not have so much is true as well
            label, slugs = self.word(), [*member.gone, member.cause, *member.also_ok]
        cause, *also_ok = [s for s in slugs if s != "none"] or ["none"]
        name = f"{label}.{member.zone.name}".lstrip(".")
        edns = self.lot.choice((None, 1232, 4096))
        client = self.lot.choice(self.clients)
        failed = {"SERVFAIL": cause, None: cause} if cause != "none" else {}
        if (client, server) == self.denied:
            failed, also_ok = {"REFUSED": DENIED, None: DENIED}, ()
        ask = Ask(client, server, name, self.lot.choice(TYPES),
                  expect={**failed, **FINE}, also_ok=tuple(also_ok), fault=member.fault, edns=edns,
                  cd=self.lot.random() < 0.1, do=edns is not None and self.lot.random() < 0.3,
                  tcp=self.lot.random() < 0.08, v6=client != (self.denied or "?")[0] and self.lot.random() < 0.3,
                  tries=self.lot.choice((1, 1, 2)), gap=5.0, timeout=min(self.wait[server], 20.0),
                  pause=self.lot.uniform(0, DURATION))
        another = self.lot.choice([c for c in self.clients if c == client or DENIED not in failed.values() and
                                   (c, server) != self.denied])
        again = dataclasses.replace(ask, client=another, v6=ask.v6 and another == client, sent=[],
                                    pause=ask.pause + self.lot.choice((0.0, 0.01, 0.4, 3.0, 20.0)))
        return [ask, again] if self.lot.random() < 0.5 else [ask]


def signs(node):
    """As set up here PowerDNS serves no signatures; and it follows aliases itself, and fails where they go round."""
    return nodes.NODES[node][1] != "pdns"


def forward(software, target):
    """The options of a forwarder of that kind."""
    return {"dnsmasq": {"targets": [target]}, "bind": {"targets": [target]},
            "unbound": {"forward": f'forward-zone:\n  name: "."\n  forward-addr: {v4(target)}'},
            "kresd": {"extra": f"policy.add(policy.all(policy.FORWARD('{v4(target)}')))"},
            "pdns-recursor": {"extra": f"forward-zones-recurse=.={v4(target)}"}}[software]


def table(seed):
    """What a run needs of a table, as scenarios.py has it. Changes nodes.py."""
    composer = Composer(seed)
    composer.network()
    composer.tree()
    inject = composer.outage()
    asks = composer.questions()
    scenario = S("composed", f"seed-{seed}", "", [asks], settle=2.0, stored=False, inject=inject,
                 keep=tuple(composer.resolvers + composer.forwarders))
    return types.SimpleNamespace(ZONES=composer.zones, OPTIONS=composer.options, SCENARIOS=[scenario],
                                 tiny_behaviours=lambda: set(nodes.TINY))
