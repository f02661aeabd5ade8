#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_*: see ident.h */
#include "emit/ident.h"

#include <openssl/sha.h>
#include <string.h>

#include "base/digits.h"

#define COMMUNITY_SEED 0u /* the specification's default */
#define LENGTH_LEN 8u     /* octets of the length behind the padding, FIPS 180-4 5.1.1 */

_Static_assert((RC_IDENT_MAX + 1 + LENGTH_LEN) % SHA_CBLOCK == 0, "padding fills the last block");

/* Padded in place: the library's own buffering costs as much as the digest of so few octets. */
static void digest(struct rc_ident *in, uint8_t ret_sum[SHA_DIGEST_LENGTH])
{
	SHA_CTX ctx;
	size_t end = (in->n + 1 + LENGTH_LEN + SHA_CBLOCK - 1) / SHA_CBLOCK * SHA_CBLOCK;
	in->bytes[in->n] = 0x80;
	memset(in->bytes + in->n + 1, 0, end - in->n - 1);
	rc_ident_u32(in->bytes + end - 4, (uint32_t)in->n * 8);
	SHA1_Init(&ctx);
	SHA1_Update(&ctx, in->bytes, end); /* whole blocks: nothing is left over */
	rc_ident_u32(ret_sum, ctx.h0);
	rc_ident_u32(ret_sum + 4, ctx.h1);
	rc_ident_u32(ret_sum + 8, ctx.h2);
	rc_ident_u32(ret_sum + 12, ctx.h3);
	rc_ident_u32(ret_sum + 16, ctx.h4);
}

static size_t put_addr(uint8_t *at, const struct rc_addr *a)
{
	size_t len = rc_addr_is_v4(a) ? 4 : 16;
	memcpy(at, a->bytes + sizeof a->bytes - len, len);
	return len;
}

void rc_ident_community(const struct rc_addr *src, uint16_t src_port, const struct rc_addr *dst,
			uint16_t dst_port, uint8_t proto, char text[RC_COMMUNITY_ID_LEN])
{
	struct rc_ident in;
	uint8_t sum[SHA_DIGEST_LENGTH];
	int order = memcmp(src->bytes, dst->bytes, sizeof src->bytes);
	bool swap = order > 0 || (order == 0 && src_port > dst_port);

	rc_ident_u16(in.bytes, COMMUNITY_SEED);
	in.n = 2;
	in.n += put_addr(in.bytes + in.n, swap ? dst : src);
	in.n += put_addr(in.bytes + in.n, swap ? src : dst);
	in.bytes[in.n++] = proto;
	in.bytes[in.n++] = 0; /* padding */
	rc_ident_u16(in.bytes + in.n, swap ? dst_port : src_port);
	rc_ident_u16(in.bytes + in.n + 2, swap ? src_port : dst_port);
	in.n += 4;
	digest(&in, sum);

	memcpy(text, "1:", 2);
	rc_base64_put(text + 2, sum, sizeof sum);
}

void rc_ident_event(struct rc_ident *in, char text[RC_EVENT_ID_LEN])
{
	uint8_t sum[SHA_DIGEST_LENGTH];
	digest(in, sum);
	rc_hex_put(text, sum, RC_EVENT_ID_LEN / 2);
}
