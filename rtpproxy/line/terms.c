/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/terms.h"

#include <stdlib.h>
#include <string.h>

#include "alg/base/siphash.h"
#include "alg/sdp/ice.h"

/* The first that we can use is taken: they are in the order of the sender's liking (RFC 4568 7.1.2). */
static void take_crypto(struct terms *t, struct span value)
{
	if (t->crypto.key.suite == SRTP_SUITE_NONE)
		sdp_crypto_parse(value, &t->crypto);
}

/* The rest is read once for all, in terms_read(). */
static void take_fingerprint(struct terms *t, struct span value)
{
	(void)value;
	t->fingerprints.n = 1;
}

static void take_mux(struct terms *t, struct span value)
{
	(void)value;
	t->mux = true;
}

/* The same. */
static void take_ice(struct terms *t, struct span value)
{
	(void)value;
	t->ice.said = true;
}

/* This, too. */
static void take_mid(struct terms *t, struct span value)
{
	(void)t;
	(void)value;
}

/* Attributes of an m-line, and those that the session's part may have for all m-lines. An m-line's own are read last.
 */
static const struct reader {
	struct span name;
	bool of_session;
	void (*take)(struct terms *t, struct span value);
} readers[] = {
	{ SPAN("crypto"), false, take_crypto }, { SPAN("fingerprint"), true, take_fingerprint },
	{ SPAN("ice-ufrag"), true, take_ice },  { SPAN("mid"), false, take_mid },
	{ SPAN("rtcp-mux"), false, take_mux },  { SPAN("rtcp-mux-only"), false, take_mux }, /* RFC 8858 */
};

enum { NREADER = sizeof(readers) / sizeof(readers[0]) };

/* The attribute has as many letters as the name, and begins with the same: most do not. */
static bool may_be(struct span attribute, struct span name)
{
	if (attribute.n < name.n || (attribute.p[0] | 0x20) != name.p[0])
		return false;
	return attribute.n == name.n || attribute.p[name.n] == ':';
}

/* The reader of the attribute, and its value; NULL where it is none of ours. */
static const struct reader *reader_of(struct span attribute, struct span *value)
{
	for (unsigned i = 0; i < NREADER; i++) {
		const struct span name = readers[i].name;

		if (!may_be(attribute, name) || !span_istarts(attribute, name))
			continue;
		*value = span_from(attribute, name.n + 1);
		return &readers[i];
	}
	return NULL;
}

/* Creates *t with the first line that says something. */
static int section_read(const struct sdp *sdp, const struct sdp_section *in, bool of_session, struct terms **t)
{
	for (unsigned i = in->first; i < in->end; i++) {
		const struct reader *r;
		struct span value;

		if (sdp->line[i].type != 'a')
			continue;
		r = reader_of(sdp_line_value(sdp, &sdp->line[i]), &value);
		if (!r || (of_session && !r->of_session))
			continue;
		if (!*t)
			*t = calloc(1, sizeof(**t));
		if (!*t)
			return -1;
		r->take(*t, value);
	}
	return 0;
}

/* Who shows which certificate, who begins, which association it is. */
static void association_read(struct terms *t, const struct sdp *sdp, unsigned media)
{
	static const struct hash_key key = { 0 }; /* it is compared with the same sender's */
	const struct span id = sdp_tls_id(sdp, media);

	sdp_fingerprints_read(sdp, media, &t->fingerprints);
	t->setup = (uint8_t)sdp_setup(sdp, media);
	if (id.n)
		siphash_128(&key, id.p, id.n, t->tls_id);
}

/* Nothing secret is hashed but what is compared with itself alone: the key need not be one. */
static uint64_t text_hash(const struct span *parts, unsigned n)
{
	static const struct hash_key key = { 0 };
	uint64_t hash[2] = { 0 };

	for (unsigned i = 0; i < n; i++)
		hash[i] = siphash(&key, parts[i].p, parts[i].n);
	return n == 1 ? hash[0] : siphash(&key, hash, sizeof(hash));
}

uint64_t terms_ice_peer(struct span ufrag)
{
	return text_hash(&ufrag, 1);
}

static void ice_take(struct terms *t, const struct sdp *sdp, unsigned media)
{
	struct sdp_ice ice;

	t->ice = (struct terms_ice){ 0 };
	if (!sdp_ice_read(sdp, media, &ice))
		return;
	t->ice = (struct terms_ice){
		.said = true,
		.lite = ice.lite,
		.mismatch = ice.mismatch,
		.peer = terms_ice_peer(ice.ufrag),
		.all = text_hash((struct span[]){ ice.ufrag, ice.pwd }, 2),
	};
}

int terms_read(const struct sdp *sdp, unsigned media, struct terms **out)
{
	struct terms *t = NULL;

	if (section_read(sdp, &sdp->session, true, &t) || section_read(sdp, &sdp->media[media], false, &t)) {
		free(t);
		return -1;
	}
	if (t && t->fingerprints.n)
		association_read(t, sdp, media);
	if (t && t->ice.said)
		ice_take(t, sdp, media);
	if (t)
		bundle_read(sdp, media, &t->bundle);
	*out = terms_hold(t);
	return 0;
}

struct terms *terms_like(const struct terms *t)
{
	struct terms *like;

	if (!t || (!t->mux && !t->ice.said))
		return NULL;
	like = calloc(1, sizeof(*like));
	if (!like)
		return NULL;
	like->mux = t->mux;
	like->ice.said = t->ice.said;
	return terms_hold(like);
}

struct terms *terms_hold(struct terms *t)
{
	if (t)
		t->holders++;
	return t;
}

void terms_drop(struct terms *t)
{
	if (!t || --t->holders)
		return;
	explicit_bzero(t, sizeof(*t));
	free(t);
}
