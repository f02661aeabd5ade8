/*
 * Every ceiling of the program on one page, with its reason. Every byte comes from an attacker, so
 * nothing grows without one of these, and each has a counter for what it dropped or evicted.
 */
#ifndef RC_BASE_LIMITS_H
#define RC_BASE_LIMITS_H

/* --- protocol constants (not tunable) --- */
#define RC_NAME_MAX 255u       /* RFC 1035 2.3.4: octets of a name on the wire */
#define RC_LABEL_MAX 63u       /* RFC 1035 2.3.4 */
#define RC_NAME_TEXT_MAX 1012u /* 253 octets, each at most \DDD */
#define RC_MSG_MAX 65535u      /* two-byte length prefix over TCP, RFC 7766 8 */
#define RC_DNS_HEADER_LEN 12u  /* RFC 1035 4.1.1 */

/* --- capture --- */
#define RC_FRAME_MAX 262144u /* libpcap's MAXIMUM_SNAPLEN; a longer record is damage */
#define RC_BATCH_FRAMES 64u  /* frames handed on at a time: enough to prefetch over, fits L1/L2 */
/* Files and interfaces of one run (a directory of hourly files, half a year). */
#define RC_SOURCES_MAX 4096u
#define RC_STREAM_BUFFER_BYTES (128u << 10) /* read(2) at a time: it stays in a core's cache */
#define RC_STREAM_BUFFER_MAX (1u << 20)     /* one record with its header and options */
#define RC_STREAM_RAW_BYTES (64u << 10)     /* compressed input at a time */
#define RC_CODEC_MEMORY_MAX (256ull << 20)  /* xz -9 takes 65 MiB to read */
#define RC_FILES_OPEN_MAX 512u /* files open at once; below the usual limit of 1024 descriptors */
#define RC_PCAPNG_IFACES_MAX 65536u     /* interfaces of one section */
#define RC_PCAPNG_BLOCK_MAX (16u << 20) /* a skipped block; Wireshark takes no larger one either */
#define RC_FILTER_LINKTYPES_MAX 32u     /* link types one filter is compiled for */
#define RC_FILTER_TEXT_MAX 4096u        /* the default filter */
#define RC_LIVE_BUFFER_KIB 32768u       /* kernel ring: 0.25 s of 1 Gbit/s */
#define RC_LIVE_COPY_BYTES (4u << 20)   /* frames of one batch, copied out of the ring */
#define RC_LIVE_BUFFER_KIB_MAX 1048576  /* libpcap takes the bytes as an int */
#define RC_LIVE_IFACES_MAX 64u          /* interfaces of one run */

/* --- decode --- */
#define RC_ENCAP_DEPTH_MAX 8u /* nested headers of one frame; real stacks stay below 5 */
#define RC_IP6_EXT_MAX 8u     /* extension headers (RFC 8200 4.1 lists 7) */
/* Compression pointers in one name: each adds at least one label. */
#define RC_NAME_POINTERS_MAX 126u
#define RC_RR_MAX 4096u /* RRs walked in one message; 64 KiB holds 5957 of the smallest */
#define RC_EDE_MAX 4u   /* EDE options kept of a message (RFC 8914 allows several) */
/* Octets of EXTRA-TEXT kept: Unbound's reason may stand behind two names in full. */
#define RC_EDE_TEXT_MAX 1024u
#define RC_OPTIONS_MAX 32u              /* EDNS options looked at */
#define RC_PORTS_MAX 16u                /* DNS ports of one run */
#define RC_DECODE_MEMORY_MIN (1u << 20) /* below this not even a few datagrams fit */
/* Reassembled bytes of one batch: 64 datagrams of 64 KiB, twice. */
#define RC_SCRATCH_MAX (8u << 20)
#define RC_FRAG_TIMEOUT_S 30     /* Linux's ipfrag_time; RFC 791 and 8200 4.5 allow up to 60 */
#define RC_FRAG_DONE_S 1         /* how long copies of a completed datagram's fragments are known */
#define RC_FRAG_PIECES_MAX 256u  /* of one datagram; 64 KiB at an MTU of 576 has 120 */
#define RC_STREAM_IDLE_S 120     /* servers close idle TCP after 10-30 s (RFC 7766 6.2.3) */
#define RC_STREAM_PIECES_MAX 64u /* out of order and unfinished, of one direction: 95 KB */
#define RC_STREAM_WINDOW (1u << 20) /* a sequence number further off is another connection */
#define RC_STREAM_EVICT_SCAN 64u    /* streams looked at to find one that holds bytes */
#define RC_STREAM_OPEN_MAX 8u       /* unanswered query IDs remembered of one connection */
#define RC_RESYNC_SCAN_MAX 4096u    /* octets of one segment searched for a length prefix */

