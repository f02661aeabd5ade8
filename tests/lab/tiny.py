"""Odd servers, where no real server shows the behaviour: one function per behaviour, one address each.

Run inside the node "tiny" with the address table as arguments: behaviour=address ..."""

import socket
import struct
import sys
import threading
import time

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from nodes import v4

FLOOD = {}


def reply(query, rcode=0, aa=True, edns=True):
    answer = dns.message.make_response(query, recursion_available=False)
    if aa:
        answer.flags |= dns.flags.AA
    if not edns:
        answer.use_edns(False)
    answer.set_rcode(rcode)
    return answer


def add(answer, section, name, kind, *values, ttl=300):
    section.append(dns.rrset.from_text(name, ttl, "IN", kind, *values))
    return answer


def good(query, **options):
    """What a healthy server of any zone would say."""
    answer = reply(query, **options)
    q = query.question[0]
    zone = ".".join(q.name.to_text().split(".")[-3:])
    kind = dns.rdatatype.to_text(q.rdtype)
    if kind == "A":
        add(answer, answer.answer, q.name, "A", "198.51.100.80")
    elif kind == "AAAA":
        add(answer, answer.answer, q.name, "AAAA", "2001:db8:80::80")
    elif kind == "NS" and q.name.to_text() == zone:
        add(answer, answer.answer, q.name, "NS", "ns1." + zone)
    else:
        soa(answer, zone)
    return answer


def soa(answer, zone):
    return add(answer, answer.authority, zone, "SOA",
               f"ns1.{zone} hostmaster.{zone} 1 7200 3600 1209600 60")


def upward(query, _):
    answer = reply(query, aa=False)
    return add(answer, answer.authority, ".", "NS", "a.root-servers.net.", "b.root-servers.net.")


def empty(query, _):
    return reply(query, aa=False)


def selfref(query, _):
    answer = reply(query, aa=False)
    zone = ".".join(query.question[0].name.to_text().split(".")[-3:])
    return add(answer, answer.authority, zone, "NS", "ns1." + zone)


def only(code, **options):
    return lambda query, _: reply(query, code, aa=False, **options)


def refuse_type(code, *kinds):
    def answer(query, _):
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        return reply(query, code, aa=False) if kind in kinds else good(query)
    return answer


def refuse_opcode(code, *opcodes):
    def answer(query, _):
        if dns.opcode.to_text(query.opcode()) in opcodes:
            return reply(query, code, aa=False)
        return good(query)
    return answer


def noedns(query, _):
    if query.edns >= 0:
        bare = reply(query, dns.rcode.FORMERR, aa=False, edns=False)
        return bare
    return good(query, edns=False)


def formerr_cookie(query, _):
    """Chokes on options (a firewall or an old server), not on OPT itself."""
    if query.options:
        return reply(query, dns.rcode.FORMERR, aa=False)
    return good(query)


def dropedns(query, _):
    return None if query.edns >= 0 else good(query, edns=False)


def with_opt(code, **options):
    """Fails in that way when there is an OPT, and answers without one."""
    return lambda query, _: (reply(query, code, aa=False, **options) if query.edns >= 0
                             else good(query, edns=False))


def has_option(query, code):
    return any(option.otype == code for option in query.options)


def cookie_drop(query, _):
    return None if has_option(query, 10) else good(query)


def option_formerr(code):
    return lambda query, _: (reply(query, dns.rcode.FORMERR, aa=False) if has_option(query, code)
                             else good(query))


def do_drop(query, _):
    """A firewall that takes the DO flag for damage."""
    return None if query.edns >= 0 and query.ednsflags & dns.flags.DO else good(query)


def badvers_formerr(query, _):
    return reply(query, dns.rcode.FORMERR, edns=False) if query.edns > 0 else good(query)


def wrong_id(query, _):
    answer = good(query)
    answer.id = (query.id + 1) & 0xFFFF
    return answer


