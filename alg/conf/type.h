/* SPDX-License-Identifier: BSD-3-Clause */
/* type.h: the kinds of values that a key can have: how each is read, checked and stored. */
#ifndef NATSBC_CONF_TYPE_H
#define NATSBC_CONF_TYPE_H

#include "alg/conf/schema.h"

/* Reads v into record. False: it was wrong, and load_fail() was told. */
typedef bool type_read_fn(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record);

struct key_type {
	const char *name; /* for the documentation */
	type_read_fn *read;
};

/* One word of a choice, ended by word NULL. */
struct word {
	const char *word;
	int value;
};

extern const struct key_type type_ignored; /* understood, and of no consequence here */
extern const struct key_type type_text, type_name, type_path, type_count, type_short, type_tiny, type_flag;
extern const struct key_type type_seconds, type_milliseconds, type_microseconds;
extern const struct key_type type_choice;

/* Lists of texts: at most max of them, their number stored at count. */
extern const struct key_type type_domains, type_certified, type_origins, type_uris, type_lines, type_names, type_codecs;

extern const struct key_type type_bind, type_public, type_networks, type_listen, type_ports, type_mark, type_dscp,
	type_latch, type_kinds;
extern const struct key_type type_home;
extern const struct key_type type_file, type_authorities, type_more, type_verify;
extern const struct key_type type_realm, type_peers, type_host;
extern const struct key_type type_user, type_host_name, type_secret, type_statuses;
extern const struct key_type type_source, type_pattern, type_send, type_turn, type_outcomes, type_headers;
extern const struct key_type type_rewrites, type_windows;
extern const struct key_type type_ng, type_ng_from, type_cores, type_eal, type_directions, type_templates,
	type_receiver;
extern const struct key_type type_socket, type_http, type_servers, type_store;
extern const struct key_type type_allow;
extern const struct key_type type_forward, type_gateway, type_stun;

/* Tells what was expected where v is not of the JSON type. */
bool type_want(struct load *l, const struct step *at, const json_t *v, json_type json, const char *what);

/* Reads a list, element by element; at most max. Stops at no failure, so that all are told. */
typedef bool type_element_fn(struct load *l, const struct step *at, const json_t *v, void *record);
bool type_each(struct load *l, const struct step *at, const json_t *v, size_t max, type_element_fn *read, void *record);

/* What nodes, realms and trunks may be called: fit for paths, labels and logs. */
enum { TYPE_NAME_MAX = 32 };
bool type_is_name(struct span s);

/* Labels with dots in between; no address, no dot at the end. */
bool type_is_domain(struct span s);

/* A user part, escapes of its own aside (RFC 3261 25.1). */
bool type_is_user(struct span s);

/* Tells that no member of the root's object `of` is called s, and which there are. */
bool type_fail_unknown(struct load *l, const struct step *at, struct span s, const char *what, const char *const of[2]);

/* A name that a credential of systemd can have. */
bool type_is_credential(struct span name);

/* No byte that would disturb a terminal or end a line. */
bool type_is_printable(struct span s);

#endif
