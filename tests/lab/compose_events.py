"""What happens in a network drawn by lot (compose.py) beside the questions: firewalls and translations that are there
from the beginning, lost packets, outages, restarts and changes of keys in the middle."""

import threading

from nodes import v4, v6

DURATION = 30.0  # seconds over which questions are asked
SILENT = "meta l4proto { tcp, udp } drop"
FORWARDING = "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 " \
    "net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0"


class Events:
    """inject: what to do at the beginning. restarted: {node: when}; lossy: nodes whose packets get lost now and then."""

    def __init__(self, lot, net, tree):
        self.lot, self.net, self.tree = lot, net, tree
        self.inject = [self.translate, self.take_turns, *self.firewalls()]
        self.restarted, self.lossy = {}, []
        for draw in (self.outage, self.restart, self.loss, self.swaps):
            draw()

    # --- from the beginning --------------------------------------------------------------------
    def translate(self, lab):
        """What one resolver asks upstream passes a gate that gives it another address."""
        if not self.net.translated:
            return
        gate, node = lab.nodes[self.net.gate], lab.nodes[self.net.translated]
        gate.sh(FORWARDING)
        gate.sh("nft 'add table inet nat; add chain inet nat post { type nat hook postrouting priority 100; };"
                " add rule inet nat post masquerade'")
        gate.rule("out", "icmpv6 type nd-redirect drop")
        for family, address in (("-4", v4(self.net.gate)), ("-6", v6(self.net.gate))):
            node.sh(f"ip {family} route replace default via {address} table 100")
            for transport in ("udp", "tcp"):
                node.sh(f"ip {family} rule add ipproto {transport} dport 53 lookup 100")

    def take_turns(self, lab):
        """Behind one address stand two servers, of which one hosts nothing."""
        node = lab.nodes[self.net.shared]
        node.sh(FORWARDING)
        node.sh("nft 'add table inet nat; add chain inet nat pre { type nat hook prerouting priority -100; };"
                " add chain inet nat post { type nat hook postrouting priority 100; };"
                f" add rule inet nat pre meta l4proto {{ udp, tcp }} th dport 53 dnat ip to numgen random mod 2 map"
                f" {{ 0 : {v4('a-bind')}, 1 : {v4(self.net.stranger)} }}; add rule inet nat post masquerade'")

    def firewalls(self):
        no_tcp, no_udp = self.lot.chance(0.6), self.lot.chance(0.3)

        def put_up(lab):
            lab.nodes[self.net.narrow].rule("out", "udp sport 53 udp length > 520 drop")
            if no_tcp:
                lab.nodes[self.net.narrow].rule("in", "tcp dport 53 drop")
            with_opt = "udp dport 53 @th,144,16 != 0 drop"
            lab.nodes[self.net.strict].rule("in", "udp dport 53 drop" if no_udp else with_opt)
        return [put_up]

    # --- in the middle -------------------------------------------------------------------------
    def at(self, seconds, action):
        timer = threading.Timer(seconds, action, args=[])
        timer.daemon = True
        self.inject.append(lambda lab: (timer.args.append(lab), timer.start()))

    def hosted(self, node):
        """Members whose resolution needs that server, now and then."""
        return [m for m in self.tree.members
                if any(node in self.tree.needs(one.zone) for one in (m, m.target) if one)]

    def also(self, member, fault, *causes):
        """What fails while that happens may fail for it."""
        member.fault = member.fault or fault
        if member.cause == "none":
            member.cause, *causes = causes
        member.also_ok = (*member.also_ok, *causes)

    def outage(self):
        """A server falls silent for a while; resolvers may remember that to the end."""
        if self.lot.chance(0.4):
            return
        node, begin = self.lot.choice(self.net.servers), self.lot.uniform(2, DURATION / 2)
        for member in self.hosted(node):
            self.also(member, f"{node} was silent for a while.", "upstream.timeout")
        self.at(begin, lambda lab: lab.nodes[node].rule("in", SILENT))
        self.at(begin + self.lot.uniform(4, 15), lambda lab: lab.nodes[node].clear())

    def restart(self):
        """A resolver or a server ends, and begins anew a while later."""
        if self.lot.chance(0.5):
            return
        node, begin = self.lot.choice(self.net.servers + self.net.resolvers), self.lot.uniform(5, DURATION - 8)
        if node in self.net.servers:
            for member in self.hosted(node):
                self.also(member, f"{node} was restarted.", "upstream.unreachable", "upstream.timeout")
        else:
            self.restarted[node] = begin
        self.at(begin, lambda lab: lab.servers[node].stop())
        self.at(begin + self.lot.uniform(0.1, 3), lambda lab: lab.servers[node].restart())

    def loss(self):
        """Packets to or from a node get lost: the tap sees the former, the latter it does not."""
        for node in self.lot.some(self.net.servers + self.net.resolvers, 0, 2):
            percent = self.lot.randint(1, 3)
            if node in self.net.servers:
                for member in self.hosted(node):
                    self.also(member, f"Some packets of {node} get lost.", "upstream.timeout")
            else:
                self.lossy.append(node)
            self.inject.append(lambda lab, node=node, percent=percent: [
                lab.nodes[node].rule(way, f"meta l4proto {{ tcp, udp }} numgen random mod 100 < {percent} drop")
                for way in ("in", "out")])

    def swaps(self):
        for member in self.tree.members:
            if member.swap:
                self.at(self.lot.uniform(6, DURATION / 2), lambda lab, zone=member.zone: publish(lab, zone))


def publish(lab, zone):
    """The zone's server begins to serve its second version."""
    server = lab.servers[zone.servers[0]]
    server.publish(zone, zone.name + "next")
    server.reload()
