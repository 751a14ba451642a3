/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/rtcp.h"

#include <string.h>

#include "alg/base/octets.h"

enum {
	HEADER = 4,
	SOURCE = 4, /* who sends the packet */
	SENDER = 20,
	BLOCK = 24,
	FIRST_TYPE = 192,
	LAST_TYPE = 223,
	NAME_MAX = 32,
	ITEM_CNAME = 1,
};

int rtcp_next(const uint8_t **p, uint32_t *n, struct rtcp_packet *out)
{
	const uint8_t *at = *p;
	uint32_t len;

	if (*n == 0)
		return 0;
	if (*n < HEADER || at[0] >> 6 != 2 || at[1] < FIRST_TYPE || at[1] > LAST_TYPE)
		return -1;
	len = HEADER + 4 * ((uint32_t)at[2] << 8 | at[3]);
	if (len > *n)
		return -1;
	*out = (struct rtcp_packet){ .p = at, .n = len, .type = at[1], .count = at[0] & 0x1f };
	*p += len;
	*n -= len;
	return 1;
}

/* --- reading ---------------------------------------------------------------------------------------------- */

static struct rtcp_block block_read(const uint8_t *p)
{
	/* 24 bits, signed: duplicates make it negative. */
	const int32_t lost = (int32_t)(octets_u32(p + 4) << 8) >> 8;

	return (struct rtcp_block){
		.ssrc = octets_u32(p),
		.fraction = p[4],
		.lost = lost,
		.highest = octets_u32(p + 8),
		.jitter = octets_u32(p + 12),
		.last = octets_u32(p + 16),
		.held = octets_u32(p + 20),
	};
}

/* count blocks at p; n bytes are there, of which what follows is a profile's own. */
static int blocks_read(const uint8_t *p, uint32_t n, unsigned count, struct rtcp_news *out)
{
	if (n < count * BLOCK)
		return -1;
	for (unsigned i = 0; i < count && out->nblock < RTCP_BLOCKS; i++)
		out->block[out->nblock++] = block_read(p + i * BLOCK);
	return 0;
}

static int sender_read(const struct rtcp_packet *k, struct rtcp_news *out)
{
	const uint8_t *p = k->p + HEADER + SOURCE;

	if (k->n < HEADER + SOURCE + SENDER)
		return -1;
	out->sends = true;
	out->ssrc = octets_u32(k->p + HEADER);
	out->sender = (struct rtcp_sender){
		.ntp_middle = octets_u32(p + 2),
		.timestamp = octets_u32(p + 8),
		.packets = octets_u32(p + 12),
		.bytes = octets_u32(p + 16),
	};
	return blocks_read(p + SENDER, k->n - HEADER - SOURCE - SENDER, k->count, out);
}

static int receiver_read(const struct rtcp_packet *k, struct rtcp_news *out)
{
	if (k->n < HEADER + SOURCE)
		return -1;
	out->ssrc = octets_u32(k->p + HEADER);
	return blocks_read(k->p + HEADER + SOURCE, k->n - HEADER - SOURCE, k->count, out);
}

/* count is a number of sources here, and each is a word. */
static int bye_read(const struct rtcp_packet *k, struct rtcp_news *out)
{
	out->bye = true;
	return k->n < HEADER + 4u * k->count ? -1 : 0;
}

static int feedback_read(const struct rtcp_packet *k, struct rtcp_news *out)
{
	out->feedback = true;
	return k->n < HEADER + 2 * SOURCE ? -1 : 0;
}

static int extended_read(const struct rtcp_packet *k, struct rtcp_news *out)
{
	out->extended = true;
	return k->n < HEADER + SOURCE ? -1 : 0;
}

typedef int read_fn(const struct rtcp_packet *k, struct rtcp_news *out);

static read_fn *const readers[] = {
	[RTCP_SENDER - FIRST_TYPE] = sender_read,
	[RTCP_RECEIVER - FIRST_TYPE] = receiver_read,
	[RTCP_BYE - FIRST_TYPE] = bye_read,
	[RTCP_FEEDBACK - FIRST_TYPE] = feedback_read,
	[RTCP_PAYLOAD_FEEDBACK - FIRST_TYPE] = feedback_read,
	[RTCP_EXTENDED - FIRST_TYPE] = extended_read,
};

