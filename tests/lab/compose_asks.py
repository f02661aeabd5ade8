"""The questions that clients ask in a network drawn by lot (compose.py), and what their answers mean."""

import dataclasses

from ask import Ask, FINE
from compose_events import DURATION
from compose_zones import Own

TYPES = "A A A A AAAA AAAA HTTPS MX TXT NS SOA SRV CAA".split()
DENIED = "policy.client_not_allowed"
LOOP = ("resolver.forwarding_loop", "upstream.timeout")
LOST = ("no_answer.server_silent", "no_answer.late_response", "upstream.timeout")
RESTARTED = ("no_answer.server_silent", "no_answer.unreachable", "upstream.unreachable", "upstream.timeout")
UNSIGNED = ("dnssec.rrsig_missing", "dnssec.signature_invalid", "dnssec.validation_failed")
CROWD = 120  # questions for sound names, beside the others
DOWN = 8.0  # seconds around a restart in which questions get lost


class Questions:
    def __init__(self, lot, net, tree, events):
        self.lot, self.net, self.tree, self.events = lot, net, tree, events
        self.everyone = net.resolvers + net.forwarders
        self.asks = []
        for member in tree.members:
            for server in lot.some(self.everyone, 2, 5):
                for _ in range(lot.randint(1, 2)):
                    self.asks += self.question(member, server)
        self.asks += self.crowd()
        lot.shuffle(self.asks)

    def question(self, member, server):
        """One question, and perhaps the same again: later, in a burst, of another client, to another resolver."""
        label, missing = self.lot.choice(member.labels), False
        if member.gone and self.lot.chance(0.5):
            label, missing = self.lot.word(), True
        name = f"{label}.{member.zone.name}".lstrip(".")
        edns = self.lot.choice((None, 1232, 4096))
        client = self.lot.choice(self.net.clients)
        options = {"type": self.lot.choice(TYPES), "edns": edns, "cd": self.lot.chance(0.1),
                   "do": edns is not None and self.lot.chance(0.3), "tcp": self.lot.chance(0.08),
                   "v6": self.lot.chance(0.3), "tries": self.lot.choice((1, 1, 2)), "gap": 5.0}
        pause = self.lot.uniform(0, DURATION)
        first = self.ask(member, missing, client, server, name, pause, **options)
        again = self.lot.random()
        if again < 0.2:
            return [first, self.ask(member, missing, client, server, name, pause + self.lot.choice((0.4, 3.0, 20.0)),
                                    **options)]
        if again < 0.4:
            return [first, self.ask(member, missing, self.lot.choice(self.net.clients), server, name,
                                    pause + self.lot.choice((0.0, 0.01, 0.4, 3.0)), **options)]
        if again < 0.5:
            return [self.ask(member, missing, client, server, name, pause + 0.003 * i, **options)
                    for i in range(self.lot.randint(3, 8))]
        if again < 0.65:
            return [first, self.ask(member, missing, client, self.lot.choice(self.everyone), name,
                                    pause + self.lot.choice((0.1, 2.0, 5.0)), **options)]
        return [first]

    def ask(self, member, missing, client, server, name, pause, **options):
        expect, also_ok, fault = self.verdict(member, missing, client, server, pause)
        if self.net.denied and client == self.net.denied[0]:
            options["v6"] = False  # by which it would not be known
        timeout = min(self.net.wait[server], 20.0)
        waits = timeout + options["gap"] * (options["tries"] - 1)  # what comes later finds nobody
        late = {r: "no_answer.late_response" for r in ("SERVFAIL", *FINE)}
        return Ask(client, server, name, expect={**expect, **FINE}, late=(waits, late), fault=fault, pause=pause,
                   also_ok=(*also_ok, *expect.values(), "no_answer.late_response"), timeout=timeout, **options)

    def verdict(self, member, missing, client, server, pause):
        """({rcode: cause} of failures, what is true as well, what is at fault)"""
        path, met = self.way(member, server)
        slugs = [member.cause, *member.also_ok, *member.gone]
        if missing:  # of types that the name does not have so much is true as well
            slugs = [*member.gone, member.cause, *member.also_ok]
        slugs = [s for own in met for s in own.slugs] + slugs
        fault = next((own.fault for own in met if own.slugs), member.fault)
        beside = []
        for node in path:
            begin = self.events.restarted.get(node)
            if begin is not None and begin - DOWN - 20 < pause < begin + DOWN:
                beside += RESTARTED
                fault = fault or f"{node} was restarted."
            if node in self.events.lossy:
                beside += LOST
                fault = fault or f"Some packets of {node} get lost."
            if node != server and self.net.makes_addresses(node):
                beside += UNSIGNED
                fault = fault or f"{node} makes addresses that nobody has signed."
        if (client, server) == self.net.denied:
            return {"REFUSED": DENIED, None: DENIED}, tuple(beside), "The resolver does not serve this client."
        return self.failing(slugs + beside, fault, "REFUSED")

    def way(self, member, server):
        """The nodes that a question goes through, and what it meets there by their own settings."""
        path, met = self.net.path(server), []
        for node in path:
            for own in self.tree.own(node, member):
                met.append(own)
                if own.to in path:
                    met.insert(0, Own("Resolvers hand the zone to each other.", LOOP))
                elif own.to in self.net.resolvers:
                    path.append(own.to)
        return path, met

    @staticmethod
    def failing(slugs, fault, *rcodes):
        cause, *also_ok = [s for s in slugs if s != "none"] or ["none"]
        return ({r: cause for r in ("SERVFAIL", None, *rcodes)} if cause != "none" else {}), tuple(also_ok), fault

    def crowd(self):
        """Questions for sound names: few names are asked for often, many now and then."""
        sound = [m for m in self.tree.members if m.cause == "none" and not m.target and not m.gone]
        if not sound:
            return []
        names = [(m, label) for m in sound for label in ("www", "mail", "")]
        self.lot.shuffle(names)
        weights = [1 / (rank + 1) for rank in range(len(names))]
        asks = []
        for member, label in self.lot.choices(names, weights, k=CROWD):
            asks.append(self.ask(member, False, self.lot.choice(self.net.clients), self.lot.choice(self.everyone),
                                 f"{label}.{member.zone.name}".lstrip("."), self.lot.uniform(0, DURATION),
                                 type=self.lot.choice(("A", "AAAA", "HTTPS")), v6=self.lot.chance(0.3), tries=2, gap=2.0))
        return asks
