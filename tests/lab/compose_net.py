"""The nodes of a network drawn by lot (compose.py): who is there, with which addresses, software and settings."""

import nodes
from nodes import v4
from scenario import PATIENCE

AUTHORITATIVE = ("bind", "nsd", "knot", "pdns")
RESOLVING = ("bind", "unbound", "kresd", "pdns-recursor")
FORWARDING = ("dnsmasq", "unbound", "bind", "kresd", "pdns-recursor")
STALE = {"bind": ("extra", "stale-answer-enable yes; stale-cache-enable yes; max-stale-ttl 3600;"),
         "unbound": ("extra", "\n  serve-expired: yes\n  serve-expired-client-timeout: 1800"),
         "kresd": ("extra", "\nmodules.load('serve_stale < cache')")}
DNS64 = {"bind": ("extra", "dns64 64:ff9b::/96 { clients { any; }; };"),
         "unbound": ("modules", "dns64 validator iterator"),
         "kresd": ("extra", "\nmodules.load('dns64')")}


class Network:
    """Fills the tables of nodes.py anew."""

    def __init__(self, lot):
        self.lot = lot
        self.options, self.target = {}, {}  # target: where a forwarder hands its questions
        nodes.NET4 = lot.choice(("10.%d" % lot.randint(60, 250), "100.%d" % lot.randint(64, 127),
                                 "81.%d" % lot.randint(1, 250), "194.%d" % lot.randint(1, 250)))
        nodes.NET6 = lot.choice(("fd%02x" % lot.randint(0, 255), "2a%02x" % lot.randint(0, 255)))
        self.hosts = [(net, host) for net in (1, 2, 5, 7) for host in range(2, 250)]
        lot.shuffle(self.hosts)
        nodes.NODES.clear()
        nodes.NODES.update({"root": ((0, 1), "nsd"), "router": ((0, 254), None)})
        nodes.EGRESS.clear()
        self.authoritative()
        self.recursive()
        self.clients = [self.add(f"c{i}", None) for i in range(lot.randint(3, 6))]
        self.shut_out()
        self.wait = {name: PATIENCE.get(software, 1.0) for name, (_, software) in nodes.NODES.items()}
        for name in self.forwarders:
            self.wait[name] = max(self.wait[name], self.wait[self.target[name]])

    def add(self, name, software):
        nodes.NODES[name] = (self.hosts.pop(), software)
        return name

    def authoritative(self):
        lot = self.lot
        self.top = [self.add(f"t{i}", lot.choice(("nsd", "knot", "bind"))) for i in range(lot.randint(1, 2))]
        self.servers = [self.add("a-bind", "bind"), self.add("a-nsd", "nsd")]
        self.servers += [self.add(f"a{i}", lot.choice(AUTHORITATIVE)) for i in range(lot.randint(1, 3))]
        self.narrow = self.add("a-narrow", "bind")  # behind a firewall that drops what is large
        self.strict = self.add("a-strict", "bind")  # behind one that takes EDNS, or all of UDP, for an attack
        self.second = self.add("a-second", lot.choice(("bind", "nsd", "knot")))  # gets its zones from others
        self.dead, self.closed = self.add("dead", None), self.add("closed", None)
        self.stranger = self.add("stranger", "bind")  # hosts nothing
        self.shared = self.add("shared", None)  # one address, behind which two servers take turns

    def recursive(self):
        lot = self.lot
        self.resolvers = [self.add(f"r{i}", s) for i, s in enumerate(lot.some(RESOLVING, 2, 4))]
        self.forwarders = [self.add(f"f{i}", s) for i, s in enumerate(lot.some(FORWARDING, 1, 2))]
        self.gate = self.add("gate", None)  # translates the addresses of the resolver behind it
        self.translated = lot.choice(self.resolvers) if lot.chance(0.3) else None
        for name in self.resolvers:
            self.options[name] = self.resolver(software(name))
            if name != self.translated and lot.chance(0.3):
                self.egress(name)
        for name in self.forwarders:
            self.target[name] = lot.choice(self.resolvers + self.forwarders[:self.forwarders.index(name)])
            self.options[name] = forward(software(name), self.target[name])

    def egress(self, name):
        """It asks from addresses of its own, in both families or in IPv4 alone."""
        net, host = self.hosts.pop()
        six = f"{nodes.NET6}::{net:x}:{host:x}" if self.lot.chance(0.7) else nodes.v6(name)
        nodes.EGRESS[name] = f"{nodes.NET4}.{net}.{host}", six

    def resolver(self, kind):
        minimises, patient, tells = (self.lot.random() < 0.7 for _ in range(3))
        options = {"bind": {"extra": "" if minimises else "qname-minimization off;"},
                   "unbound": {"extra": f"  qname-minimisation: {'yes' if minimises else 'no'}\n" +
                                        "  discard-timeout: 60000" * patient, "ede": "yes" if tells else "no"},
                   "kresd": {"extra": "" if minimises else "policy.add(policy.all(policy.FLAGS('NO_MINIMIZE')))"},
                   "pdns-recursor": {"extra": "qname-minimization=" + ("yes" if minimises else "no"),
                                     "ede": "yes" if tells else "no"}}[kind]
        for table, likely in ((STALE, 0.25), (DNS64, 0.2)):
            if kind in table and self.lot.chance(likely):
                append(options, *table[kind])
                options.setdefault("features", []).append(table)
        return options

    def shut_out(self):
        """One client that one resolver does not serve."""
        self.denied = None
        name, client = self.lot.choice(self.resolvers), self.lot.choice(self.clients)
        how = {"bind": {"extra": f"allow-query {{ !{v4(client)}; any; }};"},
               "unbound": {"acl": "  access-control: 0.0.0.0/0 allow\n"
                                  f"  access-control: {v4(client)}/32 {self.lot.choice(('refuse', 'deny'))}"},
               "pdns-recursor": {"allow": f"!{v4(client)}, 0.0.0.0/0, ::/0"}}.get(software(name))
        if how and self.lot.chance(0.5):
            for key, text in how.items():
                append(self.options[name], key, text)
            self.denied = client, name

    def makes_addresses(self, node):
        """It makes IPv6 addresses of IPv4 ones, which nobody has signed."""
        return DNS64 in self.options[node].get("features", ())

    def path(self, node):
        """It, and those it hands a question to, one after another."""
        found = [node]
        while found[-1] in self.target:
            found.append(self.target[found[-1]])
        return found


