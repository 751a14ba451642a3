/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/crossing.h"

#include "alg/nat/parts_scrub.h"
#include "alg/nat/topology.h"
#include "alg/sip/escape.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/refer_to.h"
#include "alg/sip/session_body.h"
#include "alg/sip/uri_headers.h"
#include "sbc/identity/transparent.h"
#include "sbc/media/media.h"
#include "sbc/transfer/referid.h"
#include "sbc/transfer/replaced.h"

enum { VALUE_MAX = 1024 };

static struct span host_of(struct engine *e, const struct leg *to, char *mem, uint32_t size)
{
	struct writer w = writer_over(mem, size);

	core_write_host(&e->core, &w, to->flow.realm);
	return writer_done(&w);
}

/* The dialog of l, as out may know it: who is in it has names for it of its own. */
static struct replaces name_for(const struct leg *out, const struct leg *l)
{
	if (l == out)
		return replaced_name(l);
	if (l->peer != out)
		return replaced_alias(l);
	return (struct replaces){
		.call_id = buf_span(out->call_id),
		.to_tag = buf_span(out->local_tag),
		.from_tag = buf_span(out->remote_tag),
	};
}

/* ----- Refer-To ----- */

/* The Replaces in the URI, unescaped into mem. False: there is none that can be read. */
static bool embedded_replaces(const struct refer_to *to, char *mem, uint32_t size, struct replaces *out)
{
	struct writer w = writer_over(mem, size);
	struct uri_header h;

	if (!uri_headers_find(to->uri.headers, SIP_HDR_REPLACES, &h))
		return false;
	escape_read(&w, h.value);
	return !w.failed && replaces_parse(writer_done(&w), out) == 0;
}

/* A phone may have written the Contact that we gave it: it names a dialog, and who is not in it can't use it. */
static struct span user_of(const struct leg *l, struct span user)
{
	struct nameaddr party;
	struct uri uri;

	if (!l || !span_eq(user, buf_span(l->peer->local_tag)) || nameaddr_parse(buf_span(l->remote), &party) ||
	    uri_parse(party.uri, &uri))
		return user;
	return uri.user;
}

/* Where the one who is referred reaches us: a domain of ours, or the address that it has us at. */
static void write_place(struct engine *e, struct writer *w, const struct leg *to)
{
	const struct conf_realm *realm = &e->core.conf->realms[to->flow.realm];
	uint16_t port = realm->listen[to->flow.listen].port;

	if (realm->phones.ndomain || port == 5060 || port == 5061)
		core_write_host(&e->core, w, to->flow.realm);
	else
		core_write_sent_by(&e->core, w, &to->flow);
}

/* Our host in place of its own, so that whoever goes there comes back through us; tel stays as it is. */
static void write_uri(struct writer *w, const struct refer_to *to, struct span user, struct span host)
{
	if (to->uri.scheme == URI_TEL) {
		writer_put(w, to->plain);
		return;
	}
	writer_put(w, SPAN("sip:"));
	if (user.n) {
		writer_put(w, user);
		writer_byte(w, '@');
	}
	writer_put(w, host);
	if (to->method != SIP_INVITE && to->method != SIP_METHOD_OTHER) {
		writer_put(w, SPAN(";method="));
		writer_put(w, sip_method_name(to->method));
	}
}

/* X2: of the headers in the URI only Replaces crosses; X3: mapped where we know the dialog. */
static void write_refer_to(struct engine *e, struct writer *w, const struct leg *out, const struct sip_msg *m)
{
	char mem[VALUE_MAX], place[256], uri[VALUE_MAX];
	struct writer u = writer_over(uri, sizeof(uri)), p = writer_over(place, sizeof(place));
	struct replaces r, alias;
	struct leg *l = NULL;
	struct refer_to to;
	bool named;

	if (refer_to_parse(sip_msg_value(m, SIP_HDR_REFER_TO), &to))
		return;
	named = embedded_replaces(&to, mem, sizeof(mem), &r);
	if (named && replaced_find(e, &r, &l) == REPLACED_FOUND) {
		alias = name_for(out, l);
		alias.early_only = r.early_only;
		r = alias;
	}
	write_place(e, &p, out);
	write_uri(&u, &to, user_of(l, to.uri.user), writer_done(&p));
	writer_put(w, SPAN("Refer-To: "));
	refer_to_write(w, writer_done(&u), named ? &r : NULL);
	writer_put(w, SPAN("\r\n"));
}

/* ----- Replaces, Target-Dialog ----- */

static void write_replaces(struct engine *e, struct writer *w, const struct leg *out, const struct sip_msg *m)
{
	struct replaces r, name;
	struct leg *l = NULL;

	(void)out;
	if (m->method != SIP_INVITE || replaces_parse(sip_msg_value(m, SIP_HDR_REPLACES), &r))
		return;
	/* X3: a dialog that we never saw is for those to judge who did. */
	if (replaced_find(e, &r, &l) == REPLACED_FOUND) {
		name = replaced_name(l);
		name.early_only = r.early_only;
		r = name;
	}
	writer_put(w, SPAN("Replaces: "));
	replaces_write(w, &r);
	writer_put(w, SPAN("\r\nRequire: replaces\r\n"));
}

