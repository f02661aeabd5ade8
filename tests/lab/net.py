"""Network namespaces on one switch, and firewall helpers. All names begin with PREFIX."""

import ctypes
import fcntl
import os
import queue
import socket
import struct
import subprocess
import threading

from nodes import v4, v6

PREFIX = "rcl-"
SWITCH = PREFIX + "switch"
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
OFFLOADS_OFF = (0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C)  # rx/tx checksum, sg, tso, gso, gro


def sh(command, check=True):
    """Runs a shell command; its output is shown only when it fails."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"{command}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def offloads_off(device):
    """Lets the kernel write real checksums and real segments, as a mirror port would show them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in OFFLOADS_OFF:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP", device.encode(), ctypes.addressof(value))
            try:
                fcntl.ioctl(control, SIOCETHTOOL, request)
            except OSError:
                pass


def stand_apart(word):
    """Lets this run have namespaces of its own, beside another run's."""
    global PREFIX, SWITCH
    PREFIX = f"rcl{word}-"
    SWITCH = PREFIX + "switch"


class Node:
    """One namespace with one or more addresses on the switch."""

    def __init__(self, name, addresses):
        self.name = name
        self.netns = PREFIX + name
        self.v4 = [a for a in addresses if ":" not in a]
        self.v6 = [a for a in addresses if ":" in a]

    def up(self):
        sh(f"ip netns add {self.netns}")
        sh(f"ip -n {SWITCH} link add {self.name} type veth peer name eth0 netns {self.netns}")
        sh(f"ip -n {SWITCH} link set {self.name} addrgenmode none")
        sh(f"ip -n {SWITCH} link set {self.name} master br0 up")
        self.run(self._inside)
        in_namespace(SWITCH, offloads_off, self.name)

    def _inside(self):
        for key, value in (("accept_dad", 0), ("router_solicitations", 0), ("accept_ra", 0)):
            for device in ("default", "eth0"):
                with open(f"/proc/sys/net/ipv6/conf/{device}/{key}", "w") as knob:
                    knob.write(str(value))
        offloads_off("eth0")
        batch = ["link set lo up", "link set eth0 addrgenmode none", "link set eth0 up"]
        batch += [f"addr add {a}/16 dev eth0" for a in self.v4]
        batch += [f"addr add {a}/32 dev eth0 nodad" for a in self.v6]
        batch += ["route add default via " + v4("router")] if self.name != "router" else []
        batch += ["-6 route add default via " + v6("router")] if self.name != "router" else []
        for line in batch:
            sh("ip " + line)
        sh("nft 'add table inet lab; add chain inet lab in { type filter hook input priority 0; };"
           " add chain inet lab out { type filter hook output priority 0; }'")

    def run(self, function, *arguments):
        return in_namespace(self.netns, function, *arguments)

    def popen(self, argv, **options):
        return self.run(lambda: subprocess.Popen(argv, **options))

    def sh(self, command, check=True):
        return self.run(sh, command, check)

    def rule(self, chain, rule):
        self.sh(f"nft add rule inet lab {chain} '{rule}'")

    def clear(self):
        self.sh("nft flush table inet lab; tc qdisc del dev eth0 root 2>/dev/null", check=False)


def in_namespace(netns, function, *arguments):
    """Calls function in a thread of that namespace and returns what it returns."""
    answer = queue.Queue()

    def body():
        try:
            with open(f"/run/netns/{netns}") as handle:
                if LIBC.setns(handle.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), f"setns {netns}")
            answer.put((True, function(*arguments)))
        except BaseException as error:  # handed to the caller
            answer.put((False, error))

    threading.Thread(target=body, daemon=True).start()
    good, value = answer.get()
    if not good:
        raise value
    return value


def switch_up():
    down()
    sh(f"ip netns add {SWITCH}")
    sh(f"ip -n {SWITCH} link add br0 type bridge mcast_snooping 0 stp_state 0")
    sh(f"ip -n {SWITCH} link set br0 addrgenmode none up")


def down():
    """Removes every namespace of the lab, also those an earlier run left behind."""
    for name in sorted(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else []:
        if name.startswith(PREFIX):
            for pid in sh(f"ip netns pids {name}", check=False).split():
                try:
                    os.kill(int(pid), 9)
                except ProcessLookupError:
                    pass
            sh(f"ip netns del {name}", check=False)
