/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_json.h"

#include "alg/ng/ng.h"

#include <jansson.h>

/* The library would follow 2048 levels: looked at before it is asked. */
static bool is_too_deep(struct span json)
{
	unsigned depth = 0;
	bool quoted = false;

	for (uint32_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > NG_DEPTH_MAX)
			return true;
		else if (!quoted && (c == '}' || c == ']') && depth)
			depth--;
	}
	return false;
}

static void put_string(struct writer *w, const char *text, size_t n)
{
	writer_u64(w, n);
	writer_byte(w, ':');
	writer_put(w, span_of(text, n));
}

static void put_integer(struct writer *w, int64_t v)
{
	writer_byte(w, 'i');
	if (v < 0)
		writer_byte(w, '-');
	writer_u64(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
	writer_byte(w, 'e');
}

/* No key of ng has a fraction for a value, and bencode has none. */
static bool is_left_out(const json_t *v)
{
	return json_is_null(v) || json_is_real(v);
}

static void put_value(struct writer *w, const json_t *v);

static void put_object(struct writer *w, json_t *object)
{
	const char *key;
	json_t *value;

	writer_byte(w, 'd');
	json_object_foreach(object, key, value)
	{
		if (is_left_out(value))
			continue;
		put_string(w, key, strlen(key));
		put_value(w, value);
	}
	writer_byte(w, 'e');
}

static void put_array(struct writer *w, const json_t *array)
{
	writer_byte(w, 'l');
	for (size_t i = 0; i < json_array_size(array); i++)
		put_value(w, json_array_get(array, i));
	writer_byte(w, 'e');
}

static void put_value(struct writer *w, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_object(w, (json_t *)v);
		break;
	case JSON_ARRAY:
		put_array(w, v);
		break;
	case JSON_STRING:
		put_string(w, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		put_integer(w, json_integer_value(v));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		put_integer(w, json_is_true(v));
		break;
	case JSON_REAL:
	case JSON_NULL:
		break;
	}
}

int ng_json_to_bencode(struct span json, struct span mem, struct span *dict)
{
	struct writer w = writer_over((char *)mem.p, mem.n);
	json_error_t error;
	json_t *root;

	if (is_too_deep(json))
		return -1;
	root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return -1;
	if (json_is_object(root))
		put_value(&w, root);
	else
		w.failed = true;
	json_decref(root);
	if (w.failed)
		return -1;
	*dict = writer_done(&w);
	return 0;
}
