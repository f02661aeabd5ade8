"""More software beside that of servers.py: djbdns, dnsdist, YADIFA, gdnsd."""

import os
import time

from net import sh
from nodes import v4
from servers import Server


class Quiet(Server):
    """One that listens on UDP only."""

    def ready(self, seconds=1):
        time.sleep(seconds)
        if self.process.poll() is not None:
            log = open(os.path.join(self.dir, "log")).read()[-1500:]
            raise RuntimeError(f"{self.name}: the server did not start: {log}")


class Dnscache(Server):
    """djbdns: no EDNS, no DNSSEC, IPv4 only; it gives up after a minute of silence."""

    def argv(self):
        return ["sh", "-c", f"exec env ROOT={self.dir} IP={self.v4} IPSEND={self.v4} CACHESIZE=1000000"
                f" DATALIMIT=30000000 UID=0 GID=0 dnscache < {self.dir}/seed"]

    def configuration(self):
        with open(os.path.join(self.dir, "seed"), "wb") as out:
            out.write(os.urandom(128))
        for folder, names in (("ip", ("10",)), ("servers", ("@",))):
            os.makedirs(os.path.join(self.dir, folder), exist_ok=True)
            for name in names:
                with open(os.path.join(self.dir, folder, name), "w") as out:
                    if folder == "servers":
                        targets = self.options.get("targets", ["root"])
                        out.write("".join(v4(t) + "\n" for t in targets))
        return ""


class Tinydns(Quiet):
    """djbdns: UDP only, silent about zones it does not host."""

    def argv(self):
        return ["sh", "-c", f"exec env ROOT={self.dir} IP={self.v4} UID=0 GID=0 tinydns"]

    def configuration(self):
        lines = []
        for z in self.zones:
            name = z.name.rstrip(".")
            for i, (ns, _) in enumerate(z.delegation()):
                lines.append(f".{name}:{self.v4}:{ns.rstrip('.')}:300")
            for label in ("", "www.", "mail.", "api."):
                lines.append(f"+{label}{name}:198.51.100.80:300")
            lines.append(f"@{name}::mail.{name}:10:300")
        with open(os.path.join(self.dir, "data"), "w") as out:
            out.write("\n".join(lines) + "\n")
        sh(f"cd {self.dir} && tinydns-data")
        return ""


class Dnsdist(Server):
    def argv(self):
        return ["dnsdist", "--supervised", "--disable-syslog", "-C", self.conf]

    def configuration(self):
        return "\n".join([
            f"setLocal('{self.v4}:53')", f"addLocal('[{self.v6}]:53')",
            "setACL({'0.0.0.0/0', '::/0'})", "setSecurityPollSuffix('')",
            *[f"newServer({{address='{v4(t)}:53', name='{t}'{self.extra('server')}}})"
              for t in self.options["targets"]], self.extra()]) + "\n"


class Yadifa(Server):
    def argv(self):
        return ["yadifad", "-c", self.conf, "--nodaemon"]

    def configuration(self):
        lines = ["<main>", f"  listen {self.v4}, {self.v6}", f"  datapath {self.dir}",
                 f"  logpath {self.dir}", f"  keyspath {self.dir}", f"  xfrpath {self.dir}",
                 f"  pidfile {self.dir}/pid", "  daemon off", "  uid 0", "  gid 0", "  allow-query any",
                 "  allow-transfer none", self.extra(), "</main>"]
        for z in self.zones:
            lines += ["<zone>", f"  domain {z.name}", f"  file {self.zone_path(z)}", "  type master",
                      "  maintain-dnssec off", self.options.get("zone", {}).get(z.name, ""), "</zone>"]
        return "\n".join(lines) + "\n"


class Gdnsd(Server):
    def argv(self):
        return ["gdnsd", "-c", self.dir, "-x", "-i", "start"]

    def configuration(self):
        os.makedirs(os.path.join(self.dir, "zones"), exist_ok=True)
        os.makedirs(os.path.join(self.dir, "state"), exist_ok=True)
        for z in self.zones:
            with open(self.zone_path(z)) as text, open(
                    os.path.join(self.dir, "zones", z.name.rstrip(".")), "w") as out:
                out.write("".join(x for x in text if not any(
                    k in x for k in (" RRSIG ", " NSEC ", " DNSKEY ", " NSEC3", " CDS", " CDNSKEY"))))
        with open(os.path.join(self.dir, "config"), "w") as out:
            out.write(f"options => {{ listen => [ {self.v4}, [{self.v6}]:53 ], run_dir => {self.dir}/run,"
                      f" state_dir => {self.dir}/state, {self.extra()} }}\n".replace(
                          f"[{self.v6}]:53", f'"[{self.v6}]:53"'))
        return ""


CLASSES = {"dnscache": Dnscache, "tinydns": Tinydns, "dnsdist": Dnsdist, "yadifa": Yadifa,
           "gdnsd": Gdnsd}
