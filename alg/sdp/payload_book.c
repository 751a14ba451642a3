/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/payload_book.h"

static uint32_t entry_of(const struct sdp_codec *c)
{
	return (c->key & 0xffffff00U) | c->number;
}

void payload_book_read(struct payload_book *b, const struct sdp_codec *list, unsigned n)
{
	*b = (struct payload_book){ 0 };
	for (unsigned i = 0; i < n; i++) {
		const struct sdp_codec *c = &list[i];

		b->shut = b->shut || sdp_codec_nests_numbers(c);
		if (!span_is_set(c->encoding) || sdp_codec_static(c) == c->number || payload_book_number(b, c) >= 0)
			continue;
		if (b->n == PAYLOAD_BOOK_MAX)
			b->shut = true;
		else
			b->entry[b->n++] = entry_of(c);
	}
}

int payload_book_entry(const struct payload_book *b, uint32_t entry)
{
	for (unsigned i = 0; i < b->n; i++)
		if ((b->entry[i] ^ entry) < 0x100)
			return b->entry[i] & 0x7f;
	return -1;
}

int payload_book_number(const struct payload_book *b, const struct sdp_codec *c)
{
	return payload_book_entry(b, c->key);
}

int payload_book_event(const struct payload_book *b, uint32_t clock_hz)
{
	struct sdp_codec c = { .encoding = SPAN("telephone-event"), .clock = clock_hz, .channels = 1 };

	c.key = codec_key(&c);
	return payload_book_number(b, &c);
}

bool payload_book_uses(const struct payload_book *b, uint8_t number)
{
	for (unsigned i = 0; i < b->n; i++)
		if ((b->entry[i] & 0xff) == number)
			return true;
	return false;
}
