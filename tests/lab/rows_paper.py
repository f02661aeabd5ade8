"""Rows: the zones of "Extended DNS Errors: Unlocking the Full Potential of DNS Troubleshooting" (IMC
2023), each with one fault, and a few beside them; one row of PAPER each. Every zone is asked of eight
resolvers: four as they come, asked over IPv4, and four without QNAME minimisation (and without EDE
where that can be switched off), asked over IPv6."""

import dataclasses

import faults as f
from nodes import RESOLVERS
from scenario import A, OK, S, WAIT
from zones import Zone

PARENT = "ede.com."
PLAIN = [r + "0" for r in RESOLVERS]  # without QNAME minimisation and EDE
OPTIONS = {
    "rbind0": {"extra": "qname-minimization off;"},
    "runb0": {"extra": "  qname-minimisation: no\n  discard-timeout: 60000", "ede": "no"},
    "rkres0": {"extra": "policy.add(policy.all(policy.FLAGS('NO_MINIMIZE')))"},
    "rpdns0": {"extra": "qname-minimization=no", "ede": "no"},
    "apaper": {"zone": {f"allow-query-none.{PARENT}": "allow-query { none; };",
                        f"allow-query-localhost.{PARENT}": "allow-query { localhost; };"}},
}
KSK, ZSK = 257, 256


@dataclasses.dataclass
class Row:
    name: str
    fault: str
    cause: str = "none"  # of a question for a name that exists
    also_ok: tuple = ()
    gone: tuple = ()  # (cause, *also_ok) of a question for a name that does not
    zone: dict = dataclasses.field(default_factory=dict)
    signed: bool = True
    nsd: bool = False  # also served by NSD, which answers otherwise than BIND


def slugs(words):
    return tuple(w if "." in w or w == "none" else "dnssec." + w for w in words)


def R(name, sentence, cause="none", *also_ok, gone=(), signed=True, nsd=False, **zone):
    return Row(name, sentence, *slugs([cause]), slugs(also_ok), slugs(gone), zone, signed, nsd)


def glue(name, address, what):
    return Row(name, f"The only glue ({address}) at the parent is {what}.",
               "delegation.glue_unroutable", ("upstream.timeout", "upstream.unreachable"),
               zone={"ns": [("ns1." + name + "." + PARENT, [address])]}, signed=False)


