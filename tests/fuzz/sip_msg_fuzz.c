/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a datagram: indexed, walked with every value parser, checked. All spans lie within the message. */
#include <stdlib.h>

#include "alg/sip/challenges.h"
#include "alg/sip/cseq.h"
#include "alg/sip/msg.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct span s, struct span all)
{
	if (span_is_set(s) && !span_within(s, all))
		abort();
}

static void via_try(struct span value)
{
	struct via v;

	if (via_parse(value, &v))
		return;
	inside(v.transport, value);
	inside(v.sent_by, value);
	inside(v.host, v.sent_by);
	inside(v.params, value);
	inside(v.branch, v.params);
	inside(v.received, v.params);
	inside(v.rport, v.params);
}

static void address_try(struct span value)
{
	struct nameaddr a;
	struct uri u;

	if (nameaddr_parse(value, &a))
		return;
	inside(a.display, value);
	inside(a.uri, value);
	inside(a.params, value);
	inside(nameaddr_tag(value), value);
	if (!params_ok(a.params))
		abort();
	if (uri_parse(a.uri, &u) == 0)
		inside(u.host, a.uri);
}

static void number_try(struct span value)
{
	struct cseq c;
	struct rack r;

	if (cseq_parse(value, &c) == 0)
		inside(c.method_name, value);
	if (rack_parse(value, &r) == 0)
		inside(r.cseq.method_name, value);
}

static void fields_try(const struct sip_msg *m)
{
	uint32_t end = m->start_end;

	for (unsigned i = 0; i < m->nfield; i++) {
		const struct sip_field *f = &m->field[i];

		if (f->line < end || f->name_end <= f->line || f->value <= f->name_end || f->line_end < f->value)
			abort();
		end = f->line_end;
	}
	for (enum sip_hdr hdr = 0; hdr < SIP_HDR_N; hdr++) {
		struct sip_walk w = { 0 };
		struct span element;

		while (sip_walk_next(m, hdr, &w, &element)) {
			inside(element, m->raw);
			via_try(element);
			address_try(element);
			number_try(element);
		}
	}
}

static void challenges_try(const struct sip_msg *m)
{
	struct challenge all[CHALLENGES_MAX];
	unsigned n = challenges_choose(m, (struct span){ 0 }, all);

	if (n > CHALLENGES_MAX)
		abort();
	for (unsigned i = 0; i < n; i++) {
		inside(all[i].text, m->raw);
		inside(all[i].digest.nonce, all[i].text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = span_of(data, size);
	const char *why = NULL;
	struct sip_msg m;
	enum sip_verdict verdict = sip_msg_index(raw, &m);
	int status;

	inside(m.raw, raw);
	inside(m.method_name, m.raw);
	inside(m.uri, m.raw);
	inside(m.reason, m.raw);
	if (m.body > m.raw.n)
		abort();
	fields_try(&m);
	challenges_try(&m);
	status = sip_msg_check(&m, &why);
	if (status && !why)
		abort();
	/* What passes both has what the layers above read without looking again. */
	if (verdict == SIP_OK && !status && (!sip_msg_has(&m, SIP_HDR_VIA) || !sip_msg_value(&m, SIP_HDR_CALL_ID).n))
		abort();
	return 0;
}
