/* SPDX-License-Identifier: BSD-3-Clause */
/* users.h: who may register here: names and their secrets, from the users file. */
#ifndef NATSBC_SBC_USERS_H
#define NATSBC_SBC_USERS_H

#include "alg/base/siphash.h"
#include "alg/conf/config.h"
#include "alg/sip/digest.h"

enum {
	USER_NAME_MAX = 64, /* bytes */
	USER_PASSWORD_MAX = 255,
	USER_HA1_MAX = 64,                   /* hexadecimal digits of the longest hash */
	USER_ALGORITHMS = DIGEST_SHA256 + 1, /* that phones are asked for: up to that one */
	USERS_FILE_MAX = 64 << 20,
};

/* A secret is a password, which serves every algorithm and realm, or one HA1 per algorithm (RFC 7616 3.4.2), which
 * serves the realm it was made for. */
struct user {
	struct span name;
	struct span password;             /* absent where HA1s are given */
	struct span ha1[USER_ALGORITHMS]; /* by enum digest_algorithm: lower-case hexadecimal, absent where not given */
};

struct users;

/* Reads {"users": [{"name": "1001", "password": "…"}, {"name": "1002", "ha1": {"MD5": "…", "SHA-256": "…"}}]}.
 * NULL when there was any problem: all of them were reported.
 * Caller frees with users_free(). */
struct users *users_load(struct span text, const struct hash_key *key, conf_report_fn *report, void *ctx);

/* Wipes the secrets. */
void users_free(struct users *u);

/* NULL when there is none. Lives as long as u. */
const struct user *users_find(const struct users *u, struct span name);

uint32_t users_count(const struct users *u);

/* Bits 1 << enum digest_algorithm: what every user can answer, so what may be offered without telling who exists. */
unsigned users_algorithms(const struct users *u);

/* The text of the file, which others than its owner must not be able to read or write. 0; or -1 and *why, which the
 * caller prints after the path. Caller frees text->p. */
int users_file_read(const char *path, struct span *text, const char **why);

#endif
