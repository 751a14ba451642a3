/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/callrestore.h"

#include <sqlite3.h>
#include <unistd.h>

#include "tests/unit/sbc/bench.h"

#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/store/callkeep.h"
#include "sbc/store/store.h"

static struct bench bench;
static char text[CALLRECORD_MAX];
static char path[] = "/tmp/natsbc-calls-XXXXXX";

/* The record of a call between the carrier and alice, and the bench without it. */
static struct callrecord recorded(const char *conf)
{
	const struct moment m = { BENCH_NOW, BENCH_WALL };
	struct writer w = writer_over(text, sizeof(text));
	struct callrecord r;
	struct span ok;
	struct call *c;

	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	callkeep_record(bench.e, c, &m, &r);
	callrecord_write(&w, &r);
	bench_close(&bench);
	assert_int_equal(callrecord_read(writer_done(&w), &r), 0);
	bench_open(&bench, conf);
	return r;
}

static void a_call_comes_back(void **state)
{
	struct callrecord r = recorded(BENCH_CONF), again;
	const struct moment m = { BENCH_NOW, BENCH_WALL };
	struct call *c;
	struct leg *a, *b;

	(void)state;
	assert_int_equal(callrestore(bench.e, &r, &c), CALLRESTORE_RESTORED);
	a = c->leg[0];
	b = c->leg[1];
	assert_ptr_equal(calls_find(bench.e, r.id), c);
	assert_ptr_equal(leg_named(bench.e, SPAN("trunkcall"), r.leg[0].local_tag), a);
	assert_true(a->peer == b && b->peer == a && a->state == LEG_CONFIRMED && b->state == LEG_CONFIRMED);
	assert_int_equal(c->state, CALL_UP);
	assert_int_equal(bench.e->ncall, 1);
	assert_int_equal(bench.e->calls_total, 0);
	assert_int_equal(bench.e->admission.trunk[0].calls, 1);
	assert_int_equal(bench.e->admission.realm[0].calls, 1);
	callkeep_record(bench.e, c, &m, &again);
	assert_int_equal(again.leg[1].local_cseq, r.leg[1].local_cseq + CALLKEEP_CSEQ_AHEAD);
	assert_true(addr_eq(&again.leg[0].peer, &r.leg[0].peer) && span_eq(again.leg[0].target, r.leg[0].target));
	assert_true(span_eq(again.from, r.from) && span_eq(again.to, r.to));
	assert_int_equal(callrestore(bench.e, &r, &c), CALLRESTORE_FULL); /* twice */
	assert_int_equal(bench.e->ncall, 1);
	callend(bench.e, c, COUNT_CALL_OPERATOR, 503, NULL);
	assert_int_equal(bench.nsent, 2);
	bench_expect(bench.sent[0].text, "BYE sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
	bench_expect(bench.sent[0].text, "CSeq: 258 BYE\r\n");
	bench_expect(bench.sent[1].text, "BYE sip:trunk@192.0.2.7 SIP/2.0\r\n");
	assert_true(addr_eq(&bench.sent[1].to.peer, &r.leg[0].peer));
	bench_answer_byes(&bench);
	bench_pass(&bench, 40000);
	assert_int_equal(bench.e->dialogs.count, 0);
	assert_int_equal(bench.e->core.bufs.bytes_out, 0);
	bench_close(&bench);
}

static void realms_and_trunks_that_are_no_more(void **state)
{
	static const struct {
		const char *conf;
		enum callrestore_end expected;
	} cases[] = {
		{ BENCH_CONF, CALLRESTORE_RESTORED },
		{ "{ " BENCH_REALMS ", " BENCH_LIMITS " }", CALLRESTORE_NO_TRUNK },
		{ "{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\" }, \"other\": { \"address\": \"198.51.100.5\" "
		  "} }, " BENCH_LIMITS " }",
		  CALLRESTORE_NO_LISTENER },
		{ "{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\" }, \"internet\": { \"address\": "
		  "\"198.51.100.5\", \"listen\": [\"udp:5070\"] } }, " BENCH_TRUNK ", " BENCH_LIMITS " }",
		  CALLRESTORE_NO_LISTENER },
		{ "{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\" }, \"internet\": { \"address\": "
		  "\"198.51.100.5\", \"listen\": [\"tcp:5060\"] } }, \"trunks\": { \"carrier\": { \"realm\": "
		  "\"internet\", \"peers\": [\"203.0.113.99\"], \"transport\": \"tcp\", \"probe\": \"0\" } "
		  "}, " BENCH_LIMITS " }",
		  CALLRESTORE_NO_LISTENER },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct callrecord r = recorded(cases[i].conf);
		struct call *c;

		if (callrestore(bench.e, &r, &c) != cases[i].expected)
			fail_msg("case %u", i);
		assert_int_equal(bench.e->ncall, cases[i].expected == CALLRESTORE_RESTORED);
		if (cases[i].expected) {
			assert_int_equal(bench.e->core.bufs.bytes_out, 0);
			assert_int_equal(bench.e->core.wheel.count, 0);
		}
		bench_close(&bench);
	}
}

#define CHANGE(statement)                                                                                              \
	{                                                                                                              \
		struct callrecord r = sound;                                                                           \
		statement;                                                                                             \
		if (callrestore(bench.e, &r, &c) != CALLRESTORE_BROKEN)                                                \
			fail_msg(#statement);                                                                          \
	}

static void unsound_records_are_refused(void **state)
{
	const struct callrecord sound = recorded(BENCH_CONF);
	struct call *c;

	(void)state;
	CHANGE(r.id = SPAN("short"));
	CHANGE(r.id = SPAN("ABCDEFGHIJKL"));
	CHANGE(r.leg[0].call_id.n = 0);
	CHANGE(r.leg[1].local_tag.n = 0);
	CHANGE(r.leg[0].local.n = 0);
	CHANGE(r.leg[0].remote.n = 0);
	CHANGE(r.leg[1].target = SPAN("no uri"));
	CHANGE(r.leg[1].target.n = 0);
	CHANGE(r.leg[1].media = SPAN("far too long"));
	CHANGE(r.leg[1].media.n = 0);
	CHANGE(r.leg[0].local_cseq = UINT32_MAX);
	CHANGE(r.leg[0].remote_cseq = 1ULL << 32);
	CHANGE(r.leg[0].peer.port = 0);
	CHANGE(assert_int_equal(addr_parse(SPAN("224.0.0.1:5060"), 0, &r.leg[0].peer), 0));
	CHANGE(r.leg[0].peer = (struct addr){ 0 });
	CHANGE(r.leg[0].interval = 1ULL << 40);
	assert_int_equal(bench.e->ncall, 0);
	assert_int_equal(bench.e->dialogs.count, 0);
	assert_int_equal(bench.e->core.bufs.bytes_out, 0);
	bench_close(&bench);
}

/* limits.calls is 4. */
static void more_than_there_is_room_for(void **state)
{
	struct callrecord r = recorded(BENCH_CONF);
	struct call *c;
	char id[] = "aaaaaaaaaaaa", call_id[] = "other-0";

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		id[0] = (char)('0' + i);
		call_id[6] = (char)('0' + i);
		r.id = span_str(id);
		r.leg[0].call_id = r.leg[1].call_id = span_str(call_id);
		assert_int_equal(callrestore(bench.e, &r, &c), i < 4 ? CALLRESTORE_RESTORED : CALLRESTORE_FULL);
	}
	assert_int_equal(bench.e->ncall, 4);
	bench_close(&bench);
}

/* ----- with a file ----- */

static void start(void)
{
	const struct store_conf conf = { .path = path, .log = { LOG_DEBUG, bench_on_log, &bench }, .wall = bench_wall };
	struct engine_setup s;

	memset(&bench, 0, sizeof(bench));
	bench.their_tag = "theirs";
	s = bench_setup(&bench, BENCH_CONF);
	s.store = store_open(&conf);
	assert_non_null(s.store);
	bench.e = engine_new(&s);
	assert_non_null(bench.e);
}

static void alter(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void keep_one(const char *alteration)
{
	struct span ok;

	start();
	bench_call(&bench, &ok);
	bench_pass(&bench, CALLKEEP_AFTER_MS + STORE_DELAY_MS);
	bench_close(&bench);
	alter(alteration);
	start();
}

static void close_and_forget(void)
{
	bench_close(&bench);
	assert_int_equal(unlink(path), 0);
}

static void kept_in_a_file(void **state)
{
	char owner[48];

	(void)state;
	keep_one("SELECT 1");
	assert_int_equal(bench.e->ncall, 1);
	bench_expect(span_str(bench.log), "store: calls: 1 restored");
	strcpy(owner, bench.e->relay.owner);
	/* And again: what came back is kept on. */
	bench_close(&bench);
	start();
	assert_int_equal(bench.e->ncall, 1);
	assert_string_equal(bench.e->relay.owner, owner);
	bench_pass(&bench, STORE_DELAY_MS);
	callend(bench.e, bench.e->calls, COUNT_CALL_OPERATOR, 503, NULL);
	bench_close(&bench);
	start();
	assert_int_equal(bench.e->ncall, 0);
	close_and_forget();
	start();
	assert_string_not_equal(bench.e->relay.owner, owner);
	close_and_forget();
}

static void damaged_rows_are_told_and_go(void **state)
{
	static const char *const cases[] = {
		"UPDATE call SET data = x'00'",
		"UPDATE call SET data = NULL",
		"UPDATE call SET data = 'text'",
		"UPDATE call SET data = 17",
		"UPDATE call SET data = substr(data, 1, length(data) - 1)",
		"UPDATE call SET data = CAST(replace(hex(data), '61', '62') AS BLOB)",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		keep_one(cases[i]);
		assert_int_equal(bench.e->ncall, 0);
		bench_expect(span_str(bench.log), "1 store: calls: 0 restored, 1 not readable");
		assert_int_equal(bench_count(&bench, COUNT_CALL_NOT_RESTORED), 1);
		bench_close(&bench);
		start();
		bench_expect(span_str(bench.log), "store: calls: 0 restored\n");
		close_and_forget();
	}
}

/* A file of a version that kept no calls. */
static void tables_that_are_missing_are_made(void **state)
{
	(void)state;
	keep_one("DROP TABLE call; DROP TABLE self");
	assert_int_equal(bench.e->ncall, 0);
	bench_expect_no(span_str(bench.log), "moved aside");
	bench_close(&bench);
	keep_one("SELECT 1");
	assert_int_equal(bench.e->ncall, 1);
	close_and_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_comes_back),
		cmocka_unit_test(realms_and_trunks_that_are_no_more),
		cmocka_unit_test(unsound_records_are_refused),
		cmocka_unit_test(more_than_there_is_room_for),
		cmocka_unit_test(kept_in_a_file),
		cmocka_unit_test(damaged_rows_are_told_and_go),
		cmocka_unit_test(tables_that_are_missing_are_made),
	};
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	unlink(path);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
