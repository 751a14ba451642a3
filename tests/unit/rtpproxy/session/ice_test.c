/* SPDX-License-Identifier: BSD-3-Clause */
/* CALLS.md 4.15. */
#include "rtpproxy/session/ice.h"

#include "rtpproxy/session/secure.h"
#include "tests/unit/rtpproxy/check_make.h"
#include "tests/unit/rtpproxy/rig.h"

#define THEIR_PWD          "asd88fgpdd777uzjYhagZg"
#define CREDENTIALS(ufrag) "a=ice-ufrag:" ufrag "\r\na=ice-pwd:" THEIR_PWD "\r\n"
#define CANDIDATE          "a=candidate:1 1 UDP 2130706431 198.51.100.7 4000 typ host\r\n"
#define OURS               "a=ice-ufrag:"
#define MUX                "a=rtcp-mux\r\n"
#define PHONE(more)        RIG_AUDIO("4000") more
#define BROWSER(more)      PHONE(CREDENTIALS("thei") CANDIDATE more)
#define PLAIN              RIG_AUDIO("6000")

/* What we have shown the side whose description was the last answer. */
struct shown {
	char ufrag[64], pwd[64];
	int port;
};

static void line_copy(const struct rig *g, const char *name, char *out, size_t size)
{
	const uint32_t at = span_search(g->answer.sdp, span_str(name));
	const struct span line = span_from(g->answer.sdp, at < g->answer.sdp.n ? at + (uint32_t)strlen(name) : at);

	snprintf(out, size, "%.*s", (int)span_find(line, '\r'), line.p ? line.p : "");
	if (at == g->answer.sdp.n)
		*out = '\0';
}

static struct shown shown_of(const struct rig *g)
{
	struct shown s = { .port = rig_port_of(g, 0) };

	line_copy(g, "a=ice-ufrag:", s.ufrag, sizeof(s.ufrag));
	line_copy(g, "a=ice-pwd:", s.pwd, sizeof(s.pwd));
	return s;
}

/* A browser outside calls a phone of the LAN. */
static struct shown browser_calls(struct rig *g, const char *call)
{
	rig_offer(g, call, rig_sdp(g, "198.51.100.7", BROWSER("")));
	rig_answer(g, call, rig_sdp(g, "10.0.0.50", PLAIN));
	assert_ok(g);
	return shown_of(g);
}

struct check {
	const char *from, *peer; /* NULL: "thei" */
	uint32_t priority;
	bool nominates, follows, rtcp;
};

static struct session *session_of(struct rig *g, const char *call)
{
	return table_find(&g->relay.sessions, span_str(call));
}

/* The code of the answer: 0 for success, -1 where there was none. */
static int check_comes(struct rig *g, const char *call, const struct shown *s, const struct check *c)
{
	char username[128], request[STUN_CHECK_MAX];
	const unsigned before = g->replies;
	struct span in;

	snprintf(username, sizeof(username), "%s:%s", s->ufrag, c->peer ? c->peer : "thei");
	in = check_make(&(struct check_make){ username, s->pwd, NULL, c->priority, c->nominates, c->follows, { 0 } },
			request);
	g->mail = (struct datapath_mail){
		.own = { RIG_OUT, (uint16_t)(s->port + c->rtcp) },
		.session = session_of(g, call)->id,
		.source = rig_addr(c->from ? c->from : "198.51.100.7:4000"),
		.stun = true,
		.n = (uint16_t)in.n,
	};
	memcpy(g->mail.bytes, in.p, in.n);
	g->has_mail = true;
	relay_notices(&g->relay, g->now);
	if (g->replies == before)
		return -1;
	assert_int_equal(g->replied.own.port, g->mail.own.port);
	assert_true(addr_eq(&g->replied.to, &g->mail.source));
	return g->replied.bytes[0] == 1 && g->replied.bytes[1] == 1 ? 0
								    : g->replied.bytes[26] * 100 + g->replied.bytes[27];
}

