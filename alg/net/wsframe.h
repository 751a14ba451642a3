/* SPDX-License-Identifier: BSD-3-Clause */
/* wsframe.h: the frames of a WebSocket, as a client sends them and a server answers (RFC 6455 5). */
#ifndef NATSBC_NET_WSFRAME_H
#define NATSBC_NET_WSFRAME_H

#include "alg/base/span.h"

enum wsframe_opcode {
	WSFRAME_CONTINUATION = 0,
	WSFRAME_TEXT = 1,
	WSFRAME_BINARY = 2,
	WSFRAME_CLOSE = 8,
	WSFRAME_PING = 9,
	WSFRAME_PONG = 10,
};

enum { WSFRAME_HEAD_MAX = 14 /* of a client's */, WSFRAME_CONTROL_MAX = 125 };

struct wsframe {
	uint8_t opcode;
	bool final; /* the last of its message */
	uint8_t mask[4];
	uint32_t head, payload; /* bytes: what goes before the payload, and the payload */
};

enum wsframe_kind {
	WSFRAME_MORE, /* not yet complete: read on */
	WSFRAME_OK,
	WSFRAME_BROKEN,    /* not as the protocol has it: masked, no extension, no other opcodes (status 1002) */
	WSFRAME_TOO_LARGE, /* a payload of more than max bytes (1009) */
};

/* One frame of a client at the front of what was received, all of it. */
enum wsframe_kind wsframe_parse(struct span received, uint32_t max, struct wsframe *out);

/* Takes the mask off the payload (5.3). */
void wsframe_unmask(char *payload, uint32_t n, const uint8_t mask[4]);

static inline bool wsframe_is_control(const struct wsframe *f)
{
	return f->opcode >= WSFRAME_CLOSE;
}

/* The head of a server's frame: final, not masked. Returns its bytes: at most 10. */
uint32_t wsframe_write_head(char *to, enum wsframe_opcode opcode, uint32_t payload);

/* May it be a text frame? Browsers close the connection over one that is not in UTF-8 (8.1). */
bool wsframe_is_text(struct span s);

#endif
