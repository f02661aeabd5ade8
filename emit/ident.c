#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_*: see ident.h */
#include "emit/ident.h"

#include <openssl/sha.h>
#include <string.h>

#define COMMUNITY_SEED 0u /* the specification's default */
#define LENGTH_LEN 8u     /* octets of the length behind the padding, FIPS 180-4 5.1.1 */

static void put_u32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Padded here: the library's own buffering costs as much as the digest of so few octets. */
static void digest(const uint8_t *data, size_t len, uint8_t ret_sum[SHA_DIGEST_LENGTH])
{
	uint8_t tail[2 * SHA_CBLOCK];
	SHA_CTX ctx;
	size_t left = len % SHA_CBLOCK, blocks = left + 1 + LENGTH_LEN > SHA_CBLOCK ? 2 : 1;
	uint8_t *length = tail + blocks * SHA_CBLOCK - LENGTH_LEN;

	SHA1_Init(&ctx);
	for (const uint8_t *end = data + (len - left); data < end; data += SHA_CBLOCK)
		SHA1_Transform(&ctx, data);
	memset(tail, 0, sizeof tail);
	memcpy(tail, data, left);
	tail[left] = 0x80;
	put_u32(length, (uint32_t)((uint64_t)len >> 29));
	put_u32(length + 4, (uint32_t)(len << 3));
	for (size_t i = 0; i < blocks; i++)
		SHA1_Transform(&ctx, tail + i * SHA_CBLOCK);
	put_u32(ret_sum, ctx.h0);
	put_u32(ret_sum + 4, ctx.h1);
	put_u32(ret_sum + 8, ctx.h2);
	put_u32(ret_sum + 12, ctx.h3);
	put_u32(ret_sum + 16, ctx.h4);
}

/* 20 octets as 28 characters. */
static void put_base64(const uint8_t sum[SHA_DIGEST_LENGTH], char *at)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (unsigned i = 0; i < SHA_DIGEST_LENGTH; i += 3) {
		unsigned word = (unsigned)sum[i] << 16 | (unsigned)sum[i + 1] << 8;
		word |= i + 2 < SHA_DIGEST_LENGTH ? sum[i + 2] : 0u;
		*at++ = digits[word >> 18];
		*at++ = digits[word >> 12 & 63];
		*at++ = digits[word >> 6 & 63];
		*at++ = i + 2 < SHA_DIGEST_LENGTH ? digits[word & 63] : '=';
	}
}

static size_t put_addr(uint8_t *at, const struct rc_addr *a)
{
	size_t len = rc_addr_is_v4(a) ? 4 : 16;
	memcpy(at, a->bytes + sizeof a->bytes - len, len);
	return len;
}

static size_t put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return 2;
}

void rc_ident_community(const struct rc_addr *src, uint16_t src_port, const struct rc_addr *dst,
			uint16_t dst_port, uint8_t proto, char text[RC_COMMUNITY_ID_LEN + 1])
{
	uint8_t in[2 + 16 + 16 + 2 + 4], sum[SHA_DIGEST_LENGTH];
	int order = memcmp(src->bytes, dst->bytes, sizeof src->bytes);
	bool swap = order > 0 || (order == 0 && src_port > dst_port);

	size_t n = put_u16(in, COMMUNITY_SEED);
	n += put_addr(in + n, swap ? dst : src);
	n += put_addr(in + n, swap ? src : dst);
	in[n++] = proto;
	in[n++] = 0; /* padding */
	n += put_u16(in + n, swap ? dst_port : src_port);
	n += put_u16(in + n, swap ? src_port : dst_port);
	digest(in, n, sum);

	memcpy(text, "1:", 2);
	put_base64(sum, text + 2);
	text[RC_COMMUNITY_ID_LEN] = '\0';
}

void rc_ident_event(const void *data, size_t len, char text[RC_EVENT_ID_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA_DIGEST_LENGTH];
	digest(data, len, sum);
	for (size_t i = 0; i < RC_EVENT_ID_LEN / 2; i++) {
		text[2 * i] = digits[sum[i] >> 4];
		text[2 * i + 1] = digits[sum[i] & 15];
	}
	text[RC_EVENT_ID_LEN] = '\0';
}
