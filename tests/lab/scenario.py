"""What rows of the table are made of: the Scenario, its questions, and faults in the network."""

import dataclasses

from ask import Ask, FINE
from nodes import NODES, RESOLVERS, v4, v6
from zones import Zone

# --- faults injected in the network ---------------------------------------------------------------


def rule(node, text, chain="in"):
    """A firewall rule at a node, for the time of the scenario."""
    def inject(lab):
        lab.nodes[node].rule(chain, text)
    inject.node = node
    return inject


def silent(node):
    return rule(node, "meta l4proto { tcp, udp } drop")


SAME = "same"


@dataclasses.dataclass
class Scenario:
    slug: str
    case: str
    fault: str  # one sentence; goes into the labels
    asks: list  # Ask, or a list of them asked at the same moment
    fails: tuple = ()  # rcodes (None: no answer) that mean the fault, for asks without expect
    also_ok: tuple = ()
    inject: list = dataclasses.field(default_factory=list)
    undo: list = dataclasses.field(default_factory=list)
    pre: list = dataclasses.field(default_factory=list)  # asked before the capture begins
    flush: bool = True
    settle: float = 0.15
    keep: tuple = ()  # nodes whose traffic belongs to the case too
    view: str = "both"
    cause: str = ""  # what SAME means, when the folder is not a slug
    stored: bool = True  # in pcaps/ too, not only in what "make lab" writes

    @property
    def touched(self):
        return {i.node for i in self.inject if hasattr(i, "node")} | \
            {a.before.node for g in self.asks for a in (g if isinstance(g, list) else [g])
             if hasattr(a.before, "node")}

    def expectation(self, ask):
        """What each rcode means for an ask; SAME stands for the scenario's cause."""
        expect = ask.expect if ask.expect is not None else dict.fromkeys(self.fails, SAME)
        return {r: (self.cause or self.slug) if cause == SAME else cause for r, cause in expect.items()}


# --- questions ------------------------------------------------------------------------------------

REFUSED, SILENT = ("REFUSED",), (None,)
OK = dict(FINE)


def fine(client, server, name, kind="A", **options):
    return Ask(client, server, name, kind, expect=OK, **options)


def A(client, server, name, kind="A", **options):
    return Ask(client, server, name, kind, **options)


def each(servers, client, name, kind="A", **options):
    return [A(client, s, name, kind, **options) for s in servers]


def S(slug, case, fault, asks, fails=(), **options):
    return Scenario(slug, case, fault, asks, fails if isinstance(fails, tuple) else (fails,), **options)


# Seconds until a resolver of that kind gives up behind dead servers.
PATIENCE = {"bind": 13.0, "unbound": 45.0, "kresd": 22.0, "pdns-recursor": 5.0, "dnsmasq": 13.0,
            "dnscache": 6.0, "dnsdist": 3.0}
WAIT = {name: PATIENCE.get(kind, 1.0) for name, (_, kind) in NODES.items()}
WAIT.update(runb3=4.0, rfwd=14.0, rbad=3.0)
FAILS = ("SERVFAIL", None)


def odd(name, behaviour, **options):
    """A zone whose only servers are the odd server of that behaviour."""
    return Zone(name, [], ns=[("ns1." + name, [v4("tiny." + behaviour)]),
                              ("ns2." + name, [v6("tiny." + behaviour)])], **options)


def probe(zone, resolvers=RESOLVERS, names=("www", "mail"), cd=True, kinds=("A", "AAAA"), limit=60.0,
          again=True, expect=None, tcp=True):
    """First ask, repeat, another type from another client, +cd, a second name over TCP: each step
    at all the resolvers at the same moment."""
    one, two = (f"{n}.{zone}" for n in names)
    wait = {r: min(WAIT[r], limit) for r in resolvers}

    def step(client, name, kind, **options):
        return [A(client, r, name, kind, timeout=wait[r], expect=expect, **options) for r in resolvers]

    groups = [step("c1", one, kinds[0], step="first")]
    if again:
        groups.append(step("c1", one, kinds[0], step="repeat", cached=True))
    groups.append(step("c2", one, kinds[1], step="other type, other client", edns=None))
    if cd:
        groups.append([dataclasses.replace(a, expect={**OK, "SERVFAIL": SAME})
                       for a in step("c1", one, kinds[0], step="cd", cd=True, do=True)])
    if tcp:
        groups.append(step("c2", two, kinds[0], step="other name, tcp", tcp=True))
    return groups
