/* SPDX-License-Identifier: BSD-3-Clause */
/* edge_name.h: what phones whose home is a trunk are called: their addresses-of-record and, toward the trunk, their
 * Contacts, Call-IDs and tags (CALLS.md A1, G4). */
#ifndef NATSBC_SBC_EDGE_NAME_H
#define NATSBC_SBC_EDGE_NAME_H

#include "sbc/engine/engine.h"

enum { EDGE_TOKEN_LEN = 16, EDGE_HOST_MAX = 128 };

/* The trunk that keeps the registrations of the realm's phones, or -1. */
int edge_home(const struct engine *e, unsigned realm);

/* The domain of a URI as home knows it: home's own host in place of an address of ours. text is room for it. */
struct span edge_host(const struct engine *e, unsigned realm, struct span host, char text[EDGE_HOST_MAX]);

/* The key of an address-of-record among the bindings: user@domain, not escaped, the domain in lower case. Where
 * there are several homes, of which that of the realm is not the first, its name follows: one domain at two homes is
 * two. Fails the writer where it can't be. */
void edge_aor_write(const struct engine *e, struct writer *w, unsigned realm, struct span user, struct span host);

/* The same of a From, To or other name-addr value. */
void edge_aor_of_party(const struct engine *e, struct writer *w, unsigned realm, struct span value);

/* The user part of such a key. */
struct span edge_aor_user(struct span key);

/* A From or To value for home, without tag: the URI as the phone wrote it, unless its host is an address of ours. */
void edge_party_write(const struct engine *e, struct writer *w, unsigned realm, struct span value);
/* Likewise a URI. */
void edge_uri_write(const struct engine *e, struct writer *w, unsigned realm, struct span uri);

/* The names of a dialog with home: made from those of the phone's, so that a request that is sent again with
 * credentials has the same ones (A1). Nobody else can make them from these. */
struct edge_dialog {
	char call_id[TOKEN_CALL_ID_LEN], tag[TOKEN_TAG_LEN];
};
void edge_dialog_name(const struct engine *e, const struct sip_msg *m, unsigned realm, struct edge_dialog *out);

/* The token of a Contact that home does not know yet, by the phone's instance or else its Contact. */
void edge_token_make(const struct engine *e, struct span aor, const struct binding_facts *f, char out[EDGE_TOKEN_LEN]);

#endif
