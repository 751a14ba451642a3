/* SPDX-License-Identifier: BSD-3-Clause */
/* store_scene.h: a registrar's store, run after run of the program, in a folder that can be spoilt. */
#ifndef NATSBC_TESTS_STORE_SCENE_H
#define NATSBC_TESTS_STORE_SCENE_H

#include "sbc/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOW = 100000000, WALL = 1700000000, HOUR_S = 3600, CAPACITY = 64 };

#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"listen\": [\"udp:5060\", \"tcp:5060\"],"              \
	" \"media\": { \"ports\": \"10000-10099\" },"                                                                  \
	" \"phones\": { \"domains\": [\"example.com\"], \"expires\": { \"nat-udp\": \"1h\", \"stream\": \"1h\" } } } " \
	"} }"
#define CONF_OTHER_REALM                                                                                               \
	"{ \"realms\": { \"new\": { \"address\": \"10.0.0.5\", \"listen\": [\"udp:5060\", \"tcp:5060\"],"              \
	" \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { \"domains\": [\"example.com\"] } } } }"
#define CONF_OTHER_PORT                                                                                                \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"listen\": [\"udp:5070\", \"tcp:5060\"],"              \
	" \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { \"domains\": [\"example.com\"] } } } }"

/* As CONF, but for who keeps the registrations. */
#define CONF_HOME(home)                                                                                                \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"listen\": [\"udp:5060\", \"tcp:5060\"],"              \
	" \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { \"domains\": [\"example.com\"], \"home\": \"" home  \
	"\" } }, \"in\": { \"address\": \"10.9.0.5\" } }, \"trunks\": { \"one\": { \"realm\": \"in\", \"peers\": "     \
	"[\"10.9.0.6\"] }, \"two\": { \"realm\": \"in\", \"peers\": [\"10.9.0.7\"] } } }"

static const struct hash_key key = { 1, 2 };
static int64_t wall = WALL;

/* One run of the program; large, so not on the stack. */
static struct scene {
	struct core core;
	struct config *conf;
	struct bindings *bindings;
	struct store *store;
	const char *unknown; /* a user who was removed */
	char log[8192];
} scene;

static char folder[64], path[256];

static inline int64_t wall_now(void)
{
	return wall;
}

static inline void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fail_msg("configuration: %s: %s", p->path, p->text);
}

static inline void on_log(void *ctx, enum log_level level, const char *line)
{
	struct scene *s = ctx;
	size_t n = strlen(s->log);

	snprintf(s->log + n, sizeof(s->log) - n, "%d %s\n", (int)level, line);
}

static inline bool is_known(void *ctx, const struct binding *b)
{
	const struct scene *s = ctx;

	return !s->unknown || !span_eq(binding_user_name(b), span_str(s->unknown));
}

static inline void open_store(struct scene *s)
{
	const struct store_conf conf = { .path = path, .log = s->core.log, .wall = wall_now };
	const struct store_keeping k = { .core = &s->core, .bindings = s->bindings, .known = is_known, .ctx = s };

	s->store = store_open(&conf);
	if (s->store)
		assert_int_equal(store_keep(s->store, &k), 0);
}

static inline void start_with(struct scene *s, const char *conf, uint32_t capacity)
{
	memset(&s->core, 0, sizeof(s->core));
	s->log[0] = '\0';
	s->conf = conf_load(span_str(conf), "/etc/natsbc/sbc.json", on_problem, NULL);
	assert_non_null(s->conf);
	s->core.conf = s->conf;
	s->core.log = (struct log){ .level = LOG_DEBUG, .write = on_log, .ctx = s };
	wheel_init(&s->core.wheel, NOW, NULL);
	s->bindings = bindings_new(capacity, &key, &s->core.wheel);
	assert_non_null(s->bindings);
	open_store(s);
}

static inline void start(struct scene *s)
{
	start_with(s, CONF, CAPACITY);
}

static inline void stop(struct scene *s)
{
	store_close(s->store);
	bindings_free(s->bindings);
	assert_int_equal(s->core.wheel.count, 0);
	conf_free(s->conf);
}

static inline void restart(struct scene *s)
{
	stop(s);
	start(s);
}

static inline void pass(struct scene *s, uint64_t ms)
{
	wheel_advance(&s->core.wheel, core_now(&s->core) + ms);
}

/* Until the file has everything. Time goes on meanwhile, else the thread would not be asked. */
static inline void settle(struct scene *s)
{
	do {
		const struct timespec moment = { .tv_nsec = 1000000 };

		nanosleep(&moment, NULL);
		pass(s, STORE_NEXT_MS);
	} while (store_state(s->store).waiting);
}

/* Until the store is up, or not. */
static inline void settle_at(struct scene *s, bool up)
{
	while (store_state(s->store).up != up) {
		const struct timespec moment = { .tv_nsec = 1000000 };

		nanosleep(&moment, NULL);
		pass(s, 1000);
	}
}

static inline struct binding_facts facts_of(const char *contact)
{
	struct binding_facts f = {
		.contact = span_str(contact),
		.call_id = SPAN("call"),
		.q = BINDING_Q_MAX,
		.cseq = 1,
	};

	assert_int_equal(addr_parse(SPAN("10.0.0.20:5062"), 0, &f.flow.peer), 0);
	return f;
}

static inline struct binding *put(struct scene *s, const char *user, struct binding *old, const char *contact)
{
	struct binding_facts f = facts_of(contact);

	f.expires_at = core_now(&s->core) + HOUR_S * 1000;
	return bindings_put(s->bindings, span_str(user), old, &f, core_now(&s->core));
}

static inline struct binding *find(const struct scene *s, const char *user)
{
	return bindings_find(s->bindings, span_str(user));
}

#define assert_span(s, text) assert_true(span_eq(s, SPAN(text)))

/* Files beside ours whose names go on from its name with that; they are removed. */
static inline unsigned sweep(const char *rest)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char name[512];
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (strncmp(e->d_name, "state.db", 8) == 0 && strncmp(e->d_name + 8, rest, strlen(rest)) == 0) {
			snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
			n += unlink(name) == 0;
		}
	closedir(d);
	return n;
}

/* Each test begins without a file. */
static inline int clean(void **state)
{
	(void)state;
	sweep("");
	return 0;
}

static inline int cleanup(void **state)
{
	(void)state;
	sweep("");
	return rmdir(folder);
}

#define STORE_TEST(name) cmocka_unit_test_setup(name, clean)

/* In a folder of their own. */
static inline int store_tests_run(const struct CMUnitTest *tests, size_t n)
{
	snprintf(folder, sizeof(folder), "/tmp/natsbc-store-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/state.db", folder);
	return _cmocka_run_group_tests("store", tests, n, NULL, cleanup);
}

#endif
