/* SPDX-License-Identifier: BSD-3-Clause */
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

static int64_t wall_now(void)
{
	return wall;
}

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fail_msg("configuration: %s: %s", p->path, p->text);
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	struct scene *s = ctx;
	size_t n = strlen(s->log);

	snprintf(s->log + n, sizeof(s->log) - n, "%d %s\n", (int)level, line);
}

static bool is_known(void *ctx, const struct binding *b)
{
	const struct scene *s = ctx;

	return !s->unknown || !span_eq(binding_user_name(b), span_str(s->unknown));
}

static void open_store(struct scene *s)
{
	const struct store_conf conf = { .path = path, .log = s->core.log, .wall = wall_now };
	const struct store_keeping k = { .core = &s->core, .bindings = s->bindings, .known = is_known, .ctx = s };

	s->store = store_open(&conf);
	if (s->store)
		assert_int_equal(store_keep(s->store, &k), 0);
}

static void start_with(struct scene *s, const char *conf, uint32_t capacity)
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

static void start(struct scene *s)
{
	start_with(s, CONF, CAPACITY);
}

static void stop(struct scene *s)
{
	store_close(s->store);
	bindings_free(s->bindings);
	assert_int_equal(s->core.wheel.count, 0);
	conf_free(s->conf);
}

static void restart(struct scene *s)
{
	stop(s);
	start(s);
}

static void pass(struct scene *s, uint64_t ms)
{
	wheel_advance(&s->core.wheel, core_now(&s->core) + ms);
}

/* Until the file has everything. Time goes on meanwhile, else the thread would not be asked. */
static void settle(struct scene *s)
{
	do {
		const struct timespec moment = { .tv_nsec = 1000000 };

		nanosleep(&moment, NULL);
		pass(s, STORE_NEXT_MS);
	} while (store_state(s->store).waiting);
}

/* Until the store is up, or not. */
static void settle_at(struct scene *s, bool up)
{
	while (store_state(s->store).up != up) {
		const struct timespec moment = { .tv_nsec = 1000000 };

		nanosleep(&moment, NULL);
		pass(s, 1000);
	}
}

static struct binding_facts facts_of(const char *contact)
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

static struct binding *put(struct scene *s, const char *user, struct binding *old, const char *contact)
{
	struct binding_facts f = facts_of(contact);

	f.expires_at = core_now(&s->core) + HOUR_S * 1000;
	return bindings_put(s->bindings, span_str(user), old, &f, core_now(&s->core));
}

static struct binding *find(const struct scene *s, const char *user)
{
	return bindings_find(s->bindings, span_str(user));
}

#define assert_span(s, text) assert_true(span_eq(s, SPAN(text)))

/* Files beside ours whose names go on from its name with that; they are removed. */
static unsigned sweep(const char *rest)
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
static int clean(void **state)
{
	(void)state;
	sweep("");
	return 0;
}

/* --- what is kept --------------------------------------------------------------------------- */

static void test_all_facts_come_back(void **state)
{
	struct binding_facts f = facts_of("sip:a@192.168.1.2:5062;ob"), got;
	struct scene *s = &scene;
	struct binding *b;

	(void)state;
	start(s);
	f.call_id = SPAN("id-1");
	f.instance = SPAN("\"<urn:uuid:1>\"");
	f.path = SPAN("<sip:p;lr>, <sip:q;lr>");
	f.agent = SPAN("Phone/1.0 'quoted'");
	f.token = SPAN("t0ken");
	f.service_route = SPAN("<sip:home;lr>");
	f.associated = SPAN("<sip:a@home>");
	f.gruu = SPAN(";pub-gruu=\"sip:a@home;gr\"");
	f.upstream_s = 3000;
	f.upstream_at = NOW + 2000 * 1000;
	f.expires_at = NOW + 60 * 1000;
	f.cseq = 4000000000U;
	f.reg_id = 3;
	f.q = 500;
	f.nat = true;
	assert_non_null(bindings_put(s->bindings, SPAN("alice"), NULL, &f, NOW));
	pass(s, 10000);
	wall += 10;
	restart(s);
	b = find(s, "alice");
	assert_non_null(b);
	got = b->facts;
	assert_true(flow_eq(&got.flow, &f.flow));
	assert_int_equal(b->refreshed, NOW - 10000);
	assert_int_equal(b->since, NOW - 10000);
	assert_int_equal(got.expires_at, NOW + 50 * 1000);
	assert_int_equal(got.upstream_at, NOW + 1990 * 1000);
	f.expires_at = got.expires_at;
	f.upstream_at = got.upstream_at;
	assert_true(span_eq(got.contact, f.contact) && span_eq(got.call_id, f.call_id) &&
		    span_eq(got.instance, f.instance) && span_eq(got.path, f.path) && span_eq(got.agent, f.agent) &&
		    span_eq(got.token, f.token) && span_eq(got.service_route, f.service_route) &&
		    span_eq(got.associated, f.associated) && span_eq(got.gruu, f.gruu));
	assert_true(got.upstream_s == f.upstream_s && got.cseq == f.cseq && got.reg_id == f.reg_id && got.q == f.q &&
		    got.nat);
	assert_ptr_equal(bindings_at_token(s->bindings, SPAN("t0ken")), b);
	stop(s);
	wall = WALL;
}

