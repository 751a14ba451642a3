/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes at a port that has keys. The first byte is the suite; then come datagrams: a byte that says what is done
 * with it, one for where it is damaged, one for its length, the bytes. What is opened ends at a page that nobody may
 * touch: ciphers and hashes are written in assembly, which sanitizers do not look into. */
#include <stdlib.h>

#include "alg/rtp/rtp.h"
#include "rtpproxy/path/covered.h"
#include "tests/unit/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAW, SEALED, DAMAGED, FRAMED, DEEDS, CONTROL = 4, IPV6 = 8 }; /* the byte: a deed, and bits */

enum { HEAD = 3, PAYLOAD_MAX = 255, PEER_PORT = 0x1234, OUR_PORT = 0x5678 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* A port of ours, and the side that it speaks with. */
struct talk {
	struct cover *cover;
	struct seal *out, *in; /* the side's: what it seals, what it opens */
	bool in_step;          /* it was sent nothing but what the side sealed: all of it must be opened */
};

/* One datagram, before it is sealed. */
struct said {
	const uint8_t *p;
	uint8_t n, how, at;
};

static bool said_is_control(const struct said *d)
{
	return d->how & CONTROL;
}

static struct srtp_key key_of(unsigned suite, uint8_t first)
{
	struct srtp_key key = { .suite = (uint8_t)suite };

	for (unsigned i = 0; i < 28; i++)
		key.secret[i] = (uint8_t)(first + i);
	return key;
}

static void talk_begin(struct talk *t, uint8_t suite)
{
	const unsigned known = 1 + suite % (SRTP_SUITE_N - 1);
	const struct port_spec spec = { .opens = key_of(known, 1), .seals = key_of(known, 101) };

	*t = (struct talk){ .cover = cover_new(&spec, NULL, NULL),
			    .out = seal_new(&spec.opens),
			    .in = seal_new(&spec.seals),
			    .in_step = true };
	require(t->cover && t->out && t->in);
}

static void talk_end(struct talk *t)
{
	cover_free(t->cover);
	seal_drop(t->out);
	seal_drop(t->in);
}

/* A copy that may be written to, with its end at the page. */
static uint8_t *guard_bytes(const uint8_t *p, uint32_t n, struct span *guarded)
{
	*guarded = guard_span(span_of((const char *)p, n));
	return (uint8_t *)(uintptr_t)guarded->p;
}

/* Opened where it is. Whatever becomes of it, it is not longer than it was. */
static enum seal_result open_at_page(struct seal *s, const uint8_t *p, uint32_t *n, bool control, uint8_t *out)
{
	struct span guarded;
	uint8_t *copy = guard_bytes(p, *n, &guarded);
	const uint32_t before = *n;
	const enum seal_result result = seal_open(s, copy, n, control);

	require(*n <= before && (result == SEAL_DONE || *n == before));
	memcpy(out, copy, *n);
	guard_free(guarded);
	return result;
}

/* What the side says is what we read, and once only. */
static void sealed_take(struct talk *t, const struct said *d, const uint8_t *p, uint32_t n)
{
	uint8_t opened[PAYLOAD_MAX + SEAL_ROOM];
	uint32_t left = n;
	const enum seal_result result = open_at_page(t->cover->opens, p, &left, said_is_control(d), opened);

	require(result == SEAL_DONE || !t->in_step);
	if (result != SEAL_DONE)
		return;
	require(left == d->n && memcmp(opened, d->p, left) == 0);
	left = n;
	require(open_at_page(t->cover->opens, p, &left, said_is_control(d), opened) == SEAL_OLD);
}

/* Any bit of it that is another one, and it is nobody's. */
static void damaged_take(struct talk *t, const struct said *d, uint8_t *p, uint32_t n)
{
	uint8_t opened[PAYLOAD_MAX + SEAL_ROOM];

	p[d->at % n] ^= (uint8_t)(1 + d->at % UINT8_MAX);
	require(open_at_page(t->cover->opens, p, &n, said_is_control(d), opened) != SEAL_DONE);
	t->in_step = false;
}

/* --- frames ------------------------------------------------------------------------------------------------- */

static uint32_t frame_make(uint8_t *p, uint8_t family, const uint8_t *payload, uint32_t n)
{
	const uint32_t at = FRAME_ETHER + (family == ADDR_V4 ? FRAME_IPV4 : FRAME_IPV6);
	uint8_t *ip = p + FRAME_ETHER, *udp = p + at;

	memset(p, 1, at + FRAME_UDP);
	frame_store16(p + 12, htons(family == ADDR_V4 ? FRAME_ETHER_IPV4 : FRAME_ETHER_IPV6));
	ip[0] = family == ADDR_V4 ? 0x45 : 0x60;
	if (family == ADDR_V4) {
		frame_store16(ip + 2, htons((uint16_t)(FRAME_IPV4 + FRAME_UDP + n)));
		frame_store16(ip + 6, 0);
		ip[9] = FRAME_PROTO_UDP;
	} else {
		frame_store16(ip + 4, htons((uint16_t)(FRAME_UDP + n)));
		ip[6] = FRAME_PROTO_UDP;
	}
	frame_store16(udp + 4, htons((uint16_t)(FRAME_UDP + n)));
	memcpy(udp + FRAME_UDP, payload, n);
	return at + FRAME_UDP + n;
}

static void frame_forward(uint8_t *p, const struct frame *f)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	struct frame_target to = { .source = frame_destination(p, f),
				   .target = frame_source(p, f),
				   .port = { PEER_PORT, OUR_PORT },
				   .family = f->family };

