/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/callrecord.h"

#include <stddef.h>

#include "alg/base/pack.h"

enum kind { KIND_WORD, KIND_LINES, KIND_NUMBER, KIND_ADDR };

/* Its tag stays what it is for good: files of other versions have it. */
struct member {
	uint8_t tag;
	uint8_t kind;
	uint16_t at;
};

enum { LEG_A = 0x40, LEG_B = 0x80, LEG_TAGS = 0x40 };

#define CALL(tag_, kind_, name)                                                                                        \
	{                                                                                                              \
		.tag = tag_, .kind = KIND_##kind_, .at = offsetof(struct callrecord, name)                             \
	}

static const struct member of_call[] = {
	CALL(1, WORD, id),          CALL(2, WORD, from),       CALL(3, WORD, to),
	CALL(4, WORD, user),        CALL(5, NUMBER, created),  CALL(6, NUMBER, answered),
	CALL(7, NUMBER, emergency), CALL(8, NUMBER, branches), CALL(9, NUMBER, media),
};

#define LEG(tag_, kind_, name)                                                                                         \
	{                                                                                                              \
		.tag = tag_, .kind = KIND_##kind_, .at = offsetof(struct callrecord_leg, name)                         \
	}

static const struct member of_leg[] = {
	LEG(1, WORD, realm),          LEG(2, WORD, transport),      LEG(3, WORD, trunk),
	LEG(4, ADDR, peer),           LEG(5, NUMBER, port),         LEG(6, NUMBER, secure),
	LEG(7, WORD, media),          LEG(8, WORD, call_id),        LEG(9, WORD, local),
	LEG(10, WORD, local_tag),     LEG(11, WORD, remote),        LEG(12, WORD, remote_tag),
	LEG(13, WORD, target),        LEG(14, WORD, routes),        LEG(15, NUMBER, local_cseq),
	LEG(16, NUMBER, remote_cseq), LEG(17, NUMBER, invite_cseq), LEG(18, NUMBER, interval),
	LEG(19, NUMBER, min_se),      LEG(20, NUMBER, ours),        LEG(21, NUMBER, lapses),
	LEG(22, LINES, sdp),          LEG(23, LINES, told),         LEG(24, LINES, device),
	LEG(25, LINES, proof),        LEG(26, NUMBER, updates),     LEG(27, NUMBER, replaces),
	LEG(28, NUMBER, from_change), LEG(29, NUMBER, focus),       LEG(30, NUMBER, update_tried),
	LEG(31, LINES, described),    LEG(32, WORD, shown),         LEG(33, NUMBER, offers),
};

enum { CALL_MEMBERS = sizeof(of_call) / sizeof(*of_call), LEG_MEMBERS = sizeof(of_leg) / sizeof(*of_leg) };

/* ----- writing ----- */

static void write_one(struct writer *w, uint8_t tag, const struct member *m, const void *base)
{
	const void *at = (const char *)base + m->at;
	char text[ADDR_TEXT_MAX];

	switch ((enum kind)m->kind) {
	case KIND_WORD:
	case KIND_LINES:
		pack_text(w, tag, *(const struct span *)at);
		return;
	case KIND_NUMBER:
		pack_number(w, tag, *(const uint64_t *)at);
		return;
	case KIND_ADDR:
		if (addr_is_set(at))
			pack_text(w, tag, span_str(addr_text(at, text)));
		return;
	}
}

void callrecord_write(struct writer *w, const struct callrecord *r)
{
	uint32_t from = w->n;

	for (unsigned i = 0; i < CALL_MEMBERS; i++)
		write_one(w, of_call[i].tag, &of_call[i], r);
	for (unsigned i = 0; i < LEG_MEMBERS; i++) {
		write_one(w, (uint8_t)(LEG_A + of_leg[i].tag), &of_leg[i], &r->leg[0]);
		write_one(w, (uint8_t)(LEG_B + of_leg[i].tag), &of_leg[i], &r->leg[1]);
	}
	pack_end(w, from);
}

/* ----- reading ----- */

/* A line break would begin another header, or another message. */
static bool is_word(struct span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\t')
			return false;
	return true;
}

static bool is_lines(struct span s)
{
	return memchr(s.p, '\0', s.n) == NULL;
}

static int read_one(const struct member *m, struct span value, void *base)
{
	void *at = (char *)base + m->at;

	switch ((enum kind)m->kind) {
	case KIND_WORD:
	case KIND_LINES:
		*(struct span *)at = value;
		return (m->kind == KIND_WORD ? is_word(value) : is_lines(value)) ? 0 : -1;
	case KIND_NUMBER:
		return pack_read_number(value, at);
	case KIND_ADDR:
		return addr_parse(value, 0, at) || ((const struct addr *)at)->port == 0 ? -1 : 0;
	}
	return -1;
}

/* Members that this version does not know are left alone. */
static int read_member(uint8_t tag, struct span value, struct callrecord *r)
{
	bool call = tag < LEG_A, known = call || tag < LEG_B + LEG_TAGS;
	const struct member *all = call ? of_call : of_leg;
	void *base = call ? (void *)r : &r->leg[tag >= LEG_B];

	if (!known)
		return 0;
	for (unsigned i = 0; i < (call ? CALL_MEMBERS : LEG_MEMBERS); i++)
		if (all[i].tag == tag % LEG_TAGS)
			return read_one(&all[i], value, base);
	return 0;
}

int callrecord_read(struct span bytes, struct callrecord *out)
{
	struct callrecord r = { 0 };
	struct span members, value;
	uint32_t at = 0;
	uint8_t tag;
	int more;

	if (pack_open(bytes, &members))
		return -1;
	while ((more = pack_next(members, &at, &tag, &value)) > 0)
		if (read_member(tag, value, &r))
			return -1;
	if (more < 0)
		return -1;
	*out = r;
	return 0;
}
