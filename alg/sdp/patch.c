/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/patch.h"

#include "alg/base/cursor.h"

/* --- texts --- */

/* The next byte of a client's text, taken. */
static char text_next(struct span *text)
{
	const bool is_blank = span_starts(*text, SPAN("..")), is_equals = span_starts(*text, SPAN("--"));
	const char byte = text->p[0];

	*text = span_from(*text, is_blank || is_equals ? 2 : 1);
	return is_blank ? ' ' : is_equals ? '=' : byte;
}

static void text_write(struct writer *w, struct span text)
{
	while (text.n)
		writer_byte(w, text_next(&text));
}

/* The attribute as a whole, its name, or its name and the word behind it: "foo:bar baz" is foo, and foo:bar. */
static bool text_fits(struct span text, struct span attribute)
{
	bool has_colon = false, has_blank = false;
	uint32_t i = 0;

	for (; text.n; i++) {
		const char byte = text_next(&text);

		if (i == attribute.n || !span_bytes_ieq(&byte, &attribute.p[i], 1))
			return false;
		has_colon |= byte == ':';
		has_blank |= byte == ' ';
	}
	if (i == attribute.n)
		return true;
	return has_colon ? attribute.p[i] == ' ' && !has_blank : attribute.p[i] == ':';
}

/* --- what may be done --- */

/* Where the media is, and how it is protected; and the names by which our lines are grouped. */
static const struct span ours[] = {
	SPAN("candidate"),   SPAN("connection"),  SPAN("crypto"),        SPAN("end-of-candidates"),
	SPAN("fingerprint"), SPAN("group"),       SPAN("key-mgmt"),      SPAN("mid"),
	SPAN("rtcp"),        SPAN("rtcp-mux"),    SPAN("setup"),         SPAN("remote-candidates"),
	SPAN("tls-id"),      SPAN("bundle-only"), SPAN("source-filter"), SPAN("rtcp-mux-only"),
};

enum { TEXT_NAME_MAX = 24 /* bytes, more than any of ours has */ };

/* Its beginning, if it is long, as it will be written. */
static struct span text_name(struct span text, char buf[TEXT_NAME_MAX])
{
	uint32_t n = 0;

	while (text.n && n < TEXT_NAME_MAX) {
		const char byte = text_next(&text);

		if (byte == ':' || byte == ' ')
			break;
		buf[n++] = byte;
	}
	return span_of(buf, n);
}

static enum sdp_patch_verdict text_check(struct span text)
{
	char buf[TEXT_NAME_MAX];
	const struct span name = text_name(text, buf);

	if (name.n == 0)
		return SDP_PATCH_BROKEN;
	for (uint32_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ')
			return SDP_PATCH_BROKEN;
	for (unsigned i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (span_ieq(name, ours[i]))
			return SDP_PATCH_OURS;
	return span_istarts(name, SPAN("ice-")) ? SDP_PATCH_OURS : SDP_PATCH_OK;
}

enum sdp_patch_verdict sdp_patch_check(const struct sdp_patch *p)
{
	const enum sdp_patch_verdict v = text_check(p->which);

	return v != SDP_PATCH_OK || p->act != SDP_PATCH_SUBSTITUTE ? v : text_check(p->with);
}

/* --- writing --- */

struct job {
	const struct sdp_patch *patches;
	unsigned n;
	struct writer *w;
	struct span kind; /* of the section in hand; absent: the session's part */
	uint32_t section; /* where its first line is in w */
};

static bool is_for(const struct sdp_patch *p, const struct job *j)
{
	return span_is_set(p->kind) == span_is_set(j->kind) && span_ieq(p->kind, j->kind);
}

/* "a=foo" with the end of its line. */
static bool line_is_written(const struct job *j, uint32_t end, struct span line)
{
	struct span left = span_of(j->w->p + j->section, end - j->section);

	while (left.n) {
		const uint32_t n = span_find(left, '\n') + 1;

		if (span_eq(span_slice(left, 0, n), line))
			return true;
		left = span_from(left, n);
	}
	return false;
}

static void put_attribute(struct writer *w, struct span text)
{
	writer_str(w, "a=");
	text_write(w, text);
	writer_str(w, "\r\n");
}

static void section_end(struct job *j)
{
	for (unsigned i = 0; i < j->n; i++) {
		const uint32_t from = j->w->n;

		if (j->patches[i].act != SDP_PATCH_ADD || !is_for(&j->patches[i], j))
			continue;
		put_attribute(j->w, j->patches[i].which);
		if (line_is_written(j, from, span_of(j->w->p + from, j->w->n - from)))
			j->w->n = from;
	}
}

static void section_begin(struct job *j, struct span media)
{
	struct cursor c = { .left = media };

	section_end(j);
	j->kind = cursor_until(&c, BLANK);
	j->section = j->w->n;
}

/* The first that fits does it. */
static void attribute_write(struct job *j, struct span line, struct span attribute)
{
	for (unsigned i = 0; i < j->n; i++) {
		const struct sdp_patch *p = &j->patches[i];

		if (p->act == SDP_PATCH_ADD || !is_for(p, j) || !text_fits(p->which, attribute))
			continue;
		if (p->act == SDP_PATCH_SUBSTITUTE)
			put_attribute(j->w, p->with);
		return;
	}
	writer_put(j->w, line);
}

int sdp_patch_write(struct span sdp, const struct sdp_patch *patches, unsigned n, struct writer *w)
{
	struct job j = { .patches = patches, .n = n, .w = w, .section = w->n };

	while (sdp.n && !w->failed) {
		const struct span line = span_slice(sdp, 0, span_find(sdp, '\n') + 1);
		const struct span value = span_trim(span_from(line, 2));

		if (span_starts(line, SPAN("m=")))
			section_begin(&j, value);
		if (span_starts(line, SPAN("a=")))
			attribute_write(&j, line, value);
		else
			writer_put(w, line);
		sdp = span_from(sdp, line.n);
	}
	section_end(&j);
	return w->failed ? -1 : 0;
}
