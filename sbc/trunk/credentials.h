/* SPDX-License-Identifier: BSD-3-Clause */
/* credentials.h: our own credentials toward trunks: what their servers asked for, and what our requests answer
 * (RFC 3261 22, RFC 7616, RFC 8760; CALLS.md A2). */
#ifndef NATSBC_SBC_CREDENTIALS_H
#define NATSBC_SBC_CREDENTIALS_H

#include "alg/base/writer.h"
#include "sbc/trunk/secret.h"

struct engine;
struct flow;
struct sip_msg;

enum { CREDENTIALS_SPACES = 8 /* servers of one trunk that asked, remembered */ };

/* What was asked for one request so far: by bits, which of the trunk's servers. Zero at its beginning. */
struct credentials_asked {
	uint8_t once, twice;
};

struct credentials;

/* NULL without memory. all (NULL: none) is owned by it. Caller frees with credentials_free(). */
struct credentials *credentials_new(const struct config *conf, struct secrets *all);
void credentials_free(struct credentials *c);

/* After a reload: what was learnt from challenges is forgotten. */
void credentials_set_secrets(struct credentials *c, struct secrets *all);

/* The trunk (-1: a phone) asks for credentials, and we have some. */
bool credentials_has(const struct engine *e, int trunk);

/* The whole request is on its way there: it gets the credentials that its servers asked for, now (asked, may be NULL)
 * or when they were asked last. What was added, whole lines within the request; absent: nothing. */
struct span credentials_add(struct engine *e, int trunk, const struct flow *to, const struct credentials_asked *asked,
			    struct writer *request);

/* Puts lines into a whole request. */
void credentials_repeat(struct writer *request, struct span lines);

/* m is the 401 or 407 to a request that went there: true where it should be sent once more. Where it should not, the
 * log says why. */
bool credentials_answer(struct engine *e, int trunk, const struct flow *to, const struct sip_msg *m,
			struct credentials_asked *asked);

/* m is the 2xx: the server may have named the nonce to come (RFC 7616 3.5). */
void credentials_accepted(struct engine *e, int trunk, const struct flow *to, const struct sip_msg *m);

#endif
