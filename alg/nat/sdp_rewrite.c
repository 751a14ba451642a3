/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/sdp_rewrite.h"

#include "alg/base/cursor.h"
#include "alg/nat/sdp_format.h"
#include "alg/nat/sdp_leak.h"
#include "alg/sdp/connection.h"
#include "alg/sdp/media.h"

struct rule {
	struct span name;
	bool is_prefix;
	struct span holding; /* dropped only where this is in the value; absent: always */
};

/* One more than the longest row: each row ends with an absent name. */
enum { ROW = 5 };

#define ROW_OF(letter) [(letter) - 'a']

/* Attributes that tell of the other hop, by their first letter. What is not here is kept, unless it says where the
 * sender is. */
static const struct rule dropped[26][ROW] = {
	ROW_OF('a') = {
		{ SPAN("alt"), false, { 0 } },
		{ SPAN("altc"), false, { 0 } },
	},
	ROW_OF('b') = { { SPAN("bundle-only"), false, { 0 } } },
	ROW_OF('c') = {
		{ SPAN("candidate"), false, { 0 } },
		{ SPAN("connection"), false, { 0 } },
		{ SPAN("crypto"), false, { 0 } },
	},
	ROW_OF('e') = { { SPAN("end-of-candidates"), false, { 0 } } },
	ROW_OF('f') = { { SPAN("fingerprint"), false, { 0 } } },
	ROW_OF('g') = { { SPAN("group"), false, SPAN("BUNDLE") } },
	ROW_OF('i') = { { SPAN("ice-"), true, { 0 } } },
	ROW_OF('k') = { { SPAN("key-mgmt"), false, { 0 } } },
	ROW_OF('m') = { { SPAN("msid"), true, { 0 } } },
	ROW_OF('n') = { { SPAN("nortpproxy"), false, { 0 } } },
	ROW_OF('r') = {
		{ SPAN("remote-candidates"), false, { 0 } },
		{ SPAN("rtcp"), false, { 0 } },    /* ours is written instead */
		{ SPAN("rtcp-mux"), true, { 0 } }, /* each stream has two ports of ours */
		{ SPAN("rtpengine"), true, { 0 } },
	},
	ROW_OF('s') = {
		{ SPAN("setup"), false, { 0 } },
		{ SPAN("source-filter"), false, { 0 } },
		{ SPAN("ssrc"), false, SPAN(" msid") },
		{ SPAN("ssrc"), false, SPAN("@") }, /* a cname of the form user@host (RFC 3550 6.5.1) */
	},
	ROW_OF('t') = {
		{ SPAN("tls-id"), false, { 0 } },
		{ SPAN("tool"), false, { 0 } },
	},
	ROW_OF('x') = { { SPAN("x-nat"), true, { 0 } } },
};
#undef ROW_OF

struct job {
	const struct sdp *in;
	const struct sdp_rewrite *r;
	struct writer *w;
	struct sdp_leak leak;
	const struct sdp_ours *ours; /* of the m= line in hand; NULL in the session's part */
	struct span place;           /* "IN IP4 192.0.2.1": the host that stands in o= and c= */
	bool held;                   /* as the session's own c= line says */
};

static bool is_dropped(struct span name, struct span rest)
{
	unsigned letter = name.n ? ((unsigned char)name.p[0] | 0x20U) - 'a' : 26;

	if (letter >= 26)
		return false;
	for (const struct rule *d = dropped[letter]; span_is_set(d->name); d++) {
		if (d->is_prefix ? !span_istarts(name, d->name) : !span_ieq(name, d->name))
			continue;
		if (!span_is_set(d->holding) || span_search(rest, d->holding) < rest.n)
			return true;
	}
	return false;
}

/* What would be dropped or kept by its name alone, were it not for what this m= line is to become. */
static bool is_out_of_place(const struct job *j, struct span attribute)
{
	struct cursor c = { .left = attribute };
	struct span name = cursor_until(&c, COLON | BLANK);

	if (j->r->plain_packet && span_istarts(name, SPAN("extmap")))
		return true;
	if (j->r->nextmap && sdp_extmap_is_dropped(j->r->extmap, j->r->nextmap, attribute))
		return true;
	/* Feedback is of the profiles that end in F (RFC 4585 4.2). */
	if (j->ours && j->ours->proto.n && j->ours->proto.p[j->ours->proto.n - 1] != 'F' &&
	    span_ieq(name, SPAN("rtcp-fb")))
		return true;
	return is_dropped(name, c.left);
}