static void write_join(struct engine *e, struct writer *w, const struct leg *out, const struct sip_msg *m)
{
	struct replaces r;
	struct leg *l = NULL;

	(void)out;
	if (m->method != SIP_INVITE || replaces_parse(sip_msg_value(m, SIP_HDR_JOIN), &r))
		return;
	if (replaced_find(e, &r, &l) == REPLACED_FOUND)
		r = replaced_name(l);
	writer_put(w, SPAN("Join: "));
	replaces_write(w, &r);
	writer_put(w, SPAN("\r\n"));
}

/* A subscription is known by another id on each leg. */
static void write_event(struct engine *e, struct writer *w, const struct leg *out, const struct sip_msg *m)
{
	(void)e;
	referid_write(w, out, m);
}

static void write_target_dialog(struct engine *e, struct writer *w, const struct leg *out, const struct sip_msg *m)
{
	struct replaces r;
	struct leg *l = NULL;

	if (target_dialog_parse(sip_msg_value(m, SIP_HDR_TARGET_DIALOG), &r) ||
	    replaced_find(e, &r, &l) != REPLACED_FOUND)
		return;
	/* It tells that its sender is in that dialog: to anybody else but the dialog's peer that means nothing. */
	if (!flow_eq(&l->flow, &out->flow))
		return;
	r = replaced_name(l);
	writer_put(w, SPAN("Target-Dialog: "));
	target_dialog_write(w, &r);
	writer_put(w, SPAN("\r\n"));
}

void crossing_lines_write(struct engine *e, struct writer *w, const struct leg *to, const struct sip_msg *m)
{
	static const struct {
		enum sip_hdr hdr;
		void (*write)(struct engine *e, struct writer *w, const struct leg *out, const struct sip_msg *m);
	} lines[] = {
		{ SIP_HDR_REFER_TO, write_refer_to },
		{ SIP_HDR_REPLACES, write_replaces },
		{ SIP_HDR_JOIN, write_join },
		{ SIP_HDR_EVENT, write_event },
		{ SIP_HDR_TARGET_DIALOG, write_target_dialog },
	};

	bool open = transparent_between(e, to->peer, to);

	for (unsigned i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (sip_msg_has(m, lines[i].hdr) && !(open && lines[i].hdr == SIP_HDR_REFER_TO))
			lines[i].write(e, w, to, m);
}

/* ----- bodies ----- */

struct watcher {
	const struct engine *e;
	const struct leg *leg;
};

static bool map_dialog(void *ctx, struct body_dialog *d)
{
	const struct watcher *watcher = ctx;
	struct replaces r = { .call_id = d->call_id, .to_tag = d->local_tag, .from_tag = d->remote_tag };
	struct leg *l = NULL;

	if (replaced_find(watcher->e, &r, &l) != REPLACED_FOUND)
		return false;
	r = name_for(watcher->leg, l);
	*d = (struct body_dialog){ .call_id = r.call_id, .local_tag = r.to_tag, .remote_tag = r.from_tag };
	return true;
}

/* Written by w. Absent: it crosses as it came; empty: not at all. */
static struct span scrubbed(struct engine *e, const struct leg *to, const struct sip_msg *m, struct writer *w)
{
	char host[256];
	struct watcher watcher = { e, to };
	struct body_scrub s = { .host = host_of(e, to, host, sizeof(host)), .map = map_dialog, .ctx = &watcher };

	if (!sip_msg_body(m).n || transparent_between(e, to->peer, to))
		return (struct span){ 0 };
	switch (parts_scrub(w, sip_msg_value(m, SIP_HDR_CONTENT_TYPE), sip_msg_body(m), &s)) {
	case BODY_AS_IS:
		return (struct span){ 0 };
	case BODY_SCRUBBED:
		return writer_done(w);
	default:
		return SPAN("");
	}
}

struct span crossing_body(struct engine *e, const struct leg *to, const struct sip_msg *m)
{
	struct writer w = writer_over(e->core.body_text, sizeof(e->core.body_text));

	return scrubbed(e, to, m, &w);
}

struct span crossing_session(struct engine *e, const struct leg *to, const struct sip_msg *m, struct span sdp)
{
	struct writer parts = writer_over(e->core.part_text, sizeof(e->core.part_text)),
		      w = writer_over(e->core.body_text, sizeof(e->core.body_text));
	struct span type = sip_msg_value(m, SIP_HDR_CONTENT_TYPE), body;
	struct multipart_part part;

	if (!sdp.n || !span_istarts(type, SPAN("multipart/")))
		return sdp;
	body = scrubbed(e, to, m, &parts);
	if (!span_is_set(body))
		return media_body(e, m, sdp);
	if (session_body_in_parts(type, body, &part) != SESSION_BODY_PART)
		return SPAN("");
	multipart_replace(&w, body, &part, sdp);
	return w.failed ? SPAN("") : writer_done(&w);
}
