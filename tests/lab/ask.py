"""Questions a client asks, and how they are sent: every packet goes out from a port we know."""

import dataclasses
import itertools
import random
import socket
import struct
import subprocess
import time
import types
from unittest import mock

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rdatatype
import dns.tsig
import dns.update

from nodes import v4, v6

PORTS = itertools.count(20001)
FINE = {"NOERROR": "none", "NXDOMAIN": "none"}


@dataclasses.dataclass
class Ask:
    """One question (or n of them), and the cause each rcode then has; None is no answer."""

    client: str
    server: str
    name: str
    type: str = "A"
    expect: dict = None  # {rcode or None: slug}; rcodes not in it drop the label
    late: tuple = ()  # (seconds, {rcode: slug}): what answers mean that took that long
    also_ok: tuple = ()
    step: str = ""
    fault: str = ""  # default: the scenario's sentence
    cached: bool = False
    rd: bool = True
    cd: bool = False
    do: bool = False
    edns: int = 1232  # None: no OPT
    version: int = 0
    cookie: bytes = None
    options: tuple = ()
    tcp: bool = False
    tc_retry: bool = True  # over TCP after a truncated answer, as stub resolvers do
    v6: bool = False
    timeout: float = 1.0  # seconds waited after the last packet
    tries: int = 1
    gap: float = 1.0  # seconds between the tries
    n: int = 1
    pause: float = 0.0  # seconds before each
    make: object = None  # function(ask) -> Message or bytes, in place of an ordinary query
    command: str = ""  # a program run in the client's namespace, in place of a query of ours
    before: object = None  # function(lab) called first: a fault that begins here
    sent: list = dataclasses.field(default_factory=list)  # (sport, transport, start, end)

    def address(self, node):
        return v6(node) if self.v6 else v4(node)


def query(ask):
    message = dns.message.make_query(ask.name, ask.type, use_edns=False)
    message.flags = (dns.flags.RD if ask.rd else 0) | (dns.flags.CD if ask.cd else 0)
    options = list(ask.options)
    if ask.cookie is not None:
        options.append(dns.edns.GenericOption(10, ask.cookie))
    if ask.edns is not None:
        message.use_edns(ask.version, dns.flags.DO if ask.do else 0, ask.edns, options=options)
    return message


def opcode(number):
    def make(ask):
        message = query(ask)
        message.set_opcode(number)
        return message
    return make


def notify(ask):
    message = dns.message.make_query(ask.name, "SOA", use_edns=False)
    message.flags = dns.flags.AA
    message.set_opcode(dns.opcode.NOTIFY)
    return message


def ixfr(ask):
    message = dns.message.make_query(ask.name, "IXFR", use_edns=ask.edns is not None and 0 or False)
    message.flags = 0
    message.find_rrset(message.authority, dns.name.from_text(ask.name), 1, 6, create=True).add(
        dns.rdata.from_text("IN", "SOA", f"ns1.{ask.name} h.{ask.name} 2025010101 1 1 1 1"), 1)
    return message


def update(*changes, key=None):
    """An UPDATE of ask.name's zone; a change is (method of UpdateMessage, arguments ...)."""
    def make(ask):
        message = dns.update.UpdateMessage(ask.name)
        for method, *arguments in changes:
            getattr(message, method)(*arguments)
        message.use_edns(False)
        return signed(message, *key) if key else message
    return make


def signed(message, name, algorithm, secret, skew=0):
    message.use_tsig({dns.name.from_text(name): dns.tsig.Key(name, secret, algorithm)}, name)
    clock = types.SimpleNamespace(time=lambda: time.time() + skew)
    with mock.patch.object(dns.message, "time", clock):
        return message.to_wire()


def with_key(key, skew=0, make=query):
    return lambda ask: signed(make(ask), *key, skew=skew)


def raw(change):
    """A query whose bytes are then changed: change(bytearray) -> bytes."""
    return lambda ask: bytes(change(bytearray(query(ask).to_wire())))


def perform(ask, node):
    """Runs one Ask to its end, in the thread's own namespace (of node)."""
    for _ in range(ask.n):
        if ask.pause:
            time.sleep(ask.pause)
        start = time.time()
        if ask.command:
            subprocess.run(ask.command.format(server=ask.address(ask.server)), shell=True,
                           capture_output=True, timeout=60)
            ask.sent.append((None, None, start, time.time()))
            continue
        message = ask.make(ask) if ask.make else query(ask)
        wire = message if isinstance(message, bytes) else message.to_wire(max_size=65535)
        if wire[:2] == b"\0\0" or ask.make is None or not isinstance(message, bytes):
            wire = struct.pack("!H", random.getrandbits(16)) + wire[2:]
        answer = (over_tcp if ask.tcp else over_udp)(ask, node, wire, start)
        if answer and not ask.tcp and ask.tc_retry and len(answer) > 3 and answer[2] & 2:
            over_tcp(ask, node, wire, time.time())


def over_udp(ask, node, wire, start):
    family = socket.AF_INET6 if ask.v6 else socket.AF_INET
    port = next(PORTS)
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.bind((ask.address(node), port))
        answer = None
        for i in range(ask.tries):
            s.sendto(wire, (ask.address(ask.server), 53))
            answer = receive(s, ask.address(ask.server), wire,
                             ask.timeout if i == ask.tries - 1 else ask.gap)
            if answer:
                break
    ask.sent.append((port, "udp", start, time.time()))
    return answer


def receive(s, server, wire, seconds):
    end = time.time() + seconds
    while time.time() < end:
        s.settimeout(max(end - time.time(), 0.001))
        try:
            answer, source = s.recvfrom(65535)
        except socket.timeout:
            return None
        except OSError:  # ICMP unreachable: a stub resolver waits on
            time.sleep(min(0.2, max(end - time.time(), 0)))
            continue
        # As stub resolvers do: from another address it is no answer.
        if source[0] == server and (answer[:2] == wire[:2] or len(answer) < 2):
            return answer
    return None


def over_tcp(ask, node, wire, start):
    family = socket.AF_INET6 if ask.v6 else socket.AF_INET
    port = next(PORTS)
    answer = None
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((ask.address(node), port))
        s.settimeout(ask.timeout)
        try:
            s.connect((ask.address(ask.server), 53))
            s.sendall(struct.pack("!H", len(wire)) + wire)
            while True:
                size = s.recv(2, socket.MSG_WAITALL)
                if len(size) < 2:
                    break
                answer = s.recv(struct.unpack("!H", size)[0], socket.MSG_WAITALL)
                if ask.type != "AXFR" and ask.type != "IXFR":
                    break
                s.settimeout(0.2)
        except OSError:
            pass
    ask.sent.append((port, "tcp", start, time.time()))
    return answer
