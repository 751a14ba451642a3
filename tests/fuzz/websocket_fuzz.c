/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as what a client sends on a WebSocket, its opening included where they begin with one: however they are
 * cut, the same is heard and answered. The first byte says how they are cut. */
#include <stdlib.h>

#include "alg/base/siphash.h"
#include "sbc/wire/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	uint64_t messages, sent;  /* hashes */
	uint64_t nmessage, nsent; /* bytes */
	enum websocket_state state;
};

static const struct hash_key key = { 1, 2 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void on_message(void *ctx, struct span message)
{
	struct heard *h = ctx;

	require(message.n > 0 && message.n <= WEBSOCKET_MESSAGE_MAX);
	h->messages = 31 * h->messages + siphash(&key, message.p, message.n);
	h->nmessage += message.n;
}

/* Pieces of what is sent may be cut otherwise: byte by byte. */
static void on_send(void *ctx, struct span bytes)
{
	struct heard *h = ctx;

	for (uint32_t i = 0; i < bytes.n; i++)
		h->sent = 31 * h->sent + (uint8_t)bytes.p[i];
	h->nsent += bytes.n;
}

/* A block of its own for each piece: nothing may be read behind it. */
static enum websocket_state give(struct websocket *w, struct span piece, const struct websocket_sink *sink)
{
	char *own = malloc(piece.n ? piece.n : 1);
	enum websocket_state state;

	require(own);
	memcpy(own, piece.p, piece.n);
	state = websocket_receive(w, span_of(own, piece.n), sink);
	free(own);
	return state;
}

static struct heard hear(struct span bytes, uint32_t piece)
{
	static const struct conf_realm realm;
	struct websocket *w = websocket_new(&realm);
	struct heard h = { 0 };
	const struct websocket_sink sink = { &h, on_message, on_send };

	require(w);
	if (span_starts(bytes, SPAN("GET "))) {
		struct websocket_upgrade u = websocket_upgrade(w, bytes, &sink);

		require(u.used <= bytes.n);
		bytes = span_from(bytes, u.state == WEBSOCKET_UPGRADED ? u.used : bytes.n);
	}
	for (uint32_t at = 0; at < bytes.n && h.state == WEBSOCKET_OPEN; at += piece)
		h.state = give(w, span_slice(bytes, at, at + piece), &sink);
	websocket_free(w);
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole, cut;

	if (size < 2 || size > 2 * WEBSOCKET_MESSAGE_MAX)
		return 0;
	whole = hear(span_of(data + 1, size - 1), (uint32_t)size);
	cut = hear(span_of(data + 1, size - 1), 1 + data[0] % 64);
	require(whole.nmessage == cut.nmessage && whole.messages == cut.messages);
	/* A mistake may be seen before the end of its frame, where that came, and one of two be told of. */
	if (whole.state == WEBSOCKET_BROKEN || cut.state == WEBSOCKET_BROKEN)
		return 0;
	require(whole.state == cut.state && whole.nsent == cut.nsent && whole.sent == cut.sent);
	return 0;
}