static void assert_leads_to(struct rig *g, int port, const char *where)
{
	const struct port_spec *spec = rig_spec(g, RIG_OUT, port);
	char text[ADDR_TEXT_MAX];

	if (strcmp(addr_text(&spec->expected, text), where) != 0)
		fail_msg("%s, not %s", text, where);
}

/* --- descriptions --- */

static void ours_is_shown_where_it_is_wanted(void **state)
{
	static const struct {
		const char *name, *media, *offer_flags, *answer_flags;
		bool to_b, to_a;
	} cases[] = {
		{ "no ICE", PHONE(""), "", "", false, false },
		{ "as it comes", BROWSER(""), "", "", true, true },
		{ "default", BROWSER(""), "ICE=default", "ICE=default", true, true },
		{ "not onward", BROWSER(""), "ICE=remove", "", false, true },
		{ "Kamailio, from WebRTC", BROWSER(""), "ICE=remove", "ICE=force", false, true },
		{ "Kamailio, to WebRTC", PHONE(""), "ICE=force", "ICE=remove", true, false },
		{ "nobody can answer what was not offered", PHONE(""), "", "ICE=force", false, false },
		{ "none at all", BROWSER(""), "ICE=remove", "ICE=remove", false, false },
		{ "no address was found yet", PHONE(CREDENTIALS("thei")), "", "", true, true },
		{ "malformed", PHONE("a=ice-ufrag:t\r\na=ice-pwd:x\r\n"), "", "", false, false },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char call[16];

		snprintf(call, sizeof(call), "c%u", i);
		rig_offer_with(g, call, rig_sdp(g, "198.51.100.7", cases[i].media), cases[i].offer_flags);
		assert_ok(g);
		if (rig_has(g->answer.sdp, OURS) != cases[i].to_b ||
		    rig_has(g->answer.sdp, "a=ice-lite") != cases[i].to_b ||
		    rig_has(g->answer.sdp, "a=candidate") != cases[i].to_b)
			fail_msg("%s: B\n%.*s", cases[i].name, SPAN_ARG(g->answer.sdp));
		if (rig_has(g->answer.sdp, "thei") || rig_has(g->answer.sdp, THEIR_PWD) ||
		    rig_has(g->answer.sdp, "198.51.100.7"))
			fail_msg("%s: A's own shows\n%.*s", cases[i].name, SPAN_ARG(g->answer.sdp));
		rig_answer_with(g, call, rig_sdp(g, "10.0.0.50", PLAIN), cases[i].answer_flags);
		assert_ok(g);
		if (rig_has(g->answer.sdp, OURS) != cases[i].to_a)
			fail_msg("%s: A\n%.*s", cases[i].name, SPAN_ARG(g->answer.sdp));
		if (rig_spec(g, RIG_OUT, rig_port_of(g, 0))->wants_stun != cases[i].to_a)
			fail_msg("%s: checks", cases[i].name);
	}
}

/* I1: our advertised address, and RTCP's port only where it is open. */
static void candidates_are_our_ports(void **state)
{
	struct rig *g = *state;
	char first[128], second[128];
	int port;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", BROWSER(MUX)));
	port = rig_port_of(g, 0);
	snprintf(first, sizeof(first), "a=candidate:1 1 UDP 2130706431 10.0.0.1 %d typ host\r\n", port);
	snprintf(second, sizeof(second), "a=candidate:1 2 UDP 2130706430 10.0.0.1 %d typ host\r\n", port + 1);
	assert_true(rig_has(g->answer.sdp, first) && rig_has(g->answer.sdp, second));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	snprintf(first, sizeof(first), "a=candidate:1 1 UDP 2130706431 203.0.113.1 %d typ host\r\n", rig_port_of(g, 0));
	assert_true(rig_has(g->answer.sdp, first));
	assert_false(rig_has(g->answer.sdp, "a=candidate:1 2 "));
}

