/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a datagram of ng: a request that is read, written and read again is the same; answers are walked; what
 * is gathered in it is inside of it. */
#include <stdlib.h>

#include "alg/net/reach.h"
#include "alg/ng/ng.h"
#include "alg/ng/ng_gather.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void request_same(const struct ng_request *a, const struct ng_request *b)
{
	require(span_eq(a->cookie, b->cookie) && a->coding == b->coding && a->command == b->command);
	require(span_eq(a->call_id, b->call_id) && span_is_set(a->call_id) == span_is_set(b->call_id));
	require(span_eq(a->from_tag, b->from_tag) && span_eq(a->to_tag, b->to_tag));
	require(span_eq(a->via_branch, b->via_branch) && span_eq(a->sdp, b->sdp) && span_eq(a->owner, b->owner));
	require(span_eq(a->direction[0], b->direction[0]) && span_eq(a->direction[1], b->direction[1]));
	require(span_eq(a->resume[0], b->resume[0]) && span_eq(a->resume[1], b->resume[1]));
	require(span_eq(a->stands_for[0], b->stands_for[0]) && span_eq(a->stands_for[1], b->stands_for[1]));
	require(addr_eq(&a->received_from, &b->received_from));
	require(a->latch == b->latch && a->latch_bits == b->latch_bits);
	require(a->trust_address == b->trust_address && a->fatal == b->fatal && a->fast == b->fast &&
		a->limit == b->limit);
	require(span_eq(a->prefix, b->prefix) && a->seconds == b->seconds);
	require(b->nunknown == 0);
}

/* Templates: all by their names alone. */
static struct span template_find(const void *ctx, struct span name)
{
	(void)ctx;
	if (span_eq(name, SPAN("default")))
		return SPAN("ICE=remove codec=[strip=[G722 opus]] sdp-attr=[audio=[add=[a b] substitute=[[c d]]]] "
			    "from-tags=[x]");
	return span_eq(name, SPAN("offer")) ? SPAN("direction=[a b] label=x extmap-strip-all [broken")
					    : (struct span){ 0 };
}

/* What templates say is said before; what the request says itself is as without them. */
static void request_templated(struct span datagram, const struct ng_request *r)
{
	static const struct ng_templates templates = { template_find, NULL };
	static char mem[1 << 18];
	struct ng_request by;
	const enum ng_decode d = ng_request_decode_by(datagram, span_of(mem, sizeof(mem)), &templates, &by);

	require(d == NG_DECODE_OK || d == NG_BAD_DATA || (d == NG_NO_TEMPLATE && span_is_set(r->template_name)));
	if (d == NG_NO_TEMPLATE)
		require(span_eq(by.template_name, r->template_name) && span_eq(by.cookie, r->cookie));
	if (d != NG_DECODE_OK)
		return;
	require(span_eq(by.call_id, r->call_id) && span_eq(by.sdp, r->sdp) && by.command == r->command);
	require(by.ncodec <= NG_CODEC_MAX && by.npatch <= NG_PATCH_MAX && by.nextmap <= NG_EXTMAP_MAX &&
		by.nhide <= NG_HIDE_MAX && by.nfrom_tag <= NG_TAGS_MAX);
	if (span_is_set(r->owner))
		require(by.ncodec == r->ncodec && by.npatch == r->npatch && by.ice == r->ice);
	for (unsigned i = 0; i < by.npatch; i++)
		(void)sdp_patch_check(&by.patch[i]);
}

/* Whom a ban is for. */
static void prefix_check(struct span text)
{
	struct prefix p;

	if (prefix_parse(text, &p))
		return;
	require(p.bits <= (p.base.family == ADDR_V4 ? 32 : 128));
	require(prefix_has(&p, &p.base) && reach_of(&p.base) < REACH_N);
}

static void request_again(const struct ng_request *r)
{
	static char buf[1 << 19], mem[1 << 18];
	struct writer w = writer_over(buf, sizeof(buf));
	struct ng_request again;

	ng_request_write(&w, r);
	/* Escapes may make JSON longer than a datagram may be. */
	if (w.n > NG_DATAGRAM_MAX)
		return;
	require(!w.failed);
	require(ng_request_decode(writer_done(&w), span_of(mem, sizeof(mem)), &again) == NG_DECODE_OK);
	request_same(r, &again);
}

/* Every value at every depth; bounded by the text itself, for each is inside its container. */
static void walk(struct span container)
{
	struct ng_value v;
	struct span key;
	uint32_t at = 0;

	while (ng_next(container, &at, &key, &v) > 0) {
		require(span_within(v.text, container));
		if (v.kind == NG_DICT || v.kind == NG_LIST_KIND)
			walk(v.text);
	}
}

static void take_apart(struct span datagram)
{
	struct span left = datagram, one;
	uint32_t sum = 0;

	while (ng_gather_next(&left, &one)) {
		require(span_within(one, datagram));
		sum += NG_GATHER_HEAD + one.n;
	}
	require(sum + left.n == datagram.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char mem[1 << 17];
	struct span datagram = span_of(data, size);
	struct ng_request r;
	struct ng_answer a;

	if (size > UINT16_MAX)
		return 0;
	take_apart(datagram);
	if (ng_request_decode(datagram, span_of(mem, sizeof(mem)), &r) == NG_DECODE_OK) {
		prefix_check(r.prefix);
		request_templated(datagram, &r);
		request_again(&r);
	}
	if (ng_answer_decode(datagram, &a) == 0) {
		require(span_within(a.body, datagram));
		walk(a.body);
	}
	return 0;
}
