/* SPDX-License-Identifier: BSD-3-Clause */
/* auth.h: is this request from the user it names? Digest, the server's side (RFC 3261 22, 7616, 8760). */
#ifndef NATSBC_SBC_AUTH_H
#define NATSBC_SBC_AUTH_H

#include "alg/sip/msg.h"
#include "sbc/base/flow.h"
#include "sbc/identity/hasher.h"
#include "sbc/identity/nonce.h"
#include "sbc/identity/users.h"

#define AUTH_VERDICT_TABLE(X)                                                                                          \
	X(OK, "ok")                                                                                                    \
	X(NONE, "no-credentials") /* none for our realm that we can use: challenge */                                  \
	X(STALE, "stale-nonce")   /* or replayed: challenge with stale */                                              \
	X(WRONG, "wrong-response")                                                                                     \
	X(MALFORMED, "malformed-credentials") /* 400 */                                                                \
	X(UNKNOWN_USER, "unknown-user")       /* for the log alone: answer exactly as for WRONG */

enum auth_verdict {
#define X(id, name) AUTH_##id,
	AUTH_VERDICT_TABLE(X)
#undef X
		AUTH_VERDICT_N
};

/* The word for logs and counters. */
const char *auth_verdict_name(enum auth_verdict v);

enum { AUTH_NONCE_LIFETIME_MS = 300 * 1000, AUTH_CHALLENGE_MAX = 1024 /* bytes, both lines */ };

struct auth_conf {
	const struct users *users;      /* borrowed */
	const struct conf_realm *where; /* borrowed: whose hosts are ours, see auth_host_is_ours */
	struct span realm;              /* borrowed: the realm of the challenge, what HA1s were made for */
	const void *nonce_key;          /* NONCE_KEY_LEN random bytes, copied */
	uint64_t nonce_lifetime_ms;
	uint32_t nonce_count; /* nonces remembered: about the phones that are active within a lifetime */
};

/* The authentication of one realm. Belongs to one worker: it owns contexts of the crypto library. */
struct auth;

/* NULL without memory, or where the crypto library lacks an algorithm. Caller frees with auth_free(). */
struct auth *auth_new(const struct auth_conf *conf);
void auth_free(struct auth *a);

/* After a reload of the users file; the old users may be freed then. */
void auth_set_users(struct auth *a, const struct users *users);

/* Looks for Authorization (proxy: Proxy-Authorization) of our realm. *user, on AUTH_OK only, is the name in the users
 * file and lives as long as the users. */
enum auth_verdict auth_check(struct auth *a, const struct sip_msg *m, bool proxy, const struct flow *from, uint64_t now,
			     struct span *user);

/* Whom the first credentials in m name, whether they are right or not; absent: there are none. */
struct span auth_username(const struct sip_msg *m, bool proxy);

/* The response that these credentials of user should have (RFC 7616 3.4.1; with an absent qop, RFC 2617 3.2.2.1). user
 * may be NULL: the work is the same, so that its time does not tell who exists; the result means nothing then. */
void auth_response(struct auth *a, struct span method, const struct digest_credentials *c, const struct user *user,
		   struct hasher_hex *out);

/* Writes whole lines, WWW-Authenticate (proxy: Proxy-Authenticate), one per algorithm that all users have, the
 * strongest first (RFC 8760 2.4). to is where the credentials must come from. */
void auth_challenge(struct auth *a, struct writer *w, bool proxy, const struct flow *to, bool stale, uint64_t now);

/* host (IPv6 in brackets) is one of the realm's domains or its own or public address. */
bool auth_host_is_ours(const struct conf_realm *r, struct span host);

#endif
