"""Starts the servers: one class per software, each writes its configuration and flushes itself."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

from net import sh
from nodes import EGRESS, NODES, PACKAGES, second_root, v4, v6

XFER_KEY = "xfer.key.", "hmac-sha256", "c2VjcmV0LW9mLXRoZS1sYWItMDAwMDAwMDAwMDAwMDE="


class Server:
    def __init__(self, lab, name, options):
        self.lab, self.name, self.options = lab, name, options
        self.node = lab.nodes[name]
        self.dir = os.path.join(lab.out, "run", name)
        self.process = None
        self.v4, self.v6 = v4(name), v6(name)
        self.conf = os.path.join(self.dir, "conf")
        self.zones = [z for z in lab.zones if name in z.servers]
        os.makedirs(self.dir, exist_ok=True)

    def start(self):
        for name, text in self.options.get("files", {}).items():
            with open(os.path.join(self.dir, name), "w") as out:
                out.write(text)
        with open(self.conf, "w") as out:
            out.write(self.configuration())
        log = open(os.path.join(self.dir, "log"), "a")
        self.process = self.node.popen(self.argv(), stdout=log, stderr=log, cwd=self.dir,
                                       stdin=subprocess.DEVNULL)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def restart(self):
        self.stop()
        self.start()
        self.ready()

    flush = restart

    def ready(self, seconds=10):
        """Waits until TCP port 53 accepts."""
        end = time.time() + seconds
        while time.time() < end:
            if self.process.poll() is not None:
                break
            try:
                self.node.run(lambda: socket.create_connection((self.v4, 53), 0.5).close())
                return
            except OSError:
                time.sleep(0.05)
        log = open(os.path.join(self.dir, "log")).read()[-1500:]
        raise RuntimeError(f"{self.name}: the server did not start: {log}")

    def zone_path(self, zone):
        path = self.lab.builder.path(zone.name)
        if not zone.rolls:
            return path
        own = os.path.join(self.dir, zone.name + "zone")
        if not os.path.exists(own):
            self.publish(zone, zone.name + "next" if self.name in zone.rolled_at else zone.name)
        return own

    def publish(self, zone, version):
        """Makes a version of a zone that rolls the one this server serves (after reload)."""
        shutil.copyfile(self.lab.builder.path(version), os.path.join(self.dir, zone.name + "zone"))

    def reload(self):
        os.kill(self.process.pid, signal.SIGHUP)

    def egress(self):
        """The addresses it asks from, of IPv4 and of IPv6."""
        return EGRESS.get(self.name, (self.v4, self.v6))

    def extra(self, key="extra"):
        return self.options.get(key, "")


class Bind(Server):
    def argv(self):
        return ["named", "-g", "-n", "1", "-c", self.conf]

    def configuration(self):
        recursive = not self.zones and self.name.startswith(("r", "f"))
        egress = self.egress()
        common = (f'directory "{self.dir}"; pid-file "{self.dir}/pid"; session-keyfile none;'
                  f" listen-on {{ {self.v4}; }}; listen-on-v6 {{ {self.v6}; }};"
                  f" query-source address {egress[0]};"
                  f" query-source-v6 address {egress[1]}; notify no; {self.extra()}")
        anchor = self.lab.anchor_text.split(None, 4)
        text = [f'key "rndc" {{ algorithm hmac-sha256; secret "{XFER_KEY[2]}"; }};',
                f'key "xfer.key" {{ algorithm hmac-sha256; secret "{XFER_KEY[2]}"; }};',
                f'controls {{ inet 127.0.0.1 port 953 allow {{ any; }} keys {{ rndc; }}; }};']
        if recursive:
            flags, proto, alg, *key = anchor[4].split()
            text += [f"options {{ {common} recursion yes; dnssec-validation yes;"
                     f" empty-zones-enable no; {self.forwarders()} }};",
                     f'trust-anchors {{ . static-key {flags} {proto} {alg} "{"".join(key)}"; }};',
                     f'zone "." {{ type hint; file "{self.hints()}"; }};']
        else:
            text += [f"options {{ {common} recursion no; dnssec-validation no; }};"]
            text += [f'zone "{z.name}" {{ {self.source(z)}'
                     f" {self.options.get('zone', {}).get(z.name, '')} }};" for z in self.zones]
        text.append(self.extra("tail"))
        return "\n".join(text) + "\n"

    def hints(self):
        own = self.options.get("hints")
        if own is None:
            return self.lab.hints
        path = os.path.join(self.dir, "hints")
        with open(path, "w") as out:
            out.write(own)
        return path

    def forwarders(self):
        targets = " ".join(v4(t) + ";" for t in self.options.get("targets", ()))
        return f"forward only; forwarders {{ {targets} }};" if targets else ""

    def source(self, zone):
        if zone.primary:
            return f"type secondary; primaries {{ {v4(zone.primary)}; }};"
        return f'type primary; file "{self.zone_path(zone)}";'

    def flush(self):
        key = os.path.join(self.dir, "rndc.key")
        with open(key, "w") as out:
            out.write(f'key "rndc" {{ algorithm hmac-sha256; secret "{XFER_KEY[2]}"; }};\n')
        self.node.sh(f"rndc -s 127.0.0.1 -k {key} flush")


class Nsd(Server):
    def argv(self):
        return ["nsd", "-d", "-c", self.conf]

    def configuration(self):
        zones = self.zones
        lines = ["server:", f"  ip-address: {self.v4}", f"  ip-address: {self.v6}",
                 "  username: root", f'  zonesdir: "{self.dir}"', f'  pidfile: "{self.dir}/pid"',
                 f'  database: ""', f'  xfrdfile: "{self.dir}/xfrd"', "  server-count: 1",
                 f'  zonelistfile: "{self.dir}/zones"', f'  xfrdir: "{self.dir}"',
                 "  hide-version: yes", "  rrl-ratelimit: 0", self.extra(),
                 "remote-control:", "  control-enable: no"]
        if self.name == "root":
            lines.insert(2, "  ip-address: " + second_root())
            lines += ["zone:", '  name: "."', f'  zonefile: "{self.lab.builder.path(".")}"']
        for z in zones:
            source = f"  request-xfr: AXFR {v4(z.primary)} NOKEY" if z.primary else \
                f'  zonefile: "{self.zone_path(z)}"'
            lines += ["zone:", f'  name: "{z.name}"', source,
                      self.options.get("zone", {}).get(z.name, "")]
        return "\n".join(lines) + "\n"


class Knot(Server):
    def argv(self):
        return ["knotd", "-c", self.conf]

    def configuration(self):
        lines = ["server:", f'    rundir: "{self.dir}"', "    user: root:root", "    udp-workers: 1",
                 "    tcp-workers: 2", "    background-workers: 1",
                 f'    listen: [ "{self.v4}@53", "{self.v6}@53" ]', "database:",
                 f'    storage: "{self.dir}"', "log:", "  - target: stderr", "    any: info",
                 "key:", "  - id: xfer.key.", "    algorithm: hmac-sha256",
                 f"    secret: {XFER_KEY[2]}", *self.remotes(), self.extra(), "template:", "  - id: default",
                 "    zonefile-load: whole", "    zonefile-sync: -1", "    semantic-checks: off",
                 "    journal-content: none", "zone:"]
        for z in self.zones:
            lines += [f"  - domain: {z.name}",
                      f"    master: {z.primary}" if z.primary else f'    file: "{self.zone_path(z)}"']
            lines += [self.options["zone"][z.name]] if z.name in self.options.get("zone", {}) else []
        return "\n".join(lines) + "\n"


    def remotes(self):
        nodes = sorted({z.primary for z in self.zones if z.primary})
        return ["remote:"] * bool(nodes) + [x for n in nodes for x in
                                            (f"  - id: {n}", f"    address: {v4(n)}@53")]


class Pdns(Server):
    def argv(self):
        return ["pdns_server", f"--config-dir={self.dir}", "--config-name="]

    def configuration(self):
        named = os.path.join(self.dir, "named.conf")
        with open(named, "w") as out:
            out.write(f'options {{ directory "{self.dir}"; }};\n')
            for z in self.zones:
                out.write(f'zone "{z.name.rstrip(".")}" {{ type native; file "{self.zone_path(z)}";'
                          " };\n")
        self.conf = os.path.join(self.dir, "pdns.conf")
        return "\n".join(["launch=bind", f"bind-config={named}", f"local-address={self.v4}, "
                          f"{self.v6}", "local-port=53", f"socket-dir={self.dir}", "daemon=no",
                          "guardian=no", "disable-axfr=yes", "security-poll-suffix=", "cache-ttl=0",
                          "negquery-cache-ttl=0", "query-cache-ttl=0", self.extra()]) + "\n"

    def start(self):
        self.conf = os.path.join(self.dir, "pdns.conf")
        super().start()


class Unbound(Server):
    def argv(self):
        return ["unbound", "-d", "-c", self.conf]

    def configuration(self):
        anchor = os.path.join(self.dir, "bad.key") if self.options.get("anchor") else self.lab.anchor
        forward = self.options.get("forward", "")
        return "\n".join([
            "server:", '  chroot: ""', '  username: ""', f'  directory: "{self.dir}"',
            f'  pidfile: "{self.dir}/pid"', "  use-syslog: no", f"  interface: {self.v4}",
            f"  interface: {self.v6}", f"  outgoing-interface: {self.egress()[0]}",
            f"  outgoing-interface: {self.egress()[1]}" if self.options.get("v6", True) else "",
            "  num-threads: 1", "  do-daemonize: no",
            "  access-control: 0.0.0.0/0 allow" if not self.options.get("acl") else
            self.options["acl"],
            "  access-control: ::/0 allow", f'  root-hints: "{self.lab.hints}"',
            f'  trust-anchor-file: "{anchor}"', f"  ede: {self.options.get('ede', 'yes')}", "  trust-anchor-signaling: no",
            f'  module-config: "{self.options.get("modules", "respip validator iterator")}"', self.extra(),
            "remote-control:",
            "  control-enable: yes", f"  control-interface: {self.dir}/ctl", forward]) + "\n"

    def flush(self):
        self.node.sh(f"unbound-control -c {self.conf} reload")
        self.ready()


class Kresd(Server):
    def argv(self):
        return ["kresd", "-n", "-c", self.conf, self.dir]

    def configuration(self):
        sh(f"rm -rf {self.dir}/*.mdb {self.dir}/control")
        roots = f"'{v4('root')}', '{v6('root')}'"
        return "\n".join([
            f"net.listen('{self.v4}', 53)", f"net.listen('{self.v6}', 53)",
            f"net.outgoing_v4('{self.egress()[0]}')", f"net.outgoing_v6('{self.egress()[1]}')",
            "trust_anchors.remove('.')", f"trust_anchors.add_file('{self.lab.anchor}', true)",
            "modules.unload('ta_update')", "modules.unload('ta_signal_query')",
            "modules.unload('detect_time_skew')", "modules.unload('detect_time_jump')",
            "cache.size = 16*MB", "modules = { 'hints > iterate', 'view', 'policy' }",
            f"hints.root({{ ['a.root-servers.net.'] = {{ {roots} }},"
            f" ['b.root-servers.net.'] = {{ '{second_root()}' }} }})", self.extra()]) + "\n"

    def control(self, command):
        folder = os.path.join(self.dir, "control")
        path = os.path.join(folder, str(self.process.pid))
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.settimeout(5)
            control.connect(path)
            control.sendall(command.encode() + b"\n")
            time.sleep(0.05)
            return control.recv(4096)

    def flush(self):
        self.control("cache.clear()")


class PdnsRecursor(Server):
    def argv(self):
        return ["pdns_recursor", f"--config-dir={self.dir}"]

    def start(self):
        self.conf = os.path.join(self.dir, "recursor.conf")
        super().start()

    def configuration(self):
        rr = self.lab.anchor_ds
        lua = os.path.join(self.dir, "conf.lua")
        with open(lua, "w") as out:
            out.write(f"clearTA('.')\naddTA('.', \"{rr}\")\n{self.extra('lua')}\n")
        return "\n".join([
            f"local-address={self.v4}, {self.v6}", "query-local-address=" + ", ".join(self.egress()),
            f"hint-file={self.lab.hints}", "dnssec=validate", f"lua-config-file={lua}",
            "allow-from=" + self.options.get("allow", "0.0.0.0/0, ::/0"), "security-poll-suffix=",
            "dont-query=127.0.0.0/8, 169.254.0.0/16, 192.168.0.0/16, 172.16.0.0/12, ::1/128,"
            " fe80::/10, 0.0.0.0/8, 192.0.0.0/24, 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24,"
            " 240.0.0.0/4", f"socket-dir={self.dir}", "threads=1", "daemon=no", "quiet=yes",
            "disable-syslog=yes",
            f"extended-resolution-errors={self.options.get('ede', 'yes')}", "config-dir=" + self.dir,
            self.extra()]) + "\n"


class Dnsmasq(Server):
    def argv(self):
        return ["dnsmasq", "-k", "-C", self.conf]

    def configuration(self):
        return "\n".join([
            "no-resolv", "no-hosts", "bind-interfaces", f"listen-address={self.v4}", "user=root",
            f"listen-address={self.v6}", f"pid-file={self.dir}/pid", "edns-packet-max=1232",
            *[f"server={v4(t)}" for t in self.options["targets"]], self.validation(),
            self.extra()]) + "\n"

    def validation(self):
        if not self.options.get("validate"):
            return ""
        return "dnssec\ntrust-anchor=.," + ",".join(self.lab.anchor_ds.split(None, 3))


CLASSES = {"bind": Bind, "nsd": Nsd, "knot": Knot, "pdns": Pdns, "unbound": Unbound,
           "kresd": Kresd, "pdns-recursor": PdnsRecursor, "dnsmasq": Dnsmasq}


def classes():
    """The class of each software."""
    import servers_more  # which needs Server of this module
    return {**CLASSES, **servers_more.CLASSES}


def software(name):
    """Brand and version of a node's server, "BIND 9.18.49"."""
    if name.startswith("tiny."):
        return "tests/lab/tiny.py"
    kind = NODES[name][1]
    if kind is None:
        return ""
    brand, package = PACKAGES[kind]
    root = os.environ.get("LAB_ROOT")  # as of suite.sh
    version = root and sh(f"dpkg-query --root={root} -W -f '${{Version}} ' {package} {package}6", check=False)
    version = version or sh("dpkg-query -W -f '${Version}' " + package, check=False)
    found = re.match(r"(?:\d+:)?(\d+(?:\.\d+)+)", version)
    return f"{brand} {found.group(1)}" if found else brand