/* A browser that has found no address yet. */
static void no_address_is_not_hold(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c",
		  rig_sdp(g, "0.0.0.0", "m=audio 9 RTP/AVP 0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" CREDENTIALS("thei")));
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 10.0.0.1\r\n"));
	assert_false(rig_has(g->answer.sdp, "0.0.0.0"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	assert_ok(g);
	assert_false(session_of(g, "c")->held);
	rig_offer(g, "d", rig_sdp(g, "0.0.0.0", PHONE("")));
	rig_answer(g, "d", rig_sdp(g, "10.0.0.50", PLAIN));
	assert_true(session_of(g, "d")->held);
}

/* I6. */
static void a_changed_address_means_latching(void **state)
{
	struct rig *g = *state;
	int port;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.99", BROWSER("")));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	assert_true(rig_has(g->answer.sdp, "a=ice-mismatch\r\n"));
	assert_false(rig_has(g->answer.sdp, OURS));
	assert_false(rig_has(g->answer.sdp, "a=ice-lite"));
	port = rig_port_of(g, 0);
	assert_int_not_equal(rig_spec(g, RIG_OUT, port)->policy, LATCH_EXACT);
	assert_false(rig_spec(g, RIG_OUT, port)->wants_stun);
}

/* I3: nobody checks, so the default addresses hold. */
static void two_that_are_lite_use_what_the_descriptions_say(void **state)
{
	struct rig *g = *state;
	struct shown s;
	const enum latch_policy usual = LATCH_SDP_IP;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", BROWSER("a=ice-lite\r\n")));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	s = shown_of(g);
	assert_true(s.ufrag[0] != '\0');
	assert_int_equal(rig_spec(g, RIG_OUT, s.port)->policy, usual);
	assert_leads_to(g, s.port, "198.51.100.7:4000");
	assert_int_equal(check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.7:9", .nominates = true }), 0);
	assert_leads_to(g, s.port, "198.51.100.7:4000");
}

/* --- checks --- */

static void only_who_knows_our_password_is_followed(void **state)
{
	static const struct {
		const char *name;
		bool wrong_pwd, wrong_name;
		struct check check;
		int code;
		bool followed;
	} cases[] = {
		{ "good", false, false, { .from = "198.51.100.8:5000" }, 0, true },
		{ "a wrong password", true, false, { .from = "198.51.100.8:5000" }, 401, false },
		{ "for somebody else", false, true, { .from = "198.51.100.8:5000" }, 401, false },
		{ "it wants to be led", false, false, { .from = "198.51.100.8:5000", .follows = true }, 487, false },
		{ "of another peer", false, false, { .from = "198.51.100.8:5000", .peer = "else" }, 0, false },
		{ "from nowhere", false, false, { .from = "127.0.0.1:5000" }, 0, false },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char call[16];
		struct shown s, asked;
		int code;

		snprintf(call, sizeof(call), "c%u", i);
		asked = s = browser_calls(g, call);
		if (cases[i].wrong_pwd)
			asked.pwd[0] ^= 1;
		if (cases[i].wrong_name)
			asked.ufrag[0] ^= 1;
		code = check_comes(g, call, &asked, &cases[i].check);
		if (code != cases[i].code)
			fail_msg("%s: %d", cases[i].name, code);
		if ((rig_spec(g, RIG_OUT, s.port)->policy == LATCH_EXACT) != cases[i].followed)
			fail_msg("%s: followed", cases[i].name);
		if (ice_lets(&session_of(g, call)->near->stream[0], &g->mail.source) != cases[i].followed)
			fail_msg("%s: may shake hands", cases[i].name);
		assert_leads_to(g, s.port, cases[i].followed ? "198.51.100.8:5000" : "198.51.100.7:4000");
	}
}

/* A port of ours that another call has checks nobody. */
static void we_do_not_check_ourselves(void **state)
{
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c"), other = browser_calls(g, "d");
	char from[64];

	snprintf(from, sizeof(from), "203.0.113.1:%d", other.port);
	assert_int_equal(check_comes(g, "c", &s, &(struct check){ .from = from, .nominates = true }), 0);
	assert_leads_to(g, s.port, "198.51.100.7:4000");
}

/* I2, I4: each step after so many ms, and where media goes then. */
static void media_follows_the_nominated_pair(void **state)
{
	static const struct {
		const char *name;
		struct {
			unsigned after;
			struct check check;
			const char *leads;
		} steps[4];
	} cases[] = {
		{ "the best of those that were checked, until one is nominated",
		  { { 0, { .from = "198.51.100.1:1", .priority = 10 }, "198.51.100.1:1" },
		    { 50, { .from = "198.51.100.2:2", .priority = 9 }, "198.51.100.1:1" },
		    { 50, { .from = "198.51.100.3:3", .priority = 11 }, "198.51.100.3:3" },
		    { 50, { .from = "198.51.100.2:2", .priority = 9, .nominates = true }, "198.51.100.2:2" } } },
		{ "what is not nominated changes nothing then",
		  { { 0, { .from = "198.51.100.1:1", .priority = 9, .nominates = true }, "198.51.100.1:1" },
		    { 50, { .from = "198.51.100.2:2", .priority = 10 }, "198.51.100.1:1" },
		    { 5000, { .from = "198.51.100.2:2", .priority = 10 }, "198.51.100.1:1" } } },
		{ "who nominates all means the best",
		  { { 0, { .from = "198.51.100.1:1", .priority = 9, .nominates = true }, "198.51.100.1:1" },
		    { 50, { .from = "198.51.100.2:2", .priority = 11, .nominates = true }, "198.51.100.2:2" },
		    { 50, { .from = "198.51.100.3:3", .priority = 10, .nominates = true }, "198.51.100.2:2" } } },
		{ "who has moved means the last",
		  { { 0, { .from = "198.51.100.1:1", .priority = 11, .nominates = true }, "198.51.100.1:1" },
		    { 60000, { .from = "198.51.100.2:2", .priority = 9, .nominates = true }, "198.51.100.2:2" } } },
		{ "a pair that is nominated again and again is not left",
		  { { 0, { .from = "198.51.100.1:1", .priority = 11, .nominates = true }, "198.51.100.1:1" },
		    { 2500, { .from = "198.51.100.1:1", .priority = 11, .nominates = true }, "198.51.100.1:1" },
		    { 500, { .from = "198.51.100.2:2", .priority = 9, .nominates = true }, "198.51.100.1:1" } } },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char call[16];
		struct shown s;

		snprintf(call, sizeof(call), "c%u", i);
		s = browser_calls(g, call);
		for (unsigned k = 0; k < 4 && cases[i].steps[k].leads; k++) {
			char at[ADDR_TEXT_MAX];

			g->now += cases[i].steps[k].after;
			assert_int_equal(check_comes(g, call, &s, &cases[i].steps[k].check), 0);
			addr_text(&rig_spec(g, RIG_OUT, s.port)->expected, at);
			if (strcmp(at, cases[i].steps[k].leads) != 0)
				fail_msg("%s: step %u leads to %s", cases[i].name, k, at);
		}
	}
}

/* The packet path hears of a change, once, and learns anew (R4). */
static void a_change_is_told_once(void **state)
{
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c");
	const struct check check = { .from = "198.51.100.8:5000", .nominates = true };
	const struct rig_port *p = rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)s.port });
	unsigned sets;

	check_comes(g, "c", &s, &check);
	assert_int_equal(p->relearns, 1);
	assert_int_equal(p->spec.policy, LATCH_EXACT);
	sets = g->sets;
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(check_comes(g, "c", &s, &check), 0);
	assert_int_equal(g->sets, sets);
}

