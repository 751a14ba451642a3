/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/websocket.h"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <wslay/wslay.h>

#include "alg/net/upgrade.h"
#include "sbc/base/room.h"

struct websocket {
	const struct conf_realm *realm;
	struct wslay_event_context *frames; /* NULL between messages */
	char *message;                      /* what has come of it */
	uint32_t n, cap;
	uint64_t pending, frame; /* bytes: of frames not complete, of the one under way */
	bool control;            /* which is none of a message */
	bool fragments;          /* other frames of this message follow */
	bool began, starved;     /* websocket_began(); there was no memory */
	/* During websocket_receive() */
	struct span left;
	const struct websocket_sink *sink;
};

struct websocket *websocket_new(const struct conf_realm *realm)
{
	struct websocket *w = calloc(1, sizeof(*w));

	if (w)
		w->realm = realm;
	return w;
}

/* Nothing is under way: what the library needs for it, nine kilobytes, is given back. */
static void forget(struct websocket *w)
{
	wslay_event_context_free(w->frames);
	free(w->message);
	w->frames = NULL;
	w->message = NULL;
	w->n = w->cap = 0;
}

void websocket_free(struct websocket *w)
{
	if (!w)
		return;
	forget(w);
	free(w);
}

bool websocket_is_inside(const struct websocket *w)
{
	return w->pending || w->fragments;
}

bool websocket_began(const struct websocket *w)
{
	return w->began;
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

struct websocket_upgrade websocket_upgrade(struct websocket *w, struct span received, const struct websocket_sink *sink)
{
	char text[UPGRADE_ANSWER_MAX], accept[64];
	struct writer answer = writer_over(text, sizeof(text));
	struct upgrade request;
	enum upgrade_verdict verdict = upgrade_parse(received, &request);

	if (verdict == UPGRADE_MORE)
		return (struct websocket_upgrade){ .state = WEBSOCKET_WAITS };
	if (verdict == UPGRADE_OK && !origin_is_allowed(w->realm, request.origin))
		verdict = UPGRADE_FORBIDDEN;
	if (verdict == UPGRADE_OK)
		upgrade_write_accept(&answer, accept_of(request.key, accept));
	else
		upgrade_write_refusal(&answer, verdict);
	sink->send(sink->ctx, writer_done(&answer));
	if (verdict != UPGRADE_OK)
		return (struct websocket_upgrade){ .state = WEBSOCKET_REFUSED };
	return (struct websocket_upgrade){ WEBSOCKET_UPGRADED, request.length };
}

/* ----- frames of the client ----- */

static uint64_t head_length(uint64_t payload)
{
	return 2 + (payload > UINT16_MAX ? 8 : payload > 125 ? 2 : 0) + 4;
}

static ssize_t on_wanted(struct wslay_event_context *ctx, uint8_t *to, size_t room, int flags, void *arg)
{
	struct websocket *w = arg;
	struct span part = span_slice(w->left, 0, (uint32_t)room);

	(void)flags;
	if (part.n == 0) {
		wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	memcpy(to, part.p, part.n);
	w->left = span_from(w->left, part.n);
	return part.n;
}

static ssize_t on_answer(struct wslay_event_context *ctx, const uint8_t *bytes, size_t n, int flags, void *arg)
{
	struct websocket *w = arg;

	(void)ctx, (void)flags;
	w->sink->send(w->sink->ctx, span_of(bytes, n));
	return (ssize_t)n;
}

/* The library knows how long a frame is, and we what its frames come to. */
static void on_frame(struct wslay_event_context *ctx, const struct wslay_event_on_frame_recv_start_arg *f, void *arg)
{
	struct websocket *w = arg;

	w->frame = head_length(f->payload_length) + f->payload_length;
	w->control = wslay_is_ctrl_frame(f->opcode);
	if (w->control)
		return;
	w->fragments = !f->fin;
	if (f->payload_length <= WEBSOCKET_MESSAGE_MAX - w->n)
		return;
	wslay_event_shutdown_read(ctx);
	wslay_event_queue_close(ctx, WSLAY_CODE_MESSAGE_TOO_BIG, NULL, 0);
}

static void on_piece(struct wslay_event_context *ctx, const struct wslay_event_on_frame_recv_chunk_arg *piece,
		     void *arg)
{
	uint32_t n = (uint32_t)piece->data_length;
	struct websocket *w = arg;

	if (w->control || n == 0 || !wslay_event_get_read_enabled(ctx))
		return;
	if (room_grow(&w->message, &w->cap, w->n + n, WEBSOCKET_MESSAGE_MAX)) {
		w->starved = true;
		wslay_event_shutdown_read(ctx);
		return;
	}
	memcpy(w->message + w->n, piece->data, n);
	w->n += n;
}

static void on_frame_end(struct wslay_event_context *ctx, void *arg)
{
	struct websocket *w = arg;

	(void)ctx;
	w->pending -= w->frame;
	w->began |= !w->fragments;
}

static void on_message(struct wslay_event_context *ctx, const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	struct websocket *w = arg;
	struct span text = span_of(w->message, w->n);

	if (wslay_is_ctrl_frame(m->opcode)) {
		wslay_event_send(ctx); /* the library has its answer ready */
		return;
	}
	if (!wslay_event_get_read_enabled(ctx))
		return;
	w->n = 0;
	if (span_eq(text, SPAN("\r\n\r\n")))
		websocket_send(SPAN("\r\n"), w->sink);
	else if (text.n && !span_eq(text, SPAN("\r\n")))
		w->sink->message(w->sink->ctx, text);
}

static int context_open(struct websocket *w)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_wanted,
		.send_callback = on_answer,
		.on_frame_recv_start_callback = on_frame,
		.on_frame_recv_chunk_callback = on_piece,
		.on_frame_recv_end_callback = on_frame_end,
		.on_msg_recv_callback = on_message,
	};

	if (wslay_event_context_server_init(&w->frames, &callbacks, w)) {
		w->frames = NULL; /* may be left as it was before it was freed */
		return -1;
	}
	/* The library keeps each piece of a message for itself, however small. */
	wslay_event_config_set_no_buffering(w->frames, 1);
	wslay_event_config_set_max_recv_msg_length(w->frames, WEBSOCKET_MESSAGE_MAX);
	return 0;
}

