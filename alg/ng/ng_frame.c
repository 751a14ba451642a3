/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_frame.h"

#include "alg/base/cursor.h"

enum phase { PHASE_BLANK, PHASE_COOKIE, PHASE_DICT, PHASE_INSIDE, PHASE_WHOLE, PHASE_BROKEN };

enum {
	LENGTH_DIGITS = 5,   /* of a string that fits NG_FRAME_MAX */
	INTEGER_DIGITS = 20, /* of 64 bits, with their sign */
};

/* Steps take what they can use; false: they need more bytes, or the request has ended. */

static bool step_blank(struct ng_frame *f, struct span have)
{
	if (span_blank(have.p[f->at])) {
		f->at++;
		return true;
	}
	f->dict = f->at;
	f->phase = PHASE_COOKIE;
	return true;
}

/* A request without a cookie begins as a dictionary does: "{", or "d" and a length or its end. No client's cookie looks
 * so: they are numbers. */
static bool step_cookie(struct ng_frame *f, struct span have)
{
	struct span left = span_from(have, f->dict);
	uint32_t space;

	if (left.p[0] == '{' || (left.p[0] == 'd' && left.n > 1 && (byte_is(left.p[1], DIGIT) || left.p[1] == 'e'))) {
		f->at = f->dict;
		f->phase = PHASE_DICT;
		return true;
	}
	space = span_find(left, ' ');
	if (space > NG_COOKIE_MAX)
		f->phase = PHASE_BROKEN;
	if (space >= left.n || f->phase == PHASE_BROKEN)
		return false;
	f->at = f->dict + space + 1;
	f->phase = PHASE_DICT;
	return true;
}

static bool step_dict(struct ng_frame *f, struct span have)
{
	f->is_json = have.p[f->at] == '{';
	f->phase = f->is_json || have.p[f->at] == 'd' ? PHASE_INSIDE : PHASE_BROKEN;
	f->dict = f->at++;
	f->depth = 1;
	return f->phase == PHASE_INSIDE;
}

static void depth_add(struct ng_frame *f)
{
	if (++f->depth > NG_DEPTH_MAX)
		f->phase = PHASE_BROKEN;
}

static void depth_drop(struct ng_frame *f)
{
	if (--f->depth == 0)
		f->phase = PHASE_WHOLE;
}

static bool step_json(struct ng_frame *f, struct span have)
{
	char c = have.p[f->at++];

	if (f->escaped)
		f->escaped = false;
	else if (f->in_string && c == '\\')
		f->escaped = true;
	else if (c == '"')
		f->in_string = !f->in_string;
	else if (!f->in_string && (c == '{' || c == '['))
		depth_add(f);
	else if (!f->in_string && (c == '}' || c == ']'))
		depth_drop(f);
	return f->phase == PHASE_INSIDE;
}

/* The digits and what ends them, at most so many; false where that is not there. Broken where it cannot come. */
static bool digits_take(struct ng_frame *f, struct span have, uint32_t from, uint32_t max, char end, uint32_t *past)
{
	uint32_t i = from;

	while (i < have.n && i - from < max && byte_is(have.p[i], DIGIT))
		i++;
	if (i == have.n)
		return false;
	if (i == from || have.p[i] != end) {
		f->phase = PHASE_BROKEN;
		return false;
	}
	*past = i + 1;
	return true;
}

static bool step_string(struct ng_frame *f, struct span have)
{
	uint32_t past, n;

	if (!digits_take(f, have, f->at, LENGTH_DIGITS, ':', &past))
		return false;
	if (span_u32(span_slice(have, f->at, past - 1), &n) || n > NG_FRAME_MAX) {
		f->phase = PHASE_BROKEN;
		return false;
	}
	if (n > have.n - past)
		return false;
	f->at = past + n;
	return true;
}

static bool step_integer(struct ng_frame *f, struct span have)
{
	uint32_t from = f->at + 1, past;

	if (from < have.n && have.p[from] == '-')
		from++;
	if (!digits_take(f, have, from, INTEGER_DIGITS, 'e', &past))
		return false;
	f->at = past;
	return true;
}

static bool step_bencode(struct ng_frame *f, struct span have)
{
	switch (have.p[f->at]) {
	case 'd':
	case 'l':
		f->at++;
		depth_add(f);
		return f->phase == PHASE_INSIDE;
	case 'e':
		f->at++;
		depth_drop(f);
		return f->phase == PHASE_INSIDE;
	case 'i':
		return step_integer(f, have);
	default:
		return step_string(f, have);
	}
}

static bool step(struct ng_frame *f, struct span have)
{
	switch ((enum phase)f->phase) {
	case PHASE_BLANK:
		return step_blank(f, have);
	case PHASE_COOKIE:
		return step_cookie(f, have);
	case PHASE_DICT:
		return step_dict(f, have);
	case PHASE_INSIDE:
		return f->is_json ? step_json(f, have) : step_bencode(f, have);
	case PHASE_WHOLE:
	case PHASE_BROKEN:
		return false;
	}
	return false;
}

struct span ng_frame_cookie(const struct ng_frame *f, struct span have)
{
	uint32_t from = 0;

	while (from < f->dict && span_blank(have.p[from]))
		from++;
	return from < f->dict ? span_slice(have, from, f->dict - 1) : (struct span){ 0 };
}

enum ng_frame_end ng_frame_read(struct ng_frame *f, struct span have)
{
	while (f->at < have.n && step(f, have))
		;
	if (f->phase == PHASE_WHOLE && f->at <= NG_FRAME_MAX)
		return NG_FRAME_WHOLE;
	if (f->phase == PHASE_BROKEN || have.n >= NG_FRAME_MAX)
		return NG_FRAME_BROKEN;
	return NG_FRAME_MORE;
}