LAME = ("delegation.lame_refused", "dnssec.dnskey_missing")
NO_PROOF = ("denial_missing", "rrsig_missing", "denial_invalid")
BAD_PROOF = ("denial_invalid", "denial_missing", "signature_invalid", "rrsig_missing")
PAPER = [
    R("valid", "Correctly signed and delegated."),
    R("unsigned", "The child is not signed and has no DS.", signed=False),
    R("allow-query-none", "The server answers REFUSED to everybody.", *LAME),
    R("allow-query-localhost", "The server answers REFUSED to everybody but localhost.", *LAME),
    R("no-ds", "Signed correctly, but the parent publishes no DS.", ds_fault=lambda zone, ds: []),
    R("ds-bad-tag", "The DS carries key tag 0, which no DNSKEY has.", "ds_mismatch",
      "dnskey_missing", ds_fault=f.ds_field(tag=0)),
    R("ds-bad-key-algo", "The DS says algorithm 7, the KSK is of algorithm 8.", "ds_mismatch",
      "dnskey_missing", "algorithm_unsupported", ds_fault=f.ds_field(algorithm=7)),
    R("ds-unassigned-key-algo", "The only DS names the unassigned algorithm 100.",
      ds_fault=f.ds_field(algorithm=100)),
    R("ds-reserved-key-algo", "The only DS names the reserved algorithm 200.",
      ds_fault=f.ds_field(algorithm=200)),
    R("ds-unassigned-digest-algo", "The only DS uses the unassigned digest type 100.",
      ds_fault=f.ds_field(kind=100)),
    R("ds-bogus-digest-value", "The digest in the DS does not match the KSK.", "ds_mismatch",
      "dnskey_missing", ds_fault=f.ds_digest),
    R("rrsig-exp-all", "Every RRSIG has expired.", "signature_expired", inception="-60d",
      expiration="-30d"),
    R("rrsig-exp-a", "The RRSIG over A has expired.", "signature_expired",
      some=(("A", "AAAA"), "-60d", "-30d")),
    R("rrsig-not-yet-all", "Every RRSIG begins in the future.", "signature_not_yet_valid",
      inception="+30d", expiration="+60d"),
    R("rrsig-not-yet-a", "The RRSIG over A begins in the future.", "signature_not_yet_valid",
      some=(("A", "AAAA"), "+30d", "+60d")),
    R("rrsig-exp-before-all", "Every RRSIG expires before it begins.", "signature_window_inverted",
      "signature_expired", "signature_invalid", fault=f.expires("20100101000000")),
    R("rrsig-exp-before-a", "The RRSIG over A expires before it begins.",
      "signature_window_inverted", "signature_expired", "signature_invalid",
      fault=f.expires("20100101000000", "A", "AAAA")),
    R("rrsig-no-all", "All RRSIGs were removed.", "rrsig_missing", "denial_missing",
      fault=f.without_rrsig(), nsd=True),
    R("rrsig-no-a", "The RRSIG over A was removed.", "rrsig_missing",
      fault=f.without_rrsig("A", "AAAA"), nsd=True),
    R("no-rrsig-ksk", "The KSK's RRSIG over DNSKEY was removed.", "rrsig_missing", "dnskey_missing",
      "signature_invalid", fault=f.without_rrsig_by(KSK, "DNSKEY")),
    R("no-rrsig-dnskey", "Both RRSIGs over DNSKEY were removed.", "rrsig_missing", "dnskey_missing",
      fault=f.without_rrsig("DNSKEY")),
    R("bad-nsec3-hash", "The hashed owner names of all NSEC3 records were altered after signing.",
      gone=BAD_PROOF, fault=f.nsec3_owner, nsd=True),
    R("bad-nsec3-next", "The next hashed owner in all NSEC3 records was altered after signing.",
      gone=BAD_PROOF, fault=f.nsec3_next, nsd=True),
    R("bad-nsec3param-salt", "The salt in NSEC3PARAM is not that of the NSEC3 records.",
      gone=BAD_PROOF, fault=f.nsec3param_salt, nsd=True),
    R("bad-nsec3-rrsig", "The RRSIGs over the NSEC3 records are corrupted.",
      gone=("denial_invalid", "signature_invalid"), fault=f.broken_signature("NSEC3"), nsd=True),
    R("nsec3-missing", "All NSEC3 records were removed.", gone=NO_PROOF, fault=f.without("NSEC3"),
      nsd=True),
    R("nsec3-rrsig-missing", "The RRSIGs over the NSEC3 records were removed.",
      gone=("denial_invalid", "rrsig_missing", "denial_missing"), fault=f.without_rrsig("NSEC3"),
      nsd=True),
    R("nsec3param-missing", "The NSEC3PARAM record was removed.", "rrsig_missing", "denial_missing",
      gone=NO_PROOF, fault=f.without("NSEC3PARAM"), nsd=True),
    R("no-nsec3param-nsec3", "NSEC3PARAM and all NSEC3 records were removed.", "rrsig_missing",
      "denial_missing", gone=NO_PROOF, fault=f.without("NSEC3", "NSEC3PARAM"), nsd=True),
    R("no-zsk", "The ZSK was removed from DNSKEY after signing.", "dnskey_missing",
      "signature_invalid", fault=f.without_key(ZSK)),
    R("bad-zsk", "The public key of the ZSK was altered after signing.", "signature_invalid",
      "dnskey_missing", fault=f.key_field(ZSK, key=True)),
    R("no-ksk", "The KSK was removed from DNSKEY.", "dnskey_missing", "ds_mismatch",
      "signature_invalid", fault=f.without_key(KSK)),
    R("bad-rrsig-ksk", "The KSK's RRSIG over DNSKEY is corrupted.", "signature_invalid",
      fault=f.broken_signature_by(KSK, "DNSKEY")),
    R("bad-ksk", "The public key of the KSK was altered after signing.", "ds_mismatch",
      "signature_invalid", "dnskey_missing", fault=f.key_field(KSK, key=True)),
    R("bad-rrsig-dnskey", "Both RRSIGs over DNSKEY are corrupted.", "signature_invalid",
      fault=f.broken_signature("DNSKEY")),
    R("no-dnskey-256", "The zone-key bit of the ZSK was cleared after signing.", "no_zone_key_bit",
      "signature_invalid", "dnskey_missing", fault=f.key_field(ZSK, flags=0)),
    R("no-dnskey-257", "The zone-key bit of the KSK was cleared after signing.", "no_zone_key_bit",
      "ds_mismatch", "dnskey_missing", "signature_invalid", fault=f.key_field(KSK, flags=0)),
    R("no-dnskey-256-257", "The zone-key bit of both keys was cleared after signing.",
      "no_zone_key_bit", "ds_mismatch", "dnskey_missing", "signature_invalid", "rrsig_missing",
      fault=f.chain(f.key_field(ZSK, flags=0), f.key_field(KSK, flags=0))),
    R("bad-zsk-algo", "The ZSK's algorithm was changed from 8 to 7 after signing.",
      "signature_invalid", "dnskey_missing", "algorithm_unsupported",
      fault=f.key_field(ZSK, algorithm=7)),
    R("unassigned-zsk-algo", "The ZSK's algorithm was changed to the unassigned 100.",
      "algorithm_unsupported", "signature_invalid", "dnskey_missing",
      fault=f.key_field(ZSK, algorithm=100)),
    R("reserved-zsk-algo", "The ZSK's algorithm was changed to the reserved 200.",
      "algorithm_unsupported", "signature_invalid", "dnskey_missing",
      fault=f.key_field(ZSK, algorithm=200)),
    R("ed448", "The zone is signed with ED448.", algorithm="ED448"),
    glue("v6-mapped", "::ffff:1.2.3.4", "an IPv4-mapped address"),
    glue("v6-unspecified", "::", "the unspecified address"),
    glue("v4-hex", "c000:201::", "an IPv4 address written as hexadecimal"),
    glue("v6-link-local", "fe80::a:b:c:d", "a link-local address"),
    glue("v6-localhost", "::1", "the loopback address"),
    glue("v6-mapped-dep", "::1.2.3.4", "a deprecated IPv4-compatible address"),
    glue("v6-doc", "2001:db8::1", "a documentation address"),
    glue("v6-unique-local", "fc05::20:1", "a unique-local address"),
    glue("v6-nat64", "64:ff9b::1.2.3.4", "a NAT64 address"),
    glue("v6-multicast", "ff02::16", "a multicast address"),
    glue("v4-private-172", "172.16.0.1", "a private address"),
    glue("v4-private-192", "192.168.0.1", "a private address"),
    glue("v4-this-host", "0.0.0.0", "0.0.0.0"),
    glue("v4-loopback", "127.0.0.1", "the loopback address"),
    glue("v4-link-local", "169.254.0.1", "a link-local address"),
    glue("v4-doc", "198.51.100.0", "a documentation address"),
    glue("v4-reserved", "240.0.0.1", "a reserved address"),
    # 10/8 is in use in the lab itself, so 10.0.0.1 is no special address there: a silent server.
    dataclasses.replace(glue("v4-private-10", "10.0.0.1", "a private address of the range in use"),
                        cause="upstream.timeout",
                        also_ok=("delegation.glue_unroutable", "upstream.unreachable")),
    R("dsa", "The zone is signed with DSA, which validators do not support.",
      fault=f.algorithm_number(3), ds_fault=f.ds_field(algorithm=3)),
    R("rsamd5", "The zone is signed with RSAMD5, which validators do not support.",
      fault=f.algorithm_number(1), ds_fault=f.ds_field(algorithm=1)),
    R("nsec3-iter-200", "NSEC3 with 200 iterations.", iterations=200),
    # beside the paper's 63
    R("not-auth", "The delegation names a server that does not serve the zone.", *LAME,
      delegate=["aknot"]),
    R("nsec3-iter-1", "NSEC3 with 1 iteration.", iterations=1),
    R("nsec3-iter-51", "NSEC3 with 51 iterations.", iterations=51),
    R("nsec3-iter-101", "NSEC3 with 101 iterations.", iterations=101),
    R("nsec3-iter-151", "NSEC3 with 151 iterations.", iterations=151),
    R("no-dnskey", "The whole DNSKEY set was removed.", "dnskey_missing", "rrsig_missing",
      "denial_missing", fault=f.without("DNSKEY")),
    R("bad-ksk-algo", "The KSK's algorithm was changed from 8 to 7 after signing.", "ds_mismatch",
      "algorithm_unsupported", "dnskey_missing", "signature_invalid",
      fault=f.key_field(KSK, algorithm=7)),
    R("x-bad-rrsig-a", "The RRSIG over A is corrupted.", "signature_invalid",
      fault=f.broken_signature("A", "AAAA"), nsd=True),
    R("x-no-zsk-resigned", "DNSKEY holds the KSK alone and is well signed.", "dnskey_missing",
      hide_zsk=True, nsd=True),
]
PAPER += [dataclasses.replace(row, name=row.name + "-nsd", fault=row.fault + " (served by NSD)",
                              zone=dict(row.zone, servers=["npaper"]), nsd=False)
          for row in PAPER if row.nsd]


