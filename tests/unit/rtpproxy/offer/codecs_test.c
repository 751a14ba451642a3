/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/offer/codecs.h"

/* A realm's list; up to three names. */
struct list {
	const char *names[3];
};

static void list_to(struct conf_codecs *to, const struct list *from)
{
	while (to->n < 3 && from->names[to->n]) {
		to->names[to->n] = from->names[to->n];
		to->n++;
	}
}

#define OFFERED "m=audio 4 RTP/AVP 96 9 0 8 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n"

/* What OUT says crosses to LAN, after what the client asked for. */
static void crossing(const char *name, enum ng_command command, const struct list *out, const struct list *lan,
		     const struct ng_codec *wishes, unsigned nwish, const char *left)
{
	static struct sdp sdp;
	struct config conf = { .nrealm = RIG_REALMS };
	struct relay relay = { .conf = &conf };
	struct ng_request q = { .command = command, .ncodec = (uint8_t)nwish };
	const struct job j = { .relay = &relay, .request = &q };
	const struct leg from = { .realm = RIG_OUT }, to = { .realm = RIG_LAN };
	struct sdp_codec list[CODEC_MAX];
	struct payload_plan plan;
	char text[512], got[128] = "";
	size_t at = 0;
	unsigned n;

	list_to(&conf.realms[RIG_OUT].codecs, out);
	list_to(&conf.realms[RIG_LAN].codecs, lan);
	for (unsigned i = 0; i < nwish; i++)
		q.codec[i] = wishes[i];
	snprintf(text, sizeof(text), "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n%s", OFFERED);
	assert_int_equal(sdp_index(span_str(text), &sdp), SDP_OK);
	n = sdp_codec_list(&sdp, 0, list);
	payload_plan_begin(&plan, list, n);
	codecs_apply(&j, &from, &to, true, list, n, &plan);
	for (unsigned i = 0; i < plan.n; i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%u", at ? " " : "", plan.format[i].from);
	if (strcmp(got, left) != 0)
		fail_msg("%s: %s", name, got);
}

static void lists_of_realms(void **state)
{
	static const struct {
		const char *name;
		enum ng_command command;
		struct list out, lan;
		const char *left;
	} cases[] = {
		{ "no lists", NG_OFFER, { { NULL } }, { { NULL } }, "96 9 0 8 101" },
		{ "the sender's realm lets two through, in their order",
		  NG_OFFER,
		  { { "PCMA", "PCMU" } },
		  { { NULL } },
		  "0 8" },
		{ "the receiver's realm puts them in order", NG_OFFER, { { NULL } }, { { "PCMA", "PCMU" } }, "8 0" },
		{ "but not in an answer: its order is a wish", NG_ANSWER, { { NULL } }, { { "PCMA", "PCMU" } }, "0 8" },
		{ "both realms have a say",
		  NG_OFFER,
		  { { "PCMA", "G722", "telephone-event" } },
		  { { "opus", "telephone-event", "PCMA" } },
		  "101 8" },
		{ "nothing in common", NG_OFFER, { { "PCMA" } }, { { "PCMU" } }, "" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		crossing(cases[i].name, cases[i].command, &cases[i].out, &cases[i].lan, NULL, 0, cases[i].left);
}

#define WISH(wish, name)                                                                                               \
	{                                                                                                              \
		NG_CODEC_##wish, SPAN(name)                                                                            \
	}

static void wishes_of_the_client(void **state)
{
	static const struct {
		const char *name;
		enum ng_command command;
		struct ng_codec wishes[3];
		unsigned n;
		const char *left;
	} cases[] = {
		{ "strip", NG_OFFER, { WISH(STRIP, "G722") }, 1, "96 0 8 101" },
		{ "mask is the same: nothing is transcoded", NG_OFFER, { WISH(MASK, "G722") }, 1, "96 0 8 101" },
		{ "all but one", NG_OFFER, { WISH(STRIP, "all"), WISH(EXCEPT, "PCMA") }, 2, "8" },
		{ "ignore spares", NG_OFFER, { WISH(STRIP, "all"), WISH(IGNORE, "PCMU") }, 2, "0" },
		{ "offer puts first", NG_OFFER, { WISH(OFFER, "PCMA"), WISH(OFFER, "PCMU") }, 2, "8 0 96 9 101" },
		{ "transcode, where it is there already", NG_OFFER, { WISH(TRANSCODE, "PCMU") }, 1, "0 96 9 8 101" },
		{ "transcode, where it is not", NG_OFFER, { WISH(TRANSCODE, "G729") }, 1, "96 9 0 8 101" },
		{ "an answer keeps its order",
		  NG_ANSWER,
		  { WISH(STRIP, "all"), WISH(OFFER, "PCMA"), WISH(OFFER, "PCMU") },
		  3,
		  "0 8" },
		{ "accept is for the sender", NG_OFFER, { WISH(STRIP, "all"), WISH(ACCEPT, "PCMU") }, 2, "" },
		{ "what an encoder would need does not count",
		  NG_OFFER,
		  { WISH(STRIP, "opus/48000/2/64000"), WISH(STRIP, "PCMU/8000/1/64000/mode=1") },
		  2,
		  "9 8 101" },
		{ "another clock is another codec", NG_OFFER, { WISH(STRIP, "opus/16000") }, 1, "96 9 0 8 101" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		crossing(cases[i].name, cases[i].command, &(struct list){ 0 }, &(struct list){ 0 }, cases[i].wishes,
			 cases[i].n, cases[i].left);
}

/* A client can ask for less than realms let through, not for more. */
static void realms_before_clients(void **state)
{
	static const struct ng_codec spare[] = { WISH(EXCEPT, "G722"), WISH(TRANSCODE, "opus") };

	(void)state;
	crossing("spared", NG_OFFER, &(struct list){ { "PCMA", "PCMU" } }, &(struct list){ 0 }, spare, 2, "0 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_realms),
		cmocka_unit_test(wishes_of_the_client),
		cmocka_unit_test(realms_before_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