/* The order in which forks try them: by falling q, then registered last. */
static void test_order_comes_back(void **state)
{
	struct scene *s = &scene;
	struct binding *b, *first;

	(void)state;
	start(s);
	first = put(s, "bob", NULL, "sip:one@192.168.1.2");
	pass(s, 2000);
	put(s, "bob", NULL, "sip:two@192.168.1.3");
	pass(s, 2000);
	put(s, "bob", first, "sip:one@192.168.1.2");
	wall += 4;
	restart(s);
	b = find(s, "bob");
	assert_span(b->facts.contact, "sip:one@192.168.1.2");
	assert_span(b->next->facts.contact, "sip:two@192.168.1.3");
	stop(s);
	wall = WALL;
}

static void test_what_ended_does_not_come_back(void **state)
{
	struct scene *s = &scene;

	(void)state;
	start(s);
	put(s, "carol", NULL, "sip:carol@192.168.1.2");
	put(s, "dave", NULL, "sip:dave@192.168.1.3");
	settle(s);
	bindings_drop(s->bindings, find(s, "carol"), BINDING_REMOVED, core_now(&s->core));
	restart(s);
	assert_null(find(s, "carol"));
	assert_non_null(find(s, "dave"));
	wall += HOUR_S; /* it is down for an hour */
	restart(s);
	assert_int_equal(bindings_count(s->bindings), 0);
	assert_non_null(strstr(s->log, "0 restored, 1 expired"));
	restart(s); /* and they are not in the file any more */
	assert_null(strstr(s->log, "expired"));
	stop(s);
	wall = WALL;
}