/* --- analyze --- */
#define RC_MEMORY_DEFAULT (512ull << 20) /* --memory */
#define RC_MEMORY_MIN (16ull << 20) /* below this the tables hold too little to explain anything */
#define RC_ENGINE_MEMORY_MIN (14ull << 20) /* the same for analysis alone: decode takes an eighth */
#define RC_RR_LOOKED_MAX 128u /* records of one message followed: a referral has at most some 40 */
#define RC_LINEAGE_MAX 512u /* exchanges looked at for one failure: PowerDNS's worst case is 170 */
#define RC_LINEAGE_NAMES_MAX 128u /* names followed for one failure */
#define RC_CHAIN_STEPS_MAX 512u   /* records walked in one index chain; an attacker repeats names */
#define RC_EVIDENCE_MAX 32u       /* evidence lines of one event */
#define RC_FORWARD_HOPS_MAX 8u    /* forwarders followed behind one another */
/* Signatures and key digests checked for one failure; a sound chain needs about 10. */
#define RC_DNSSEC_CHECKS_MAX 256u
/* Signature checks remembered, 72 KiB: an hour's keys of common zones. */
#define RC_DNSSEC_PROOFS 4096u
/* NSEC3 hashes of one failure (CVE-2023-50868): 150 iterations each, below 0.1 s. */
#define RC_DNSSEC_HASHES_MAX 1024u
#define RC_DNSSEC_RRS_MAX 512u /* records read of one message; more is passed over as junk */
/* Records kept of all messages of one failure, about 0.6 KB each. */
#define RC_DNSSEC_RRS_TOTAL_MAX 8192u
#define RC_DNSSEC_SETS_MAX 4096u /* RRsets of all messages of one failure */
/* Signatures of one RRset judged; a rollover has 4, Unbound stops at 8. */
#define RC_DNSSEC_SIGS_MAX 16u
#define RC_DNSSEC_SIGNERS_MAX 128u /* zones that sign anything in one failure */
#define RC_DNSSEC_ALIASES_MAX 16u  /* CNAME and DNAME steps followed, as resolvers do (11-16) */
/* Clients, names and resolvers told apart, of an incident or in a report. */
#define RC_DISTINCT_MAX 256u

/* --- emit --- */
#define RC_EVENT_MAX (256u << 10) /* bytes of one JSON event */
#define RC_EVENT_ANSWERS_MAX 64u  /* answer records printed in one event */
#define RC_EVENT_RELATED_MAX 64u  /* addresses in related.ip */
#define RC_EVENT_HOSTS_MAX 16u    /* names in related.hosts */
#define RC_EVENT_ALTERNATIVES_MAX 8u
#define RC_RDATA_TEXT_MAX (128u << 10) /* RDATA in presentation format: RFC 3597 doubles 64 KiB */
#define RC_SINK_FLUSH (64u << 10)      /* written out at the latest above this many bytes */
#define RC_SINK_BUFFER_MAX (4u << 20)  /* kept while a full disk may yet recover */
#define RC_REPORT_GROUPS_MAX 1024u     /* cause and subject pairs; 10 KB each */
#define RC_REPORT_DEGRADED_MAX 256u    /* degraded zones; 2 KB each */
#define RC_REPORT_TEXT_MAX (16u << 20) /* bytes of a report: 1024 groups of a few KB */

#endif