def software(node):
    return nodes.NODES[node][1]


def append(options, key, text):
    options[key] = options.get(key, "") + text


def forward(kind, target):
    """The options of a forwarder of that kind."""
    return {"dnsmasq": {"targets": [target]}, "bind": {"targets": [target]},
            "unbound": {"forward": f'forward-zone:\n  name: "."\n  forward-addr: {v4(target)}'},
            "kresd": {"extra": f"policy.add(policy.all(policy.FORWARD('{v4(target)}')))"},
            "pdns-recursor": {"extra": f"forward-zones-recurse=.={v4(target)}"}}[kind]


def own_zone(kind, zone, target, stub):
    """(key, text) of options that make a resolver ask one server for a zone: a stub zone, or forwarded."""
    to, name = v4(target), zone.rstrip(".")
    return {
        "bind": ("tail", f'\nzone "{name}" {{ type static-stub; server-addresses {{ {to}; }}; }};' if stub else
                 f'\nzone "{name}" {{ type forward; forward only; forwarders {{ {to}; }}; }};'),
        "unbound": ("forward", f"\nstub-zone:\n  name: {name}\n  stub-addr: {to}" if stub else
                    f"\nforward-zone:\n  name: {name}\n  forward-addr: {to}"),
        "kresd": ("extra", f"\npolicy.add(policy.suffix(policy.{'STUB' if stub else 'FORWARD'}('{to}'),"
                           f" policy.todnames({{'{name}'}})))"),
        "pdns-recursor": ("extra", f"\nforward-zones{'' if stub else '-recurse'}={name}={to}")}[kind]


def block(kind, name, how):
    """(key, text) of options that make a resolver deny a name ("deny") or say nothing of it ("drop")."""
    if kind == "kresd":
        return "extra", f"\npolicy.add(policy.suffix(policy.{how.upper()}, {{todname('{name}')}}))"
    if kind == "unbound":
        return "extra", f"\n  local-zone: \"{name}\" {'always_nxdomain' if how == 'deny' else 'deny'}"
    if kind == "bind":
        return "extra", ' response-policy { zone "rpz.policy"; };'
    return "lua", "rpzFile('rpz', {extendedErrorCode=15, extendedErrorExtra='blocked by policy'})"


def policy_zone(name, how):
    """The response policy zone of BIND and PowerDNS that does so."""
    return "\n".join(["$TTL 60", "@ SOA localhost. h.localhost. 1 60 60 60 60", "@ NS localhost.",
                      f"{name.rstrip('.')} CNAME {'.' if how == 'deny' else 'rpz-drop.'}",
                      f"*.{name.rstrip('.')} CNAME {'.' if how == 'deny' else 'rpz-drop.'}", ""])