static uint32_t dice(uint32_t sides)
{
	static uint32_t seed = 1; /* the same each time */

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

/* Places change with each restart, rows do not: whatever the order of events, both agree. */
static void test_agrees_with_a_model(void **state)
{
	enum { USERS = 40, STEPS = 1500 };
	struct scene *s = &scene;
	uint32_t model[USERS] = { 0 }; /* the number in the contact; 0: not registered */
	char user[16], contact[64];

	(void)state;
	start(s);
	for (uint32_t i = 1; i <= STEPS; i++) {
		uint32_t u = dice(USERS), what = dice(20);
		struct binding *old;

		snprintf(user, sizeof(user), "m%u", u);
		snprintf(contact, sizeof(contact), "sip:%u@192.168.1.2", i);
		old = find(s, user);
		if (what == 0) {
			restart(s);
		} else if (what < 6 && old) {
			bindings_drop(s->bindings, old, BINDING_LOST, core_now(&s->core));
			model[u] = 0;
		} else {
			assert_non_null(put(s, user, old, contact));
			model[u] = i;
		}
		if (what == 7)
			pass(s, STORE_DELAY_MS);
	}
	restart(s);
	for (uint32_t u = 0; u < USERS; u++) {
		const struct binding *b;

		snprintf(user, sizeof(user), "m%u", u);
		snprintf(contact, sizeof(contact), "sip:%u@192.168.1.2", model[u]);
		b = find(s, user);
		assert_int_equal(b != NULL, model[u] != 0);
		if (b)
			assert_true(span_eq(b->facts.contact, span_str(contact)));
		if (b)
			bindings_drop(s->bindings, find(s, user), BINDING_REMOVED, core_now(&s->core));
	}
	assert_int_equal(bindings_count(s->bindings), 0);
	stop(s);
}

/* A connection does not outlive the program: the phone is known, and called when it is back. */
static void test_a_connection_leads_nowhere(void **state)
{
	struct binding_facts f = facts_of("sip:erin@192.168.1.2;transport=tcp");
	struct scene *s = &scene;
	struct flow again;
	struct binding *b;

	(void)state;
	start(s);
	f.flow.transport = CONF_TCP;
	f.flow.listen = 1;
	f.flow.connection = 7;
	f.expires_at = NOW + HOUR_S * 1000;
	assert_non_null(bindings_put(s->bindings, SPAN("erin"), NULL, &f, NOW));
	restart(s);
	b = find(s, "erin");
	assert_non_null(b);
	assert_int_equal(b->facts.flow.listen, 1);
	assert_int_equal(b->facts.flow.transport, CONF_TCP);
	assert_int_not_equal(b->facts.flow.connection, 0); /* else one would be opened */
	again = f.flow;
	again.connection = 1;
	assert_false(flow_eq(&b->facts.flow, &f.flow) || flow_eq(&b->facts.flow, &again));
	bindings_drop(s->bindings, b, BINDING_REMOVED, NOW);
	stop(s);
}

static void test_of_what_is_no_more(void **state)
{
	static const struct {
		const char *conf, *unknown, *told;
		uint32_t capacity;
		const char *before;
	} cases[] = {
		{ CONF_OTHER_REALM, NULL, "0 restored, 2 of a realm or listener that is no more", CAPACITY, CONF },
		{ CONF_OTHER_PORT, NULL, "0 restored, 2 of a realm or listener that is no more", CAPACITY, CONF },
		{ CONF, "frank", "1 restored, 1 of users that are no more", CAPACITY, CONF },
		{ CONF, NULL, "1 restored", 1, CONF }, /* limits.registrations was lowered */
		{ CONF_HOME("two"), NULL, "0 restored, 2 that are kept elsewhere now", CAPACITY, CONF_HOME("one") },
		{ CONF_HOME("one"), NULL, "0 restored, 2 that are kept elsewhere now", CAPACITY, CONF },
		{ CONF, NULL, "0 restored, 2 that are kept elsewhere now", CAPACITY, CONF_HOME("one") },
		{ CONF_HOME("one"), NULL, "2 restored", CAPACITY, CONF_HOME("one") },
	};
	struct scene *s = &scene;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t left;

		start_with(s, cases[i].before, CAPACITY);
		put(s, "frank", NULL, "sip:frank@192.168.1.2");
		put(s, "grace", NULL, "sip:grace@192.168.1.2");
		stop(s);
		s->unknown = cases[i].unknown;
		start_with(s, cases[i].conf, cases[i].capacity);
		assert_non_null(strstr(s->log, cases[i].told));
		left = bindings_count(s->bindings);
		s->unknown = NULL;
		stop(s); /* the file has lost them, too */
		start_with(s, cases[i].conf, CAPACITY);
		assert_int_equal(bindings_count(s->bindings), left);
		for (uint32_t k = 0; k < left; k++) {
			uint32_t pos = 0;

			bindings_drop(s->bindings, bindings_next(s->bindings, &pos), BINDING_REMOVED, NOW);
		}
		stop(s);
	}
}

/* The wall clock was far ahead when it was written, or is behind now. */
static void test_a_wrong_clock_keeps_nobody_for_ever(void **state)
{
	struct scene *s = &scene;

	(void)state;
	start(s);
	put(s, "heidi", NULL, "sip:heidi@192.168.1.2");
	stop(s);
	wall -= 365 * 24 * HOUR_S;
	start(s);
	assert_true(find(s, "heidi")->facts.expires_at == NOW + HOUR_S * 1000);
	assert_true(find(s, "heidi")->since == NOW);
	bindings_drop(s->bindings, find(s, "heidi"), BINDING_REMOVED, NOW);
	stop(s);
	wall = WALL;
}

/* --- the worst ------------------------------------------------------------------------------ */

