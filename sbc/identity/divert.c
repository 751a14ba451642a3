/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/divert.h"

#include "alg/nat/diverted.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/privacy.h"
#include "sbc/fork/redirect.h"

/* Whoever asks for it hides all of them (RFC 7044 10.1.2). */
static void hide(const struct sip_msg *m, struct diverted_list *out)
{
	if (!(privacy_read(m) & (PRIVACY_HISTORY | PRIVACY_HEADER | PRIVACY_SESSION)))
		return;
	for (unsigned i = 0; i < out->n; i++)
		out->by[i].hidden = true;
}

/* Those before us as the message tells, then the redirections that led to b. A phone is not believed what it says of
 * others. */
static void list_read(const struct branch *b, const struct sip_msg *m, struct diverted_list *out)
{
	const struct branch *path[REDIRECT_DEPTH];
	struct nameaddr by;
	unsigned n = 0;

	*out = (struct diverted_list){ 0 };
	if (b->pass->from->trunk >= 0)
		diverted_read(m, out);
	for (const struct branch *a = b->after; a && n < REDIRECT_DEPTH; a = a->after)
		path[n++] = a;
	while (n-- > 0) {
		if (nameaddr_parse(buf_span(path[n]->to->remote), &by))
			continue;
		if (out->n == DIVERTED_MAX)
			memmove(out->by, out->by + 1, --out->n * sizeof(out->by[0]));
		out->by[out->n++] = (struct diverted){ .uri = by.uri, .cause = 302, .counter = 1 };
	}
	hide(m, out);
}

void divert_lines(struct engine *e, const struct branch *b, const struct sip_msg *m, struct writer *w)
{
	enum conf_diversion how = CONF_DIVERSION_NONE;
	struct diverted_list list;
	char text[256];
	struct writer host = writer_over(text, sizeof(text));

	if (b->to->trunk >= 0)
		how = e->core.conf->trunks[b->to->trunk].diversion;
	if (how == CONF_DIVERSION_NONE)
		return;
	list_read(b, m, &list);
	if (!list.n)
		return;
	core_write_host(&e->core, &host, b->to->flow.realm);
	if (how != CONF_DIVERSION_HISTORY_INFO) {
		writer_put(w, SPAN("Diversion: "));
		diverted_write_diversion(w, &list, writer_done(&host));
		writer_put(w, SPAN("\r\n"));
	}
	if (how != CONF_DIVERSION_DIVERSION) {
		writer_put(w, SPAN("History-Info: "));
		diverted_write_history(w, &list, buf_span(b->to->target), writer_done(&host));
		writer_put(w, SPAN("\r\n"));
	}
}