static enum websocket_state state_after(const struct websocket *w, int received)
{
	if (w->starved || received == WSLAY_ERR_NOMEM)
		return WEBSOCKET_NO_MEMORY;
	if (received)
		return WEBSOCKET_BROKEN;
	if (wslay_event_get_close_received(w->frames))
		return WEBSOCKET_CLOSED;
	if (wslay_event_get_read_enabled(w->frames))
		return WEBSOCKET_OPEN;
	return wslay_event_get_status_code_sent(w->frames) == WSLAY_CODE_MESSAGE_TOO_BIG ? WEBSOCKET_TOO_LARGE
											 : WEBSOCKET_BROKEN;
}

enum websocket_state websocket_receive(struct websocket *w, struct span received, const struct websocket_sink *sink)
{
	enum websocket_state state;
	int error;

	if (!w->frames && context_open(w))
		return WEBSOCKET_NO_MEMORY;
	w->sink = sink;
	w->left = received;
	w->began = !websocket_is_inside(w);
	w->pending += received.n;
	error = wslay_event_recv(w->frames);
	wslay_event_send(w->frames);
	state = state_after(w, error);
	w->sink = NULL;
	if (state == WEBSOCKET_OPEN && !websocket_is_inside(w))
		forget(w);
	return state;
}

/* ----- frames of ours ----- */

/* Browsers close the connection over a text that is not in UTF-8 (RFC 6455 8.1). */
static bool is_text(struct span s)
{
	unsigned long character;

	for (uint32_t at = 0; at < s.n;) {
		int n = s.p[at] & 0x80 ? UTF8_getc((const unsigned char *)s.p + at, (int)(s.n - at), &character) : 1;

		if (n <= 0)
			return false;
		at += (uint32_t)n;
	}
	return true;
}

static ssize_t on_frame_out(const uint8_t *bytes, size_t n, int flags, void *arg)
{
	const struct websocket_sink *sink = arg;

	(void)flags;
	sink->send(sink->ctx, span_of(bytes, n));
	return (ssize_t)n;
}

int websocket_send(struct span message, const struct websocket_sink *sink)
{
	static const struct wslay_frame_callbacks callbacks = { .send_callback = on_frame_out };
	struct wslay_frame_iocb frame = {
		.fin = 1,
		.opcode = is_text(message) ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME,
		.payload_length = message.n,
		.data = (const uint8_t *)message.p,
		.data_length = message.n,
	};
	struct wslay_frame_context *ctx;

	if (wslay_frame_context_init(&ctx, &callbacks, (void *)(uintptr_t)sink))
		return -1;
	wslay_frame_send(ctx, &frame);
	wslay_frame_context_free(ctx);
	return 0;
}