def zone_of(row):
    options = {"servers": [] if "ns" in row.zone or "delegate" in row.zone else ["apaper"],
               "signed": row.signed, "nsec3": row.signed, "algorithm": "RSASHA256", **row.zone}
    return Zone(f"{row.name}.{PARENT}", **options)


ZONES = [Zone(PARENT, ["ansd"], signed=True, nsec3=True)] + [zone_of(row) for row in PAPER]


def scenario(row):
    zone = f"{row.name}.{PARENT}"
    dead = row.cause in ("delegation.glue_unroutable", "upstream.timeout")

    def step(client, name, kind="A", cause=row.cause, also_ok=row.also_ok, **options):
        failed = {"SERVFAIL": cause, None: cause} if cause != "none" else {}
        return [A(client, r, f"{name}.{zone}", kind, v6=r in PLAIN, expect={**failed, **OK},
                  also_ok=also_ok, timeout=min(WAIT[r], 14.0), **options)
                for r in RESOLVERS + PLAIN]

    if dead:
        asks = [step("c1", "www", step="first") + step("c2", "www", step="other client", edns=None) +
                step("c3", "mail", "AAAA", step="other name")]
    else:
        asks = [step("c1", "www", step="first"), step("c1", "www", step="repeat", cached=True),
                step("c2", "www", "AAAA", step="AAAA, warm keys", edns=None),
                step("c1", "www", step="cd", cd=True, do=True),
                step("c3", "mail", step="other client, tcp", tcp=True)]
    if row.gone:
        gone = {"cause": row.gone[0], "also_ok": row.gone[1:]}
        asks += [step("c1", "nosuch", step="no such name", **gone),
                 step("c1", "nosuch", step="no such name, repeat", cached=True, **gone),
                 step("c2", "nosuch2", "AAAA", step="no such name, warm keys", do=True, **gone)]
    return S("paper", row.name, row.fault, asks, stored=False, cause=row.cause,
             settle=1.0 if dead else 0.15)


SCENARIOS = [scenario(row) for row in PAPER]
