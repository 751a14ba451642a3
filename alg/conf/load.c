/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "alg/conf/check.h"
#include "alg/conf/complete.h"
#include "alg/conf/suggest.h"
#include "alg/conf/syntax.h"
#include "alg/conf/type.h"

enum { PATH_TEXT_MAX = 256, PROBLEM_TEXT_MAX = 768 };

bool load_fail(struct load *l, const struct step *at, enum step_part part, const char *fmt, ...)
{
	char path[PATH_TEXT_MAX], text[PROBLEM_TEXT_MAX];
	struct writer w = writer_over(path, sizeof(path));
	struct place place = step_place(l->text, at, part);
	va_list ap;
	int n;

	step_write(&w, at);
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	for (int i = 0; i < n; i++) /* texts from the file are quoted in problems: keep terminals safe from them */
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	problem_add(&l->problems, place.line, place.column, span_of(path, w.n), span_of(text, (size_t)n));
	return false;
}

const char *load_keep(struct load *l, struct span s)
{
	const char *kept = l->texts.p + l->texts.n;

	writer_put(&l->texts, s);
	writer_byte(&l->texts, '\0');
	return l->texts.failed ? "" : kept;
}

/* The folder of the file, with its slash; empty where it has none. */
static struct span folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	return span_of(file, slash ? (size_t)(slash + 1 - file) : 0);
}

static const char *keep_path(struct load *l, struct span scheme, struct span name)
{
	const char *kept = l->texts.p + l->texts.n;

	writer_put(&l->texts, scheme);
	if (name.p[0] != '/')
		writer_put(&l->texts, folder(l->conf->file));
	writer_put(&l->texts, name);
	writer_byte(&l->texts, '\0');
	return l->texts.failed ? "" : kept;
}

const char *load_keep_path(struct load *l, struct span name)
{
	return keep_path(l, SPAN(""), name);
}

const char *load_keep_file(struct load *l, struct span name)
{
	return keep_path(l, SPAN("file:"), name);
}

static void *record_at(struct config *c, enum key_record record, size_t i)
{
	switch (record) {
	case RECORD_REALM:
		return &c->realms[i];
	case RECORD_TRUNK:
		return &c->trunks[i];
	case RECORD_ROUTE:
		return &c->routes[i];
	case RECORD_CONFIG:
	case RECORD_SNI:
	case RECORD_PEER:
		break;
	}
	return c;
}

/* Presets are JSON of our own: they are read as if they stood in the file. */
void load_preset(struct load *l, enum key_record which, void *record)
{
	for (const struct key *k = schema; k->path; k++) {
		json_t *v = k->record == which && k->preset ? json_loads(k->preset, JSON_DECODE_ANY, NULL) : NULL;

		if (v)
			k->type->read(l, NULL, v, k, record);
		json_decref(v);
	}
}

static void fail_unknown(struct load *l, const struct step *at, const char *path)
{
	struct suggest near = { .given = span_str(at->key) };
	const char *expected = schema_expected(path, near.given);
	const struct key *elsewhere = schema_elsewhere(path, near.given);
	bool below = elsewhere && strncmp(elsewhere->path, path, strlen(path)) == 0 && *path;

	for (const struct key *k = schema; k->path; k++)
		if (schema_is_below(k, path))
			suggest_offer(&near, schema_name(k));
	if (expected)
		load_fail(l, at, STEP_KEY, "%s", expected);
	else if (elsewhere && (below || !span_is_set(near.best)))
		load_fail(l, at, STEP_KEY, "unknown key here. Did you mean \"%s\"?", elsewhere->path);
	else if (span_is_set(near.best))
		load_fail(l, at, STEP_KEY, "unknown key. Did you mean \"%.*s\"?", SPAN_ARG(near.best));
	else
		load_fail(l, at, STEP_KEY, "unknown key (\"sbcctl config keys\" lists all)");
}

static void read_value(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record);