def wrong_question(query, _):
    answer = reply(query)
    answer.question = [dns.rrset.from_text("other.invalid.", 0, "IN", "A")]
    answer.question[0].clear()
    return answer


def truncate(query, over):
    answer = good(query)
    if over == "udp":
        answer.flags |= dns.flags.TC
        answer.answer, answer.authority = [], []
    return answer


def truncate_and_fall_silent(query, over):
    """TCP connections come about, and what is asked over them is not answered."""
    return truncate(query, over) if over == "udp" else None


def ede(code, rcode, text=""):
    def answer(query, _):
        a = reply(query, rcode, aa=False)
        a.flags |= dns.flags.RA
        if query.edns >= 0:
            a.use_edns(0, 0, 1232, options=[dns.edns.EDEOption(code, text or None)])
        return a
    return answer


def late(query, _):
    time.sleep(3.5)
    answer = good(query)
    answer.flags |= dns.flags.RA
    return answer


def flooded(code):
    """A server that limits its clients: after five queries a second it says so with an EDE."""
    def answer(query, _):
        now = int(time.time())
        FLOOD[now] = FLOOD.get(now, 0) + 1
        limited = ede(code, dns.rcode.REFUSED, "rate limit exceeded")
        return good(query) if FLOOD[now] <= 5 else limited(query, _)
    return answer


def no_address(query, _):
    """Knows only NS and SOA of its zone: no name of it has an address."""
    kind = dns.rdatatype.to_text(query.question[0].rdtype)
    zone = ".".join(query.question[0].name.to_text().split(".")[-3:])
    return soa(reply(query), zone) if kind in ("A", "AAAA") else good(query)


def big(query, _):
    """An answer of 2400 bytes: it leaves in fragments."""
    kind = dns.rdatatype.to_text(query.question[0].rdtype)
    answer = good(query)
    if kind == "TXT":
        answer.authority = []
        texts = [f'"{i:03d}{"x" * 220}"' for i in range(10)]
        add(answer, answer.answer, query.question[0].name, "TXT", *texts)
    return answer


def fetched(query, name, server, flags=0, do=False):
    """The answer of a server, asked from the address of that odd server."""
    q = query.question[0]
    question = dns.message.make_query(q.name, q.rdtype, use_edns=0, payload=1232, want_dnssec=do)
    question.flags = flags
    return dns.query.udp(question, server, timeout=3, source=v4("tiny." + name))


def forgets(query, _):
    """A resolver that walks from the root, gets a good answer and says SERVFAIL all the same."""
    server = v4("root")
    for _ in range(8):
        answer = fetched(query, "forgets", server)
        if answer.answer or answer.flags & dns.flags.AA:
            break
        server = next(r[0].address for r in answer.additional if r.rdtype == dns.rdatatype.A)
    return failure(query)


def forwards(query, _):
    """A forwarder that gets a good answer and says SERVFAIL all the same."""
    fetched(query, "forwards", v4("runb"), dns.flags.RD)
    return failure(query)


def strict(query, peer):
    """A validating forwarder that fails what needs more than 100 NSEC3 iterations, and says why."""
    answer = fetched(query, "strict", v4("runb"), dns.flags.RD | dns.flags.CD, do=True)
    often = any(r.iterations > 100 for rrset in answer.authority for r in rrset
                if r.rdtype == dns.rdatatype.NSEC3)
    if often:
        return ede(27, dns.rcode.SERVFAIL)(query, peer)
    plain = reply(query, answer.rcode(), aa=False)
    plain.flags |= dns.flags.RA
    plain.answer = [r for r in answer.answer if r.rdtype != dns.rdatatype.RRSIG]
    return plain


def failure(query):
    answer = reply(query, dns.rcode.SERVFAIL, aa=False)
    answer.flags |= dns.flags.RA
    return answer


