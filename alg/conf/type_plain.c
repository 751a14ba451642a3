/* SPDX-License-Identifier: BSD-3-Clause */
/* Types that any record uses: texts, numbers, durations, choices. */
#include "alg/base/cursor.h"
#include "alg/conf/duration.h"
#include "alg/conf/suggest.h"
#include "alg/conf/type.h"

bool type_want(struct load *l, const struct step *at, const json_t *v, json_type json, const char *what)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "a list",
		[JSON_STRING] = "a text",
		[JSON_INTEGER] = "a number",
		[JSON_REAL] = "a number with a fraction",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null",
	};

	if (json_typeof(v) == json)
		return true;
	return load_fail(l, at, STEP_VALUE, "expected %s, found %s", what, names[json_typeof(v)]);
}

bool type_is_printable(struct span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool read_ignored(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	(void)record;
	return type_want(l, at, v, JSON_STRING, "a text");
}

static bool read_text(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct span s;

	if (!type_want(l, at, v, JSON_STRING, "a text"))
		return false;
	s = load_text(v);
	if (s.n < k->min || s.n > k->max || !type_is_printable(s))
		return load_fail(l, at, STEP_VALUE, "must be %llu to %llu printable characters",
				 (unsigned long long)k->min, (unsigned long long)k->max);
	*(const char **)((char *)record + k->offset) = load_keep(l, s);
	return true;
}

static bool read_name(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (!type_want(l, at, v, JSON_STRING, "a name"))
		return false;
	if (!type_is_name(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "a name is 1 to 32 letters, digits, \"-\", \"_\" or \".\"");
	*(const char **)((char *)record + k->offset) = load_keep(l, load_text(v));
	return true;
}

bool type_is_name(struct span s)
{
	if (s.n == 0 || s.n > TYPE_NAME_MAX)
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (!byte_is(s.p[i], ALPHA | DIGIT) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	return true;
}

static bool read_path(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (!type_want(l, at, v, JSON_STRING, "the path of a file"))
		return false;
	if (load_text(v).n == 0 || !type_is_printable(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "expected the path of a file");
	*(const char **)((char *)record + k->offset) = load_keep_path(l, load_text(v));
	return true;
}

static bool number_parse(struct load *l, const struct step *at, const json_t *v, const struct key *k, uint64_t *out)
{
	json_int_t n;

	if (!type_want(l, at, v, JSON_INTEGER, "a whole number"))
		return false;
	n = json_integer_value(v);
	if (n < 0 || (uint64_t)n < k->min || (uint64_t)n > k->max)
		return load_fail(l, at, STEP_VALUE, "must be %llu to %llu", (unsigned long long)k->min,
				 (unsigned long long)k->max);
	*out = (uint64_t)n;
	return true;
}

static bool read_count(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	uint64_t n = 0;

	if (!number_parse(l, at, v, k, &n))
		return false;
	*(uint32_t *)((char *)record + k->offset) = (uint32_t)n;
	return true;
}

static bool read_short(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	uint64_t n = 0;

	if (!number_parse(l, at, v, k, &n))
		return false;
	*(uint16_t *)((char *)record + k->offset) = (uint16_t)n;
	return true;
}

static bool read_tiny(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	uint64_t n = 0;

	if (!number_parse(l, at, v, k, &n))
		return false;
	*(uint8_t *)((char *)record + k->offset) = (uint8_t)n;
	return true;
}

static bool read_flag(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (!json_is_boolean(v) && !type_want(l, at, v, JSON_TRUE, "true or false"))
		return false;
	*(bool *)((char *)record + k->offset) = json_is_true(v);
	return true;
}

/* unit_us: microseconds in one unit of what is stored. */
static bool read_duration(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record,
			  uint64_t unit_us)
{
	char text[64];
	struct writer w = writer_over(text, sizeof(text));
	uint64_t us;

	if (!type_want(l, at, v, JSON_STRING, "a duration such as \"30s\""))
		return false;
	if (duration_parse(load_text(v), &us))
		return load_fail(l, at, STEP_VALUE,
				 "not a duration; write a number and us, ms, s, m, h or d, as \"30s\"");
	if (us % unit_us || us / unit_us > k->max || (us / unit_us < k->min && !(us == 0 && k->or_zero))) {
		duration_write(&w, k->min * unit_us);
		writer_str(&w, " to ");
		duration_write(&w, k->max * unit_us);
		writer_str(&w, unit_us == 1000000 ? ", in whole seconds" : "");
		writer_str(&w, k->or_zero ? ", or 0" : "");
		return load_fail(l, at, STEP_VALUE, "must be %.*s", SPAN_ARG(writer_done(&w)));
	}
	*(uint32_t *)((char *)record + k->offset) = (uint32_t)(us / unit_us);
	return true;
}

static bool read_seconds(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return read_duration(l, at, v, k, record, 1000000);
}

static bool read_milliseconds(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return read_duration(l, at, v, k, record, 1000);
}

static bool read_microseconds(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return read_duration(l, at, v, k, record, 1);
}

static bool read_choice(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	char list[128];
	struct writer w = writer_over(list, sizeof(list));
	struct suggest near = { 0 };

	if (!type_want(l, at, v, JSON_STRING, "a word"))
		return false;
	near.given = load_text(v);
	for (const struct word *word = k->words; word->word; word++) {
		if (span_eq(load_text(v), span_str(word->word))) {
			*(int *)((char *)record + k->offset) = word->value;
			return true;
		}
		writer_str(&w, word == k->words ? "" : ", ");
		writer_str(&w, word->word);
		suggest_offer(&near, span_str(word->word));
	}
	if (span_is_set(near.best))
		writer_format(&w, ". Did you mean \"%.*s\"?", SPAN_ARG(near.best));
	return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not one of: %.*s", SPAN_ARG(load_text(v)),
			 SPAN_ARG(writer_done(&w)));
}

bool type_each(struct load *l, const struct step *at, const json_t *v, size_t max, type_element_fn *read, void *record)
{
	bool sound = true;
	const json_t *element;
	size_t i;

	if (!type_want(l, at, v, JSON_ARRAY, "a list in [ ]"))
		return false;
	if (json_array_size(v) > max)
		return load_fail(l, at, STEP_VALUE, "at most %zu are possible, found %zu", max, json_array_size(v));
	json_array_foreach((json_t *)v, i, element)
	{
		struct step here = { at, NULL, i };

		sound = read(l, &here, element, record) && sound;
	}
	return sound;
}

const struct key_type type_ignored = { "text", read_ignored };
const struct key_type type_text = { "text", read_text };
const struct key_type type_name = { "name", read_name };
const struct key_type type_path = { "path", read_path };
const struct key_type type_count = { "number", read_count };
const struct key_type type_short = { "number", read_short };
const struct key_type type_tiny = { "number", read_tiny };
const struct key_type type_flag = { "true or false", read_flag };
const struct key_type type_seconds = { "duration", read_seconds };
const struct key_type type_milliseconds = { "duration", read_milliseconds };
const struct key_type type_microseconds = { "duration", read_microseconds };
const struct key_type type_choice = { "word", read_choice };