/* Members of which exactly one must be there. */
static void count_either(struct load *l, const struct step *at, const json_t *object, const char *path)
{
	char names[128];
	struct writer w = writer_over(names, sizeof(names));
	unsigned have = 0;

	for (const struct key *k = schema; k->path; k++) {
		if (!k->either || !schema_is_below(k, path))
			continue;
		writer_format(&w, "%s\"%s\"", w.n ? ", " : "", schema_name(k).p);
		have += json_object_get(object, schema_name(k).p) != NULL;
	}
	if (w.n && have != 1)
		load_fail(l, at, STEP_VALUE, "exactly one of these is needed: %.*s", SPAN_ARG(writer_done(&w)));
}

void load_object(struct load *l, const struct step *up, const json_t *object, const char *path, void *record)
{
	struct step at = { .up = up };
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)object, key, v)
	{
		const struct key *k = schema_find(path, span_str(key));

		at.key = key;
		if (k)
			read_value(l, &at, v, k, record);
		else if (!load_is_comment(key))
			fail_unknown(l, &at, path);
		at.at++;
	}
	for (const struct key *k = schema; k->path; k++)
		if (k->required && schema_is_below(k, path) && !json_object_get(object, schema_name(k).p))
			load_fail(l, up, STEP_VALUE, "\"%s\" is missing", schema_name(k).p);
	count_either(l, up, object, path);
}

void load_element(struct load *l, const struct step *at, const json_t *v, const char *path, enum key_record which,
		  void *record)
{
	load_preset(l, which, record);
	if (type_want(l, at, v, JSON_OBJECT, "an object in { }"))
		load_object(l, at, v, path, record);
}

static void read_map(struct load *l, const struct step *up, const json_t *map, const struct key *k)
{
	struct step at = { .up = up };
	char path[32];
	const char *key;
	size_t n = 0;
	json_t *v;

	snprintf(path, sizeof(path), "%s.*", k->path);
	json_object_foreach((json_t *)map, key, v)
	{
		at.key = key;
		if (!load_is_comment(key)) {
			if (!type_is_name(span_str(key)))
				load_fail(l, &at, STEP_KEY, "a name is 1 to %d letters, digits, \"-\", \"_\" or \".\"",
					  TYPE_NAME_MAX);
			load_element(l, &at, v, path, k->record, record_at(l->conf, k->record, n++));
		}
		at.at++;
	}
	if (n == 0 && k->required)
		load_fail(l, up, STEP_VALUE, "one at least is needed");
}

static void read_list(struct load *l, const struct step *up, const json_t *list, const struct key *k)
{
	struct step at = { .up = up };
	char path[32];
	json_t *v;

	snprintf(path, sizeof(path), "%s[]", k->path);
	json_array_foreach((json_t *)list, at.at, v)
		load_element(l, &at, v, path, k->record, record_at(l->conf, k->record, at.at));
}

static void read_value(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (k->kind == KEY_VALUE) {
		k->type->read(l, at, v, k, record);
		return;
	}
	if (k->kind == KEY_LIST) {
		if (type_want(l, at, v, JSON_ARRAY, "a list in [ ]"))
			read_list(l, at, v, k);
		return;
	}
	if (!type_want(l, at, v, JSON_OBJECT, "an object in { }"))
		return;
	if (k->kind == KEY_MAP) {
		read_map(l, at, v, k);
		return;
	}
	if (k->kind == KEY_NOTED)
		*(bool *)((char *)record + k->offset) = true;
	load_object(l, at, v, k->path, record);
}

/* Members of the root's object `key`, comments aside; 0 where it is not an object. */
static size_t count_members(json_t *root, const char *key)
{
	json_t *v = json_object_get(root, key);
	size_t n = 0;
	json_t *member;

	json_object_foreach(v, key, member) n += !load_is_comment(key);
	return n;
}

