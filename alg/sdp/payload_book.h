/* SPDX-License-Identifier: BSD-3-Clause */
/* payload_book.h: which payload numbers one side gave to its codecs, kept small for as long as the call lasts. */
#ifndef NATSBC_SDP_PAYLOAD_BOOK_H
#define NATSBC_SDP_PAYLOAD_BOOK_H

#include "alg/sdp/codec.h"

enum { PAYLOAD_BOOK_MAX = 12 };

/* Codecs under numbers of their own choice. Those under the numbers of RFC 3551 need no entry. */
struct payload_book {
	uint32_t entry[PAYLOAD_BOOK_MAX]; /* upper 24 bits of the codec's key, then the number */
	uint8_t n;
	bool shut; /* more than fit, or numbers inside of packets: numbers of this stream are left alone */
};

void payload_book_read(struct payload_book *b, const struct sdp_codec *list, unsigned n);

/* The side's number for the codec; -1 where it has none. */
int payload_book_number(const struct payload_book *b, const struct sdp_codec *c);

/* The side's number for the codec of an entry of another's book; -1 where it has none. */
int payload_book_entry(const struct payload_book *b, uint32_t entry);

/* Its number for telephone events of that clock (RFC 4733 7.1.1); -1 where it has none. */
int payload_book_event(const struct payload_book *b, uint32_t clock_hz);

/* The side uses the number, for whatever. */
bool payload_book_uses(const struct payload_book *b, uint8_t number);

#endif