static void rtcp_has_a_pair_of_its_own(void **state)
{
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c");

	assert_true(rig_spec(g, RIG_OUT, s.port + 1)->wants_stun);
	check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.8:5001", .nominates = true, .rtcp = true });
	assert_leads_to(g, s.port + 1, "198.51.100.8:5001");
	assert_leads_to(g, s.port, "198.51.100.7:4000");
}

static bool query_says(struct rig *g, const char *call, const char *state)
{
	char text[64];

	snprintf(text, sizeof(text), "3:ICE%zu:%s", strlen(state), state);
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = call });
	assert_ok(g);
	return rig_has(g->reply, text);
}

/* And never by which password. */
static void query_says_how_far_it_is(void **state)
{
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c");

	assert_true(query_says(g, "c", "waiting"));
	check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.8:5000" });
	assert_true(query_says(g, "c", "checked"));
	check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.8:5000", .nominates = true });
	assert_true(query_says(g, "c", "nominated"));
	assert_false(rig_has(g->reply, s.ufrag) || rig_has(g->reply, s.pwd) || rig_has(g->reply, THEIR_PWD));
	rig_offer(g, "l", rig_sdp(g, "198.51.100.7", BROWSER("a=ice-lite\r\n")));
	rig_answer(g, "l", rig_sdp(g, "10.0.0.50", PLAIN));
	assert_true(query_says(g, "l", "lite"));
	rig_offer(g, "m", rig_sdp(g, "198.51.100.99", BROWSER("")));
	rig_answer(g, "m", rig_sdp(g, "10.0.0.50", PLAIN));
	assert_true(query_says(g, "m", "mismatch"));
}