/* References may point forward in the file: the names of realms and trunks are known before anything is read. */
static void name_all(struct load *l)
{
	struct config *c = l->conf;
	const char *key;
	json_t *v;

	json_object_foreach(json_object_get(l->root, "realms"), key, v) if (!load_is_comment(key))
		c->realms[c->nrealm++]
			.name = load_keep(l, span_str(key));
	json_object_foreach(json_object_get(l->root, "trunks"), key, v)
	{
		if (load_is_comment(key))
			continue;
		c->trunks[c->ntrunk].realm = -1;
		c->trunks[c->ntrunk++].name = load_keep(l, span_str(key));
	}
	for (unsigned i = 0; i < c->nroute; i++)
		c->routes[i].from_trunk = c->routes[i].from_realm = -1;
}

/* One piece: the configuration, its trunks, its routes, its texts. */
static int allocate(struct load *l, const char *file)
{
	size_t ntrunk = count_members(l->root, "trunks"), nroute = json_array_size(json_object_get(l->root, "routes"));
	/* A text in the file has quotes, the kept one a NUL; a peer's is kept whole, and once more without its port.
	 * Paths get the folder before them: those of a realm (users, as a default and as given; certificates), three of
	 * a trunk (certificates, passwords), the store's, and file itself. */
	size_t paths = CONF_REALM_MAX * (5 + 2 * CONF_SNI_MAX) + 3 * ntrunk + 2;
	size_t texts = 2 * l->text.n + paths * (strlen(file) + 1) + CONF_REALM_MAX * sizeof("users.json") + 512;
	size_t fixed = sizeof(struct config) + ntrunk * sizeof(struct conf_trunk) + nroute * sizeof(struct conf_route);
	char *piece = calloc(1, fixed + texts);

	if (!piece) {
		load_fail(l, NULL, STEP_VALUE, "out of memory");
		return -1;
	}
	l->conf = (struct config *)(void *)piece;
	l->conf->trunks = (struct conf_trunk *)(void *)(l->conf + 1);
	l->conf->routes = (struct conf_route *)(void *)(l->conf->trunks + ntrunk);
	l->conf->nroute = (unsigned)nroute;
	l->texts = writer_over(piece + fixed, (uint32_t)texts);
	l->conf->file = load_keep(l, span_str(file));
	return 0;
}

static bool fits(struct load *l)
{
	const struct {
		const char *key;
		size_t have, max;
	} counts[] = {
		{ "realms", count_members(l->root, "realms"), CONF_REALM_MAX },
		{ "trunks", count_members(l->root, "trunks"), CONF_TRUNK_MAX },
		{ "routes", json_array_size(json_object_get(l->root, "routes")), CONF_ROUTE_MAX },
	};
	bool fit = true;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].have > counts[i].max)
			fit = load_fail(l, NULL, STEP_VALUE, "%s: at most %zu are possible, found %zu", counts[i].key,
					counts[i].max, counts[i].have);
	return fit;
}

static void load_root(struct load *l, const char *file)
{
	if (!type_want(l, NULL, l->root, JSON_OBJECT, "an object in { }") || !fits(l) || allocate(l, file))
		return;
	name_all(l);
	load_preset(l, RECORD_CONFIG, l->conf);
	load_object(l, NULL, l->root, "", l->conf);
	complete_whole(l->conf);
	check_whole(l);
	if (l->texts.failed)
		load_fail(l, NULL, STEP_VALUE, "out of memory for texts");
}

static void fail_syntax(struct load *l, const json_error_t *error)
{
	char says[PROBLEM_TEXT_MAX];
	struct writer w = writer_over(says, sizeof(says));

	writer_format(&w, "%s%s", error->text, syntax_hint(l->text, error));
	problem_add(&l->problems, error->line, error->column, SPAN(""), writer_done(&w));
}

struct config *conf_load(struct span text, const char *file, conf_report_fn *report, void *ctx)
{
	struct load l = { .text = syntax_text(text) };
	json_error_t error;

	l.root = json_loadb(l.text.n ? l.text.p : "", l.text.n, JSON_REJECT_DUPLICATES, &error);
	if (l.root)
		load_root(&l, file);
	else
		fail_syntax(&l, &error);
	json_decref(l.root);
	if (l.problems.found) {
		conf_free(l.conf);
		l.conf = NULL;
	}
	problem_tell(&l.problems, report, ctx);
	problem_free(&l.problems);
	return l.conf;
}