	frame_target_seal(&to);
	frame_rewrite(p, *f, frame_addresses_sum(p, f), &to, mac);
}

/* Opened as it arrives, sent back under the key of who gets it: he reads what was said, and the headers hold. */
static void framed_take(struct talk *t, const struct said *d, const uint8_t *sealed, uint32_t n)
{
	uint8_t frame[FRAME_ETHER + FRAME_IPV6 + FRAME_UDP + PAYLOAD_MAX + 2 * SEAL_ROOM],
		opened[PAYLOAD_MAX + SEAL_ROOM];
	const uint32_t len = frame_make(frame, d->how & IPV6 ? ADDR_V6 : ADDR_V4, sealed, n);
	struct span guarded;
	uint8_t *p = guard_bytes(frame, len + SEAL_ROOM, &guarded);
	struct frame f = { 0 }, again = { 0 };
	enum verdict verdict;

	require(frame_parse(p, len, &f) == FRAME_OK && f.payload_len == n);
	verdict = covered_open(t->cover, p, &f, frame_addresses_sum(p, &f), said_is_control(d), 0);
	require(verdict == VERDICT_NONE || !t->in_step);
	if (verdict == VERDICT_NONE) {
		require(f.payload_len == d->n);
		frame_forward(p, &f);
		verdict = covered_seal(t->cover, p, &f, len + SEAL_ROOM, said_is_control(d));
		require(verdict == VERDICT_NONE || !t->in_step);
	}
	if (verdict == VERDICT_NONE) {
		require(frame_parse(p, len + SEAL_ROOM, &again) == FRAME_OK && again.payload_len == f.payload_len);
		require(frame_header_is_sound(p, &again));
		n = again.payload_len;
		require(open_at_page(t->in, p + frame_payload(&again), &n, said_is_control(d), opened) == SEAL_DONE ||
			!t->in_step);
	}
	guard_free(guarded);
}

/* --- all ---------------------------------------------------------------------------------------------------- */

static void take(struct talk *t, const struct said *d)
{
	uint8_t sealed[PAYLOAD_MAX + SEAL_ROOM];
	uint32_t n = d->n;

	memcpy(sealed, d->p, n);
	if (d->how % DEEDS == RAW) {
		require(open_at_page(t->cover->opens, d->p, &n, said_is_control(d), sealed) != SEAL_DONE);
		t->in_step = false;
		return;
	}
	if (seal_put(t->out, sealed, &n, said_is_control(d)) != SEAL_DONE) {
		t->in_step = false;
		return;
	}
	require(n > d->n && n <= d->n + (uint32_t)SEAL_ROOM);
	if (d->how % DEEDS == SEALED)
		sealed_take(t, d, sealed, n);
	else if (d->how % DEEDS == DAMAGED)
		damaged_take(t, d, sealed, n);
	else
		framed_take(t, d, sealed, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct talk t;

	if (!size)
		return 0;
	talk_begin(&t, data[0]);
	data++, size--;
	while (size >= HEAD) {
		struct said d = { .p = data + HEAD, .n = data[2], .how = data[0], .at = data[1] };

		if (d.n > size - HEAD)
			d.n = (uint8_t)(size - HEAD);
		take(&t, &d);
		data += HEAD + d.n;
		size -= HEAD + (size_t)d.n;
	}
	talk_end(&t);
	return 0;
}
