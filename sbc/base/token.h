/* SPDX-License-Identifier: BSD-3-Clause */
/* token.h: identifiers nobody can guess: tags, Call-IDs, branches, call ids. */
#ifndef NATSBC_SBC_TOKEN_H
#define NATSBC_SBC_TOKEN_H

#include "alg/base/writer.h"

enum { TOKEN_TAG_LEN = 12, TOKEN_CALL_ID_LEN = 24, TOKEN_BRANCH_LEN = 7 + 16, TOKEN_ID_LEN = 12 };

/* Random bytes are fetched from the system a page at a time. */
struct token_source {
	void (*fill)(void *ctx, void *bytes, uint32_t n);
	void *ctx;
	uint32_t used;
	uint8_t page[4096];
};

void token_source_init(struct token_source *t, void (*fill)(void *ctx, void *bytes, uint32_t n), void *ctx);

uint64_t token_u64(struct token_source *t);

/* Writes len lower-case letters and digits, 5 bits each: they stay apart where a peer folds case. */
void token_write(struct token_source *t, struct writer *w, unsigned len);

/* The same from bytes that somebody chose, at least len * 5 bits. */
void token_spell(struct writer *w, const void *bytes, unsigned len);

/* It may be one of ours of that length. */
bool token_is(struct span text, unsigned len);

#endif