BEHAVIOURS = {
    "upward": upward, "empty": empty, "selfref": selfref,
    "norecurse": only(dns.rcode.REFUSED), "servfail": only(dns.rcode.SERVFAIL),
    "refused": only(dns.rcode.REFUSED), "notauth": only(dns.rcode.NOTAUTH), "formerr": only(dns.rcode.FORMERR, edns=False),
    "notimp": only(dns.rcode.NOTIMP, edns=False),
    "refuse_any": refuse_type(dns.rcode.REFUSED, "ANY"),
    "noqtype": refuse_type(dns.rcode.NOTIMP, "ANY", "HTTPS", "SVCB"),
    "noaxfr": refuse_type(dns.rcode.NOTIMP, "AXFR", "IXFR"),
    "noixfr": refuse_type(dns.rcode.NOTIMP, "IXFR"),
    "noupdate": refuse_opcode(dns.rcode.NOTIMP, "UPDATE"),
    "nonotify": refuse_opcode(dns.rcode.NOTIMP, "NOTIFY"),
    "noedns": noedns, "dropedns": dropedns, "formerr_cookie": formerr_cookie,
    "badvers_formerr": badvers_formerr, "wrong_id": wrong_id, "wrong_question": wrong_question,
    "truncate": truncate, "tcp_reset": truncate, "tcp_mute": truncate_and_fall_silent,
     "late": late, "silent": lambda q, _: None,
    "rate_ede": flooded(31), "rate_ede32": flooded(32), "blocked": ede(15, dns.rcode.REFUSED),
    "ede_filtered": ede(17, dns.rcode.REFUSED, "filtered for this client"),
    "forgets": forgets, "forwards": forwards, "strict": strict,
    "nodata_noaa": no_address, "big": big,
    "edns_servfail": with_opt(dns.rcode.SERVFAIL), "edns_refused": with_opt(dns.rcode.REFUSED),
    "edns_badvers": with_opt(dns.rcode.BADVERS), "cookie_drop": cookie_drop,
    "cookie_formerr": option_formerr(10), "nsid_formerr": option_formerr(3), "do_drop": do_drop,
    "nodata": lambda query, _: soa(reply(query), ".".join(
        query.question[0].name.to_text().split(".")[-3:])),
}


def respond(behaviour, wire, over):
    try:
        query = dns.message.from_wire(wire, ignore_trailing=True, continue_on_error=True)
        answer = BEHAVIOURS[behaviour](query, over)
        if answer is None:
            return None
        return answer.to_wire(max_size=65535)
    except Exception as error:  # an odd server answers FORMERR to what it cannot read
        print(behaviour, repr(error), flush=True)
        return wire[:2] + b"\x80\x01" + bytes(8)


def serve_udp(behaviour, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family, socket.SOCK_DGRAM)
    server.bind((address, 53))

    def one(wire, peer):
        answer = respond(behaviour, wire, "udp")
        if answer is not None:
            server.sendto(answer, peer)

    while True:
        threading.Thread(target=one, args=server.recvfrom(65535), daemon=True).start()


def serve_tcp(behaviour, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, 53))
    server.listen(32)
    while True:
        peer, _ = server.accept()
        threading.Thread(target=session, args=(behaviour, peer), daemon=True).start()


def session(behaviour, peer):
    peer.settimeout(10)
    try:
        while True:
            size = peer.recv(2, socket.MSG_WAITALL)
            if len(size) < 2:
                break
            wire = peer.recv(struct.unpack("!H", size)[0], socket.MSG_WAITALL)
            answer = respond(behaviour, wire, "tcp")
            if answer is not None:
                peer.sendall(struct.pack("!H", len(answer)) + answer)
    except OSError:
        pass
    peer.close()


def main():
    for word in sys.argv[1:]:
        behaviour, address = word.split("=")
        threading.Thread(target=serve_udp, args=(behaviour, address), daemon=True).start()
        if behaviour != "tcp_reset":
            threading.Thread(target=serve_tcp, args=(behaviour, address), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
