"""The fault lab: brings up the network once, runs every scenario, writes captures and labels."""

import argparse
import collections
import dataclasses
import fnmatch
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import dns.message
import dns.query

import ask as asking
import compose
import labels
import net
import scenarios
import servers
import views
import wire
import zones
from nodes import NODES, TINY, addresses, v4, v6

NOISE = "not arp and not (ip6 and ip6[6] == 0) and not (icmp6 and ip6[40] >= 130 and ip6[40] <= 143)"


class Lab:
    def __init__(self, out, pcaps, table):
        self.out, self.pcaps, self.table = out, pcaps, table
        self.zones = table.ZONES
        self.nodes, self.servers, self.children = {}, {}, []
        self.anchor = os.path.join(pcaps, "root.key")
        self.hints = os.path.join(out, "root.hints")
        self.odd_files = []

    # --- up and down -----------------------------------------------------------------------------
    def up(self):
        shutil.rmtree(os.path.join(self.out, "run"), ignore_errors=True)
        os.makedirs(os.path.join(self.out, "run"), exist_ok=True)
        os.makedirs(self.pcaps, exist_ok=True)
        self.anchors()
        self.builder = zones.Builder(self.zones, self.out)
        self.builder.build()
        net.switch_up()
        for name in [*NODES, "tiny"]:
            self.nodes[name] = net.Node(name, addresses(name))
            self.nodes[name].up()
        self.nodes["dead"].rule("in", "meta l4proto { tcp, udp } drop")
        self.router("blackhole")
        self.capture_on()
        for name, (_, software) in NODES.items():
            if software:
                self.servers[name] = servers.classes()[software](
                    self, name, self.table.OPTIONS.get(name, {}))
                self.servers[name].start()
        self.tiny_on()
        for server in self.servers.values():
            server.ready()

    def anchors(self):
        key = next(zones.key_lines(os.path.join(HERE, "keys", f))[0]
                   for f in sorted(os.listdir(os.path.join(HERE, "keys")))
                   if f.endswith(".key") and zones.is_sep(os.path.join(HERE, "keys", f)))
        self.anchor_text = key.replace(" 300 ", " 3600 ")
        own = f"{self.anchor}.{os.getpid()}"  # other runs may read it
        with open(own, "w") as out:
            out.write(self.anchor_text + "\n")
        os.replace(own, self.anchor)
        ds = net.sh(f"dnssec-dsfromkey -2 -f {self.anchor} .")
        self.anchor_ds = ds.split(" DS ", 1)[1].strip()
        with open(self.hints, "w") as out:
            out.write(". 3600 IN NS a.root-servers.net.\n. 3600 IN NS b.root-servers.net.\n" +
                      "\n".join(zones.root_glue()).replace(" 300 ", " 3600 ") + "\n")

    def router(self, kind):
        """What happens to addresses outside the lab: "blackhole" or "unreachable"."""
        node = self.nodes["router"]
        node.sh("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
                " net.ipv4.conf.all.send_redirects=0 net.ipv4.icmp_ratelimit=0"
                " net.ipv4.conf.eth0.send_redirects=0")
        node.sh(f"ip route replace {kind} default; ip -6 route replace {kind} default")

    def capture_on(self):
        self.raw = os.path.join(self.out, "all.pcap")
        dump = net.in_namespace(net.SWITCH, lambda: subprocess.Popen(
            ["tcpdump", "-Z", "root", "-i", "br0", "-s", "0", "-U", "-n", "-B", "16384",
             "--immediate-mode", "--time-stamp-precision=nano", "-w", self.raw, NOISE],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
        dump.stderr.readline()  # "listening on ..."
        self.children.append(dump)
        time.sleep(0.3)
        self.reader = wire.Reader(self.raw)

    def tiny_on(self):
        table = [f"{t}={a}" for t in TINY for a in (v4("tiny." + t), v6("tiny." + t))
                 if t in self.table.tiny_behaviours()]
        log = open(os.path.join(self.out, "run", "tiny.log"), "a")
        child = self.nodes["tiny"].popen(
            ["/usr/bin/python3", "-B", os.path.join(HERE, "tiny.py"), *table],
            stdout=subprocess.PIPE, stderr=log, text=True)
        child.stdout.readline()
        self.children.append(child)

    def down(self):
        for server in self.servers.values():
            server.stop()
        for child in self.children:
            child.kill()
            child.wait()
        net.down()

    # --- one scenario ----------------------------------------------------------------------------
    def run(self, scenario):
        asks = [a for group in scenario.asks for a in (group if isinstance(group, list) else [group])]
        asks = [dataclasses.replace(a, expect=scenario.expectation(a), sent=[]) for a in asks]
        plan, at = [], 0
        for group in scenario.asks:
            size = len(group) if isinstance(group, list) else 1
            plan.append(asks[at:at + size])
            at += size
        involved = {a.server for a in asks} | set(scenario.keep)
        if scenario.flush:
            for name in sorted(involved):
                if name in self.servers and name.startswith(("r", "f")):
                    self.servers[name].flush()
        for before in scenario.pre:
            self.together([dataclasses.replace(before, sent=[])])
        try:
            if scenario.pre or scenario.flush:
                time.sleep(0.15)
            for inject in scenario.inject:
                inject(self)
            self.reader.read()
            for group in plan:
                self.together(group)
            time.sleep(scenario.settle)
        finally:
            for node in self.nodes.values():
                if node.name in scenario.touched:
                    node.clear()
                    if node.name == "dead":
                        node.rule("in", "meta l4proto { tcp, udp } drop")
            for undo in scenario.undo:
                undo(self)
        packets = self.reader.read()
        return self.save(scenario, asks, packets, involved)

    def wait_serial(self, server, zone, version, seconds=5):
        """Waits until a server answers with the version of a zone it was told to serve."""
        wanted = "2026010199" if version else "2026010101"
        query = dns.message.make_query(zone, "SOA")
        end = time.time() + seconds
        while time.time() < end:
            answer = self.nodes["router"].run(lambda: dns.query.udp(query, v4(server), timeout=1))
            if wanted in answer.to_text():
                return
            time.sleep(0.05)
        raise RuntimeError(f"{server} does not serve version {version!r} of {zone}")

    def together(self, group):
        threads = []
        for one in group:
            if one.before:
                one.before(self)
            node = self.nodes[one.client]
            threads.append(threading.Thread(target=node.run, args=(asking.perform, one, one.client)))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def save(self, scenario, asks, packets, involved):
        mine = {a for name in involved | {x.client for x in asks}
                for a in ([v4(name), v6(name)] if name.startswith("tiny.") else addresses(name))}
        others = {a for name in self.servers if name not in involved for a in addresses(name)}
        packets = [p for p in packets if (p.src in mine or p.dst in mine) and views.asker_of(p) not in others]
        warnings = []
        lines = labels.make(scenario, asks, packets, warnings.append)
        if scenario.view != "both":
            lines, (packets,) = views.apply(scenario.view, lines, packets)
            lines = [{**x, "view": scenario.view} for x in lines]
        folder = os.path.join(self.pcaps, scenario.slug)
        os.makedirs(folder, exist_ok=True)
        stem = os.path.join(folder, scenario.case)
        if not [x for x in lines if x["cause"] != "none"] and "." in scenario.slug:
            warnings.append("nothing failed: no case written")
            for end in (".pcap", ".labels.jsonl"):
                if os.path.exists(stem + end):
                    os.remove(stem + end)
            return lines, 0, warnings
        views.write(stem + ".pcap", packets)
        labels.write(stem + ".labels.jsonl", lines)
        return lines, os.path.getsize(stem + ".pcap"), warnings


def main():
    options = argparse.ArgumentParser(description="the fault lab")
    options.add_argument("--out", default=os.path.join(HERE, "out", "cases"))
    options.add_argument("--only", action="append", help="slug/case pattern, repeatable")
    options.add_argument("--stored", action="store_true", help="only what is kept in pcaps/")
    options.add_argument("--list", action="store_true")
    options.add_argument("--seed", type=int, help="in place of the table, a network drawn by lot (compose.py)")
    options.add_argument("--keep", action="store_true", help="leave the network up until Enter")
    options = options.parse_args()
    table = compose.table(options.seed) if options.seed is not None else scenarios
    wanted = [s for s in table.SCENARIOS if not options.only or any(
        fnmatch.fnmatch(f"{s.slug}/{s.case}", pattern) for pattern in options.only)]
    wanted = [s for s in wanted if s.stored or not options.stored]
    if options.list:
        for s in wanted:
            print(f"{s.slug}/{s.case}: {s.fault}")
        return 0
    out = os.path.join(HERE, "out")
    if options.seed is not None:
        out = os.path.join(out, f"seed-{options.seed}")
        net.stand_apart(options.seed)
    lab = Lab(out, os.path.abspath(options.out), table)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    total = collections.Counter()
    start = time.time()
    try:
        lab.up()
        print(f"up after {time.time() - start:.1f} s, {len(wanted)} scenarios", flush=True)
        for scenario in wanted:
            begin = time.time()
            try:
                lines, size, warnings = lab.run(scenario)
            except Exception as error:
                print(f"{scenario.slug}/{scenario.case}: FAILED: {error!r}", flush=True)
                continue
            failures = sum(x["cause"] != "none" and not x["retransmit"] for x in lines)
            total["failures"] += failures
            total["healthy"] += len(lines) - failures
            total["bytes"] += size
            print(f"{scenario.slug}/{scenario.case}: {failures} failures, {len(lines) - failures}"
                  f" healthy, {size} bytes, {time.time() - begin:.1f} s", flush=True)
            for text in warnings:
                print("    " + text, flush=True)
        if options.keep:
            input("network is up; Enter ends it")
    finally:
        lab.down()
    print(f"{dict(total)} in {time.time() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