/* --- beginning anew --- */

static void re_offer(struct rig *g, const char *media)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .sdp = rig_sdp(g, "198.51.100.7", media),
				     .received = "198.51.100.7" });
	assert_ok(g);
}

static void a_re_offer_of_the_same_keeps_all(void **state)
{
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c"), again;

	check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.8:5000", .nominates = true });
	re_offer(g, BROWSER("a=sendonly\r\n"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	again = shown_of(g);
	assert_string_equal(again.ufrag, s.ufrag);
	assert_string_equal(again.pwd, s.pwd);
	assert_leads_to(g, s.port, "198.51.100.8:5000");
}

#define ANEW PHONE(CREDENTIALS("anew") CANDIDATE)

/* RFC 8445 9: others of its own are answered with others of ours, and nothing of before counts. */
static void a_restart_begins_anew(void **state)
{
	const struct check before = { .from = "198.51.100.8:5000", .nominates = true };
	const struct check after = { .from = "198.51.100.9:6000", .peer = "anew", .nominates = true };
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c"), anew;

	check_comes(g, "c", &s, &before);
	re_offer(g, ANEW);
	/* Nothing has been answered: consent goes on as it was. */
	assert_int_equal(check_comes(g, "c", &s, &before), 0);
	assert_leads_to(g, s.port, "198.51.100.8:5000");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	anew = shown_of(g);
	assert_int_equal(anew.port, s.port);
	assert_string_not_equal(anew.ufrag, s.ufrag);
	assert_string_not_equal(anew.pwd, s.pwd);
	/* It may not have our answer yet. */
	assert_int_equal(check_comes(g, "c", &s, &before), 0);
	assert_leads_to(g, s.port, "198.51.100.7:4000");
	assert_int_equal(check_comes(g, "c", &anew, &after), 0);
	assert_leads_to(g, s.port, "198.51.100.9:6000");
	assert_int_equal(check_comes(g, "c", &s, &before), 401);
}

static void a_refused_restart_changes_nothing(void **state)
{
	const struct check check = { .from = "198.51.100.8:5000", .nominates = true };
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c"), again;

	check_comes(g, "c", &s, &check);
	re_offer(g, ANEW);
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A", .to = "B" });
	assert_ok(g);
	assert_leads_to(g, s.port, "198.51.100.8:5000");
	re_offer(g, BROWSER(""));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", PLAIN));
	again = shown_of(g);
	assert_string_equal(again.ufrag, s.ufrag);
	assert_int_equal(check_comes(g, "c", &s, &check), 0);
}

/* Whose answer is still on its way: what it nominates meanwhile is not forgotten. */
static void an_early_check_counts_when_its_description_comes(void **state)
{
	struct rig *g = *state;
	struct shown s = browser_calls(g, "c");

	check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.8:5000", .nominates = true });
	/* B offers, and another device answers where A was. */
	g->flags = "ICE=force";
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = rig_sdp(g, "10.0.0.50", PLAIN),
				     .received = "10.0.0.50" });
	g->flags = NULL;
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, s.ufrag));
	check_comes(g, "c", &s, &(struct check){ .from = "198.51.100.9:6000", .peer = "anew", .nominates = true });
	assert_leads_to(g, s.port, "198.51.100.8:5000");
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = rig_sdp(g, "198.51.100.7", ANEW),
				     .received = "198.51.100.7" });
	assert_ok(g);
	assert_leads_to(g, s.port, "198.51.100.9:6000");
	assert_true(
		ice_lets(&session_of(g, "c")->near->stream[0], &(struct addr){ { 198, 51, 100, 9 }, 6000, ADDR_V4 }));
	assert_false(
		ice_lets(&session_of(g, "c")->near->stream[0], &(struct addr){ { 198, 51, 100, 8 }, 5000, ADDR_V4 }));
}