/* --- lines --- */

static void put_line(struct writer *w, char type, struct span value)
{
	writer_byte(w, type);
	writer_byte(w, '=');
	writer_put(w, value);
	writer_str(w, "\r\n");
}

static void put_origin(struct job *j)
{
	struct writer *w = j->w;

	writer_str(w, "o=- ");
	writer_u64(w, j->r->session_id);
	writer_byte(w, ' ');
	writer_u64(w, j->r->version);
	writer_byte(w, ' ');
	writer_put(w, j->place);
	writer_str(w, "\r\n");
}

/* Hold in its old form stays hold: the any-address (RFC 3264 8.4). */
static void put_connection(struct job *j, bool held)
{
	struct addr any = { .family = j->r->host.family };

	writer_str(j->w, "c=");
	if (held)
		sdp_connection_write(j->w, &any);
	else
		writer_put(j->w, j->place);
	writer_str(j->w, "\r\n");
}

static void put_media(struct job *j, const struct sdp_media *m, uint16_t port, const struct payload_plan *plan)
{
	struct writer *w = j->w;

	writer_str(w, "m=");
	writer_put(w, m->type);
	writer_byte(w, ' ');
	writer_u64(w, port);
	writer_byte(w, ' ');
	writer_put(w, span_is_set(j->ours->proto) ? j->ours->proto : m->proto_name);
	if (plan)
		sdp_format_list(w, plan);
	else if (m->formats.n) {
		writer_byte(w, ' ');
		writer_put(w, m->formats);
	}
	writer_str(w, "\r\n");
}

static void put_rtcp(struct job *j, const struct sdp_ours *ours)
{
	const bool full = j->r->rtcp == SDP_RTCP_FULL;

	if (ours->rtcp.port == 0 || j->r->rtcp == SDP_RTCP_NEVER || (!full && ours->rtcp.port == ours->rtp.port + 1))
		return;
	writer_str(j->w, "a=rtcp:");
	writer_u64(j->w, ours->rtcp.port);
	if (full) {
		writer_byte(j->w, ' ');
		writer_put(j->w, j->place);
	}
	writer_str(j->w, "\r\n");
}

static void put_mid(struct job *j, unsigned i)
{
	const struct span again = j->r->media[i].mid;
	struct span value;

	if ((!j->r->mid && !again.n) || sdp_attribute(j->in, &j->in->media[i], SPAN("mid"), NULL, &value))
		return;
	if (again.n) {
		writer_str(j->w, "a=mid:");
		writer_put(j->w, again);
		writer_str(j->w, "\r\n");
		return;
	}
	writer_str(j->w, "a=mid:m");
	writer_u64(j->w, i + 1);
	writer_str(j->w, "\r\n");
}

/* Is it the name of an m= line that is not written? */
static bool is_hidden(const struct job *j, struct span name)
{
	for (unsigned i = 0; i < j->in->nmedia; i++) {
		struct span mid;

		if ((j->r->hidden >> i & 1) && sdp_attribute(j->in, &j->in->media[i], SPAN("mid"), NULL, &mid) &&
		    span_eq(mid, name))
			return true;
	}
	return false;
}

/* "group:LS a b" without what is hidden. */
static void put_group(struct job *j, struct span value)
{
	struct cursor c = { .left = value };
	const struct writer before = *j->w;
	unsigned n = 0;

	writer_str(j->w, "a=");
	writer_put(j->w, cursor_until(&c, BLANK));
	for (cursor_blank(&c); c.left.n; cursor_blank(&c)) {
		const struct span name = cursor_until(&c, BLANK);

		if (is_hidden(j, name))
			continue;
		writer_byte(j->w, ' ');
		writer_put(j->w, name);
		n++;
	}
	writer_str(j->w, "\r\n");
	if (n == 0)
		*j->w = before;
}

static void put_value(struct job *j, char type, struct span value)
{
	if (j->r->hidden && type == 'a' && span_istarts(value, SPAN("group:")))
		put_group(j, value);
	else
		put_line(j->w, type, value);
}

