/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/websocket.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "alg/net/upgrade.h"
#include "alg/net/wsframe.h"
#include "sbc/room.h"

enum { CLOSE_PROTOCOL = 1002, CLOSE_TOO_LARGE = 1009 };

struct websocket {
	const struct conf_realm *realm;
	bool inside;   /* a message of several frames has begun */
	char *message; /* its frames so far */
	uint32_t n, cap;
	char answer[UPGRADE_ANSWER_MAX];
};

struct websocket *websocket_new(const struct conf_realm *realm)
{
	struct websocket *w = calloc(1, sizeof(*w));

	if (w)
		w->realm = realm;
	return w;
}

void websocket_free(struct websocket *w)
{
	if (!w)
		return;
	free(w->message);
	free(w);
}

bool websocket_is_inside(const struct websocket *w)
{
	return w->inside;
}

/* ----- the upgrade ----- */

/* What RFC 6455 4.2.2 makes of the client's key: 28 characters. */
static struct span accept_of(struct span key, char text[64])
{
	static const struct span magic = { "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36 };
	unsigned char both[64], hash[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	memcpy(both, key.p, key.n);
	memcpy(both + key.n, magic.p, magic.n);
	EVP_Digest(both, key.n + magic.n, hash, &n, EVP_sha1(), NULL);
	return span_of(text, (size_t)EVP_EncodeBlock((unsigned char *)text, hash, (int)n));
}

static bool origin_is_allowed(const struct conf_realm *r, struct span origin)
{
	for (unsigned i = 0; i < r->nws_origin; i++)
		if (span_ieq(span_str(r->ws_origins[i]), origin))
			return true;
	return r->nws_origin == 0;
}

struct websocket_upgrade websocket_upgrade(struct websocket *w, struct span received)
{
	struct writer answer = writer_over(w->answer, sizeof(w->answer));
	struct upgrade request;
	enum upgrade_verdict verdict = upgrade_parse(received, &request);
	char accept[64];

	if (verdict == UPGRADE_MORE)
		return (struct websocket_upgrade){ .state = WEBSOCKET_WAITS };
	if (verdict == UPGRADE_OK && !origin_is_allowed(w->realm, request.origin))
		verdict = UPGRADE_FORBIDDEN;
	if (verdict != UPGRADE_OK) {
		upgrade_write_refusal(&answer, verdict);
		return (struct websocket_upgrade){ .state = WEBSOCKET_REFUSED, .answer = writer_done(&answer) };
	}
	upgrade_write_accept(&answer, accept_of(request.key, accept));
	return (struct websocket_upgrade){ WEBSOCKET_UPGRADED, request.length, writer_done(&answer) };
}

/* ----- frames ----- */

static struct span control(struct websocket *w, enum wsframe_opcode opcode, struct span payload)
{
	uint32_t head = wsframe_write_head(w->answer, opcode, payload.n);

	if (payload.n)
		memcpy(w->answer + head, payload.p, payload.n);
	return span_of(w->answer, head + payload.n);
}

/* The connection ends for what the client did. */
static struct websocket_event refuse(struct websocket *w, enum websocket_kind kind, uint16_t status)
{
	const char code[2] = { (char)(status >> 8), (char)status };

	return (struct websocket_event){ .kind = kind, .answer = control(w, WSFRAME_CLOSE, span_of(code, 2)) };
}

static struct websocket_event take_control(struct websocket *w, const struct wsframe *f, struct span payload)
{
	struct websocket_event e = { .kind = WEBSOCKET_NOTHING };

	if (f->opcode == WSFRAME_CLOSE) {
		e.kind = WEBSOCKET_CLOSED;
		/* The status comes back as it was given (RFC 6455 5.5.1). */
		e.answer = control(w, WSFRAME_CLOSE, span_slice(payload, 0, payload.n < 2 ? 0 : 2));
	} else if (f->opcode == WSFRAME_PING) {
		e.answer = control(w, WSFRAME_PONG, payload);
	}
	return e;
}

/* Adds a frame to the message that waits for more; false: it is too long, or there is no memory. */
static bool keep(struct websocket *w, struct span payload)
{
	if (room_grow(&w->message, &w->cap, w->n + payload.n, WEBSOCKET_MESSAGE_MAX))
		return false;
	if (payload.n)
		memcpy(w->message + w->n, payload.p, payload.n);
	w->n += payload.n;
	return true;
}

static struct websocket_event whole(struct span message)
{
	struct websocket_event e = { .kind = WEBSOCKET_MESSAGE, .message = message };

	if (span_eq(message, SPAN("\r\n\r\n")))
		e.kind = WEBSOCKET_PING;
	else if (message.n == 0 || span_eq(message, SPAN("\r\n")))
		e.kind = WEBSOCKET_NOTHING;
	return e;
}

void websocket_forget(struct websocket *w)
{
	if (w->inside || !w->message)
		return;
	free(w->message);
	w->message = NULL;
	w->n = w->cap = 0;
}

static struct websocket_event take_data(struct websocket *w, const struct wsframe *f, struct span payload)
{
	/* A message begins with its kind, and goes on without (RFC 6455 5.4). */
	if (w->inside != (f->opcode == WSFRAME_CONTINUATION))
		return refuse(w, WEBSOCKET_BROKEN, CLOSE_PROTOCOL);
	if (f->final && !w->inside)
		return whole(payload);
	if (!keep(w, payload))
		return refuse(w, WEBSOCKET_TOO_LARGE, CLOSE_TOO_LARGE);
	w->inside = !f->final;
	return w->inside ? (struct websocket_event){ .kind = WEBSOCKET_NOTHING } : whole(span_of(w->message, w->n));
}

struct websocket_event websocket_next(struct websocket *w, char *received, uint32_t n)
{
	struct websocket_event e;
	struct span payload;
	struct wsframe f;

	switch (wsframe_parse(span_of(received, n), WEBSOCKET_MESSAGE_MAX, &f)) {
	case WSFRAME_MORE:
		return (struct websocket_event){ .kind = WEBSOCKET_MORE };
	case WSFRAME_BROKEN:
		return refuse(w, WEBSOCKET_BROKEN, CLOSE_PROTOCOL);
	case WSFRAME_TOO_LARGE:
		return refuse(w, WEBSOCKET_TOO_LARGE, CLOSE_TOO_LARGE);
	case WSFRAME_OK:
		break;
	}
	wsframe_unmask(received + f.head, f.payload, f.mask);
	payload = span_of(received + f.head, f.payload);
	e = wsframe_is_control(&f) ? take_control(w, &f, payload) : take_data(w, &f, payload);
	e.used = f.head + f.payload;
	return e;
}

struct span websocket_head(char *buf, struct span message)
{
	return span_of(buf,
		       wsframe_write_head(buf, wsframe_is_text(message) ? WSFRAME_TEXT : WSFRAME_BINARY, message.n));
}
