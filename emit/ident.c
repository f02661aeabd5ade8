#include "emit/ident.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/err.h"

#define SHA1_LEN 20u
#define COMMUNITY_SEED 0u /* the specification's default */

struct rc_ident {
	EVP_MD *sha1; /* fetched once: a fetch costs more than the digest */
	EVP_MD_CTX *ctx;
};

int rc_ident_new(struct rc_ident **ret_ident)
{
	struct rc_ident *ident = calloc(1, sizeof *ident);
	if (ident == NULL)
		return RC_E_NOMEM;
	ident->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	ident->ctx = EVP_MD_CTX_new();
	if (ident->sha1 == NULL || ident->ctx == NULL) {
		int err = ident->sha1 == NULL ? RC_E_UNSUPPORTED : RC_E_NOMEM;
		rc_ident_free(ident);
		return err;
	}
	*ret_ident = ident;
	return RC_OK;
}

void rc_ident_free(struct rc_ident *ident)
{
	if (ident == NULL)
		return;
	EVP_MD_CTX_free(ident->ctx);
	EVP_MD_free(ident->sha1);
	free(ident);
}

static void digest(struct rc_ident *ident, const void *data, size_t len, uint8_t out[SHA1_LEN])
{
	memset(out, 0, SHA1_LEN);
	if (EVP_DigestInit_ex2(ident->ctx, ident->sha1, NULL) == 1 &&
	    EVP_DigestUpdate(ident->ctx, data, len) == 1)
		EVP_DigestFinal_ex(ident->ctx, out, NULL);
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

void rc_ident_community(struct rc_ident *ident, const struct rc_addr *src, uint16_t src_port,
			const struct rc_addr *dst, uint16_t dst_port, uint8_t proto,
			char text[RC_COMMUNITY_ID_LEN + 1])
{
	uint8_t in[2 + 16 + 16 + 2 + 4], sum[SHA1_LEN];
	int order = memcmp(src->bytes, dst->bytes, sizeof src->bytes);
	bool swap = order > 0 || (order == 0 && src_port > dst_port);

	size_t n = put_u16(in, COMMUNITY_SEED);
	n += put_addr(in + n, swap ? dst : src);
	n += put_addr(in + n, swap ? src : dst);
	in[n++] = proto;
	in[n++] = 0; /* padding */
	n += put_u16(in + n, swap ? dst_port : src_port);
	n += put_u16(in + n, swap ? src_port : dst_port);
	digest(ident, in, n, sum);

	unsigned char base64[32]; /* 20 octets give 28 characters and a NUL */
	EVP_EncodeBlock(base64, sum, SHA1_LEN);
	memcpy(text, "1:", 2);
	memcpy(text + 2, base64, RC_COMMUNITY_ID_LEN - 2);
	text[RC_COMMUNITY_ID_LEN] = '\0';
}

void rc_ident_event(struct rc_ident *ident, const void *data, size_t len,
		    char text[RC_EVENT_ID_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA1_LEN];
	digest(ident, data, len, sum);
	for (size_t i = 0; i < RC_EVENT_ID_LEN / 2; i++) {
		text[2 * i] = digits[sum[i] >> 4];
		text[2 * i + 1] = digits[sum[i] & 15];
	}
	text[RC_EVENT_ID_LEN] = '\0';
}