/* --- consent --- */

static void lost_consent_is_told(void **state)
{
	static const struct {
		const char *name;
		unsigned checks; /* one each 5 s, the first nominates */
		bool told;
	} cases[] = {
		{ "kept up, and then not", 5, true },
		{ "who never did has promised nothing", 1, false },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const unsigned events = g->events;
		struct shown s = browser_calls(g, "c");

		for (unsigned k = 0; k < cases[i].checks; k++) {
			check_comes(g, "c", &s, &(struct check){ .nominates = k == 0 });
			g->now += 5000;
			relay_tick(&g->relay, g->now);
			assert_int_equal(g->events, events);
		}
		for (unsigned k = 0; k < 35; k++) {
			g->now += 1000;
			relay_tick(&g->relay, g->now);
		}
		if ((g->events != events) != cases[i].told)
			fail_msg("%s", cases[i].name);
		if (cases[i].told) {
			assert_true(rig_has(span_of(g->event, g->event_len), "15:consent-timeout"));
			assert_true(rig_has(span_of(g->event, g->event_len), "8:from-tag1:A"));
		}
		rig_delete(g, "c");
	}
}

/* What the side knows us by is gone with the relay that told it: it is to be told anew. */
static void who_checks_us_is_told_anew(void **state)
{
	static const struct {
		const char *name, *host, *media, *flags, *anew;
	} cases[] = {
		{ "no ICE", "198.51.100.7", PHONE(""), "", NULL },
		{ "A checks us", "198.51.100.7", BROWSER(""), "", "4:anewl1:A1:Be" },
		{ "A checks us, B does not", "198.51.100.7", BROWSER(""), "ICE=remove", "4:anewl1:Ae" },
		{ "B may", "198.51.100.7", PHONE(""), "ICE=force", "4:anewl1:Be" },
		{ "it could not be used", "198.51.100.99", BROWSER(""), "ICE=remove", NULL },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		g->flags = cases[i].flags;
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = "A",
					     .to = "B",
					     .sdp = rig_sdp(g, cases[i].host, cases[i].media),
					     .direction = { "out", "lan" },
					     .resume = { "1 1 20000", "1 1 20002" } });
		g->flags = NULL;
		assert_ok(g);
		if (rig_has(g->reply, "4:anew") != (cases[i].anew != NULL) ||
		    (cases[i].anew && !rig_has(g->reply, cases[i].anew)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(g->reply));
		rig_delete(g, "c");
		g->now += 60000;
	}
}

#define CHECKED(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKED(ours_is_shown_where_it_is_wanted),
		CHECKED(candidates_are_our_ports),
		CHECKED(no_address_is_not_hold),
		CHECKED(a_changed_address_means_latching),
		CHECKED(two_that_are_lite_use_what_the_descriptions_say),
		CHECKED(only_who_knows_our_password_is_followed),
		CHECKED(we_do_not_check_ourselves),
		CHECKED(media_follows_the_nominated_pair),
		CHECKED(a_change_is_told_once),
		CHECKED(rtcp_has_a_pair_of_its_own),
		CHECKED(query_says_how_far_it_is),
		CHECKED(a_re_offer_of_the_same_keeps_all),
		CHECKED(a_restart_begins_anew),
		CHECKED(a_refused_restart_changes_nothing),
		CHECKED(an_early_check_counts_when_its_description_comes),
		CHECKED(lost_consent_is_told),
		CHECKED(who_checks_us_is_told_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