int rtcp_read(const uint8_t *p, uint32_t n, struct rtcp_news *out)
{
	struct rtcp_news news = { 0 };
	struct rtcp_packet k;
	int more;

	while ((more = rtcp_next(&p, &n, &k)) > 0) {
		const unsigned type = k.type - FIRST_TYPE;

		if (type < sizeof(readers) / sizeof(readers[0]) && readers[type] && readers[type](&k, &news) < 0)
			return -1;
	}
	if (more < 0)
		return -1;
	*out = news;
	return 0;
}

uint32_t rtcp_feedback_drop(uint8_t *p, uint32_t n)
{
	const uint8_t *from = p;
	uint32_t left = n, kept = 0;
	struct rtcp_packet k;

	while (rtcp_next(&from, &left, &k) > 0) {
		if (k.type == RTCP_FEEDBACK || k.type == RTCP_PAYLOAD_FEEDBACK)
			continue;
		memmove(p + kept, k.p, k.n);
		kept += k.n;
	}
	return kept;
}

int64_t rtcp_round_trip(const struct rtcp_block *b, uint64_t at_us, uint64_t now_us)
{
	const uint64_t held_us = (uint64_t)b->held * 1000000 >> 16;

	if (now_us < at_us || now_us - at_us < held_us)
		return -1;
	return (int64_t)(now_us - at_us - held_us);
}

/* --- writing ---------------------------------------------------------------------------------------------- */

static uint8_t *header_write(uint8_t *p, enum rtcp_type type, unsigned count, uint32_t n)
{
	p[0] = (uint8_t)(0x80 | count);
	p[1] = (uint8_t)type;
	p[2] = (uint8_t)((n / 4 - 1) >> 8);
	p[3] = (uint8_t)(n / 4 - 1);
	return p + HEADER;
}

static void block_write(uint8_t *p, const struct rtcp_own *own)
{
	const uint32_t lost = own->heard->lost < 0x7fffff ? own->heard->lost : 0x7fffff;

	octets_put32(p, own->heard->ssrc);
	octets_put32(p + 4, (uint32_t)own->fraction << 24 | lost);
	octets_put32(p + 8, own->heard->highest);
	octets_put32(p + 12, own->heard->jitter);
	octets_put32(p + 16, own->last);
	octets_put32(p + 20, own->held);
}

/* One chunk with one item; zeros end it at a word (RFC 3550 6.5). */
static uint32_t names_write(uint8_t *p, uint32_t ssrc, const char *name)
{
	const size_t given = strlen(name);
	const uint32_t len = given < NAME_MAX ? (uint32_t)given : NAME_MAX;
	const uint32_t n = (HEADER + SOURCE + 2 + len + 4) / 4 * 4;
	uint8_t *at = header_write(p, RTCP_NAMES, 1, n);

	memset(at, 0, n - HEADER);
	octets_put32(at, ssrc);
	at[SOURCE] = ITEM_CNAME;
	at[SOURCE + 1] = (uint8_t)len;
	memcpy(at + SOURCE + 2, name, len);
	return n;
}

uint32_t rtcp_write(const struct rtcp_own *own, uint8_t *out)
{
	const bool sends = own->packets != 0;
	const unsigned blocks = own->heard != NULL;
	const uint32_t n = HEADER + SOURCE + (sends ? SENDER : 0) + blocks * BLOCK;
	uint8_t *p = header_write(out, sends ? RTCP_SENDER : RTCP_RECEIVER, blocks, n);

	octets_put32(p, own->ssrc);
	p += SOURCE;
	if (sends) {
		octets_put32(p, (uint32_t)(own->ntp >> 32));
		octets_put32(p + 4, (uint32_t)own->ntp);
		octets_put32(p + 8, own->timestamp);
		octets_put32(p + 12, own->packets);
		octets_put32(p + 16, own->bytes);
		p += SENDER;
	}
	if (blocks)
		block_write(p, own);
	return n + names_write(out + n, own->ssrc, own->name);
}