/* What came, where it came, as far as it may be seen: the lines of one type or the other. */
static void put_kept(struct job *j, const struct sdp_section *from, char type, char other,
		     const struct payload_plan *plan)
{
	for (uint16_t i = from->first; i < from->end; i++) {
		const struct sdp_line *l = &j->in->line[i];
		struct span value;

		if (l->type != type && l->type != other)
			continue;
		value = sdp_line_value(j->in, l);
		if (l->type == 'a' && is_out_of_place(j, value))
			continue;
		if (!sdp_leak_has(&j->leak, value)) {
			if (!plan || l->type != 'a' || !sdp_format_attribute(j->w, plan, value))
				put_value(j, l->type, value);
		} else if (l->type == 't') /* there must be one */
			put_line(j->w, 't', SPAN("0 0"));
	}
}

/* --- sections --- */

/* The section's own c= line: none, an address, or the any-address. */
enum connection { NONE, PLACED, HELD };

static enum connection connection_of(const struct job *j, const struct sdp_section *section)
{
	const struct sdp_line *l = sdp_find(j->in, section, 'c');

	if (!l)
		return NONE;
	return !j->r->unhold && sdp_connection_is_any(sdp_line_value(j->in, l)) ? HELD : PLACED;
}

/* In the order of RFC 8866 5, whatever the order they came in. */
static void session_write(struct job *j)
{
	const struct sdp_section *from = &j->in->session;

	writer_str(j->w, "v=0\r\n");
	put_origin(j);
	writer_str(j->w, "s=-\r\n");
	put_connection(j, j->held);
	put_kept(j, from, 'b', 'b', NULL);
	put_kept(j, from, 't', 'r', NULL);
	put_kept(j, from, 'z', 'z', NULL);
	put_kept(j, from, 'a', 'a', NULL);
	if (j->r->bundle.n) {
		writer_str(j->w, "a=group:BUNDLE ");
		writer_put(j->w, j->r->bundle);
		writer_str(j->w, "\r\n");
	}
	if (j->r->ice_lite)
		writer_str(j->w, "a=ice-lite\r\n");
}

static int media_write(struct job *j, unsigned i)
{
	const struct sdp_section *from = &j->in->media[i];
	const struct sdp_ours *ours = &j->r->media[i];
	enum connection own = connection_of(j, from);
	struct span line = sdp_line_value(j->in, &j->in->line[from->first]);
	const struct payload_plan *plan;
	struct sdp_media m;
	uint16_t port;

	if (sdp_media_parse(line, &m) || sdp_leak_has(&j->leak, line))
		return -1;
	j->ours = ours;
	plan = ours->plan && ours->plan->given && ours->plan->n ? ours->plan : NULL;
	port = m.port ? ours->rtp.port : 0; /* refused stays refused (RFC 3264 6) */
	put_media(j, &m, port, plan);
	if (own != NONE && (own == HELD) != j->held)
		put_connection(j, own == HELD);
	put_kept(j, from, 'b', 'b', NULL);
	put_kept(j, from, 'a', 'a', plan);
	if (plan)
		sdp_format_events(j->w, plan);
	put_mid(j, i);
	if (port) {
		put_rtcp(j, ours);
		writer_put(j->w, ours->extra);
	}
	return 0;
}

int sdp_rewrite(const struct sdp *in, const struct sdp_rewrite *r, struct writer *w)
{
	char text[ADDR_TEXT_MAX + sizeof("IN IP4 ")];
	struct writer place = writer_over(text, sizeof(text));
	struct job j = { .in = in, .r = r, .w = w };

	/* This reads every c= line: from here on they are known to be sound. */
	if (r->nmedia != in->nmedia || sdp_leak_init(in, &j.leak))
		return -1;
	sdp_connection_write(&place, &r->host);
	if (place.failed)
		return -1;
	j.place = writer_done(&place);
	j.held = connection_of(&j, &in->session) == HELD;
	session_write(&j);
	for (unsigned i = 0; i < in->nmedia; i++)
		if (!(r->hidden >> i & 1) && media_write(&j, i))
			return -1;
	return w->failed ? -1 : 0;
}
