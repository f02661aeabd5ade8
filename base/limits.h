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
#define RC_SOURCES_MAX \
	4096u /* files and interfaces of one run (a directory of hourly files, half a year) */

/* --- decode --- */
#define RC_ENCAP_DEPTH_MAX 8u /* nested headers of one frame; real stacks stay below 5 */
#define RC_IP6_EXT_MAX 8u     /* extension headers (RFC 8200 4.1 lists 7) */
#define RC_NAME_POINTERS_MAX \
	126u                 /* compression pointers in one name: each adds at least one label */
#define RC_RR_MAX 4096u      /* RRs walked in one message; 64 KiB holds 5957 of the smallest */
#define RC_EDE_MAX 4u        /* EDE options kept of a message (RFC 8914 allows several) */
#define RC_EDE_TEXT_MAX 255u /* octets of EXTRA-TEXT kept */
#define RC_OPTIONS_MAX 32u   /* EDNS options looked at */

/* --- analyze --- */
#define RC_MEMORY_DEFAULT (512ull << 20) /* --memory */
#define RC_MEMORY_MIN (16ull << 20) /* below this the tables hold too little to explain anything */
#define RC_LINEAGE_MAX 512u /* exchanges looked at for one failure: PowerDNS's worst case is 170 */
#define RC_LINEAGE_NAMES_MAX 128u /* names followed for one failure */
#define RC_CHAIN_STEPS_MAX 1024u  /* records walked in one index chain; an attacker repeats names */
#define RC_EVIDENCE_MAX 32u       /* evidence lines of one event */
#define RC_FORWARD_HOPS_MAX 8u    /* forwarders followed behind one another */

/* --- emit --- */
#define RC_EVENT_MAX (256u << 10) /* bytes of one JSON event */

#endif