static void die_while_writing(int told)
{
	enum { MANY = 4096, EACH = 7 };
	struct scene *s = &scene;
	char user[16];

	start_with(s, CONF, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(user, sizeof(user), "k%u", i);
		put(s, user, NULL, "sip:k@192.168.1.2");
		if (i % EACH)
			continue;
		settle(s);
		if (write(told, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
	for (;;)
		pause();
}

/* Killed at any moment: all that was written is there, and nothing broken. */
static void test_survives_being_killed(void **state)
{
	struct scene *s = &scene;

	(void)state;
	for (unsigned round = 1; round <= 3; round++) {
		uint32_t last = 0;
		int ends[2];
		pid_t child;

		unlink(path);
		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			die_while_writing(ends[1]);
		close(ends[1]);
		while (last < round * 150)
			assert_int_equal(read(ends[0], &last, sizeof(last)), sizeof(last));
		kill(child, SIGKILL);
		while (read(ends[0], &last, sizeof(last)) == sizeof(last))
			;
		close(ends[0]);
		assert_int_equal(waitpid(child, NULL, 0), child);
		start_with(s, CONF, 4096);
		assert_true(bindings_count(s->bindings) > last);
		assert_non_null(find(s, "k0"));
		assert_null(strstr(s->log, "moved aside"));
		stop(s);
	}
	unlink(path);
}

static void test_another_program_has_it(void **state)
{
	struct scene *s = &scene;
	int ends[2];
	pid_t child;
	char c;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		start(s);
		put(s, "ivan", NULL, "sip:ivan@192.168.1.2");
		settle(s);
		(void)!write(ends[1], "", 1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &c, 1), 1);
	start(s);
	assert_null(s->store);
	assert_non_null(strstr(s->log, "another program has it open"));
	assert_non_null(put(s, "judy", NULL, "sip:judy@192.168.1.2"));
	stop(s);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	start(s);
	assert_non_null(find(s, "ivan"));
	assert_null(find(s, "judy"));
	bindings_drop(s->bindings, find(s, "ivan"), BINDING_REMOVED, NOW);
	stop(s);
}

static void spoil_text(void)
{
	FILE *f = fopen(path, "w");

	fputs("{ \"this is\": \"another file of somebody\" }", f);
	fclose(f);
}

static void spoil_middle(void)
{
	FILE *f = fopen(path, "r+");

	for (long at = 4096; at < 40960; at += 64) {
		fseek(f, at, SEEK_SET);
		fputs("spoiled spoiled spoiled", f);
	}
	fclose(f);
}

static void spoil_by_sql(const char *sql)
{
	sqlite3 *db;

	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void spoil_foreign(void)
{
	spoil_by_sql("CREATE TABLE accounts (name TEXT)");
}

static void spoil_newer(void)
{
	spoil_by_sql("PRAGMA application_id = 1853055587; PRAGMA user_version = 99");
}

static void spoil_tables(void)
{
	spoil_by_sql("PRAGMA application_id = 1853055587; PRAGMA user_version = 1; CREATE TABLE binding (x)");
}

static void test_a_bad_file_is_moved_aside(void **state)
{
	static const struct {
		void (*spoil)(void);
		const char *told;
	} cases[] = {
		{ spoil_text, "not a database" },
		{ spoil_middle, "damaged" },
		{ spoil_foreign, "the database of another program" },
		{ spoil_newer, "of another version of this program" },
		{ spoil_tables, "its tables are not as this program makes them" },
	};
	struct scene *s = &scene;
	char user[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sweep("");
		start_with(s, CONF, 1024);
		for (int k = 0; k < 600; k++) {
			snprintf(user, sizeof(user), "n%d", k);
			put(s, user, NULL, "sip:n@192.168.1.2");
		}
		stop(s);
		cases[i].spoil();
		start(s);
		if (!strstr(s->log, cases[i].told))
			fail_msg("%zu: %s", i, s->log);
		assert_non_null(strstr(s->log, "state.db.20231114T221320Z, and a new one is made"));
		assert_true(store_state(s->store).up);
		put(s, "karl", NULL, "sip:karl@192.168.1.2");
		stop(s);
		assert_int_equal(sweep(".2023"), 1);
		start(s);
		assert_non_null(find(s, "karl"));
		stop(s);
	}
}

/* While it runs. */
static void test_a_file_that_goes_is_made_anew(void **state)
{
	struct scene *s = &scene;

	(void)state;
	start(s);
	put(s, "leo", NULL, "sip:leo@192.168.1.2");
	settle(s);
	assert_int_equal(sweep(""), 2);
	put(s, "mona", NULL, "sip:mona@192.168.1.2");
	settle(s);
	assert_true(store_state(s->store).up);
	restart(s);
	assert_non_null(find(s, "leo"));
	assert_non_null(find(s, "mona"));
	stop(s);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit r;

	getrlimit(RLIMIT_FSIZE, &r);
	r.rlim_cur = bytes == RLIM_INFINITY ? r.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* Calls go on; what changed meanwhile is written when there is room again. */
static void test_a_full_disk(void **state)
{
	struct scene *s = &scene;
	struct binding *b;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	start(s);
	b = put(s, "nina", NULL, "sip:nina@192.168.1.2");
	settle(s);
	limit_files(4096);
	put(s, "nina", b, "sip:nina@192.168.1.3");
	put(s, "olaf", NULL, "sip:olaf@192.168.1.4");
	settle_at(s, false);
	assert_int_equal(store_state(s->store).waiting, 2);
	assert_non_null(strstr(s->log, "until that is mended"));
	pass(s, 10 * STORE_RETRY_MS);
	assert_true(s->core.count.n[COUNT_STORE_FAILED] >= 1);
	assert_null(strstr(strstr(s->log, "until that is mended") + 1, "until that is mended")); /* once */
	limit_files(RLIM_INFINITY);
	settle_at(s, true);
	settle(s);
	assert_non_null(strstr(s->log, "it is written again"));
	restart(s);
	assert_span(find(s, "nina")->facts.contact, "sip:nina@192.168.1.3");
	assert_non_null(find(s, "olaf"));
	stop(s);
}

/* At the start. */
static void test_a_folder_that_comes_later(void **state)
{
	struct scene *s = &scene;
	char real[sizeof(path)], inner[128], outer[96];
	struct stat st;

	(void)state;
	memcpy(real, path, sizeof(path));
	snprintf(outer, sizeof(outer), "%s/outer", folder);
	snprintf(inner, sizeof(inner), "%s/inner", outer);
	snprintf(path, sizeof(path), "%s/state.db", inner);
	start(s);
	assert_false(store_state(s->store).up);
	assert_non_null(strstr(s->log, "cannot make its folder: No such file or directory"));
	put(s, "peter", NULL, "sip:peter@192.168.1.2");
	pass(s, 2 * STORE_RETRY_MS);
	assert_int_equal(mkdir(outer, 0700), 0);
	settle_at(s, true);
	settle(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	restart(s);
	assert_non_null(find(s, "peter"));
	stop(s);
	unlink(path);
	rmdir(inner);
	rmdir(outer);
	memcpy(path, real, sizeof(path));
}

static void test_what_is_no_file_stays(void **state)
{
	struct scene *s = &scene;
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	start(s);
	assert_false(store_state(s->store).up);
	assert_non_null(strstr(s->log, "not a regular file"));
	stop(s);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	rmdir(path);
}

/* More at once than one transaction takes: the oldest first, each state once, the last one. */
static void test_more_than_a_batch(void **state)
{
	enum { MANY = 3 * STORE_BATCH + 10 };
	static struct binding *b[MANY];
	struct scene *s = &scene;
	char user[16];

	(void)state;
	start_with(s, CONF, MANY);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < MANY; i++) {
			snprintf(user, sizeof(user), "q%d", i);
			b[i] = put(s, user, b[i], round < 2 ? "sip:q@192.168.1.2" : "sip:q@192.168.1.3");
		}
	assert_true(store_state(s->store).waiting <= MANY + STORE_BATCH);
	settle(s);
	stop(s);
	start_with(s, CONF, MANY);
	assert_int_equal(bindings_count(s->bindings), MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(user, sizeof(user), "q%d", i);
		assert_span(find(s, user)->facts.contact, "sip:q@192.168.1.3");
	}
	stop(s);
}

/* What somebody else wrote into the file gets into no message of ours. */
static void test_unsound_records(void **state)
{
	static const char *const cases[] = {
		"contact = 'sip:x@y' || char(13, 10) || 'Via: z'",
		"contact = 'no uri'",
		"contact = NULL",
		"user = ''",
		"user = NULL",
		"path = printf('%.*c', 2000, 'x')",
		"peer = 'nowhere'",
		"peer = '10.0.0.20'",
		"peer = '0.0.0.0:5060'",
		"q = 4000",
		"realm = NULL",
		"transport = 5",
	};
	struct scene *s = &scene;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char sql[256];
		sqlite3 *db;

		start(s);
		put(s, "ruth", NULL, "sip:ruth@192.168.1.2");
		stop(s);
		snprintf(sql, sizeof(sql), "UPDATE binding SET %s", cases[i]);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		start(s);
		if (bindings_count(s->bindings))
			fail_msg("%s", cases[i]);
		stop(s);
		sweep("");
	}
}

static int cleanup(void **state)
{
	(void)state;
	sweep("");
	return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup(name, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_facts_come_back),
		TEST(test_order_comes_back),
		TEST(test_what_ended_does_not_come_back),
		TEST(test_agrees_with_a_model),
		TEST(test_a_connection_leads_nowhere),
		TEST(test_of_what_is_no_more),
		TEST(test_a_wrong_clock_keeps_nobody_for_ever),
		TEST(test_survives_being_killed),
		TEST(test_another_program_has_it),
		TEST(test_a_bad_file_is_moved_aside),
		TEST(test_a_file_that_goes_is_made_anew),
		TEST(test_a_full_disk),
		TEST(test_a_folder_that_comes_later),
		TEST(test_what_is_no_file_stays),
		TEST(test_more_than_a_batch),
		TEST(test_unsound_records),
	};

	snprintf(folder, sizeof(folder), "/tmp/natsbc-store-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/state.db", folder);
	return cmocka_run_group_tests(tests, NULL, cleanup);
}
