/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as each header value: what is read lies inside them, and written and read again it is the same. */
#include <stdlib.h>

#include "alg/nat/diverted.h"
#include "alg/sip/allow.h"
#include "alg/sip/diversion.h"
#include "alg/sip/escape.h"
#include "alg/sip/event.h"
#include "alg/sip/history_info.h"
#include "alg/sip/loop.h"
#include "alg/sip/max_breadth.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/rack.h"
#include "alg/sip/reason.h"
#include "alg/sip/refer_to.h"
#include "alg/sip/replaces.h"
#include "alg/sip/session_timer.h"
#include "alg/sip/sipfrag.h"
#include "alg/sip/subscription_state.h"
#include "alg/sip/uri_headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096, ROOM = 16 * TEXT_MAX };

static char room[ROOM];

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void inside(struct span part, struct span all)
{
	must(!span_is_set(part) || span_within(part, all));
}

static void numbers(struct span text)
{
	struct writer w = writer_over(room, sizeof(room));
	struct rack rack, again;
	uint32_t v;

	if (rseq_parse(text, &v) == 0)
		must(v > 0);
	if (max_breadth_parse(text, &v) == 0)
		must(v <= MAX_BREADTH_DEFAULT);
	min_se_parse(text, &v);
	if (rack_parse(text, &rack))
		return;
	rack_write(&w, &rack);
	must(rack_parse(writer_done(&w), &again) == 0 && rack.rseq == again.rseq &&
	     rack.cseq.number == again.cseq.number);
}

static void expires(struct span text)
{
	struct writer w = writer_over(room, sizeof(room));
	struct session_expires v, again;

	if (session_expires_parse(text, &v))
		return;
	session_expires_write(&w, &v);
	must(session_expires_parse(writer_done(&w), &again) == 0 && v.delta == again.delta &&
	     v.refresher == again.refresher);
}

static void dialog(struct span text, int (*parse)(struct span, struct replaces *),
		   void (*write)(struct writer *, const struct replaces *))
{
	struct writer w = writer_over(room, sizeof(room));
	struct replaces r, again;

	if (parse(text, &r))
		return;
	inside(r.call_id, text);
	inside(r.to_tag, text);
	inside(r.from_tag, text);
	write(&w, &r);
	must(parse(writer_done(&w), &again) == 0 && span_eq(r.call_id, again.call_id) &&
	     span_eq(r.to_tag, again.to_tag) && span_eq(r.from_tag, again.from_tag) &&
	     r.early_only == again.early_only);
}

static void escapes(struct span text)
{
	struct writer w = writer_over(room, sizeof(room) / 2);
	struct writer r = writer_over(room + sizeof(room) / 2, sizeof(room) / 2);

	escape_write(&w, text);
	escape_read(&r, writer_done(&w));
	must(r.failed || span_eq(writer_done(&r), text));
}

static void refer(struct span text)
{
	struct uri_header h;
	struct refer_to r;

	if (refer_to_parse(text, &r))
		return;
	inside(r.plain, text);
	while (uri_headers_next(&r.uri.headers, &h)) {
		inside(h.name, text);
		inside(h.value, text);
	}
}

static void events(struct span text)
{
	struct writer w = writer_over(room, sizeof(room));
	struct subscription_state state, state_again;
	struct event event, again;

	if (event_parse(text, &event) == 0) {
		event_write(&w, &event);
		must(event_parse(writer_done(&w), &again) == 0 && event_eq(&event, &again));
	}
	if (subscription_state_parse(text, &state))
		return;
	w = writer_over(room, sizeof(room));
	subscription_state_write(&w, &state);
	must(subscription_state_parse(writer_done(&w), &state_again) == 0 && state.phase == state_again.phase &&
	     state.expires == state_again.expires && state.retry_after == state_again.retry_after &&
	     span_eq(state.reason, state_again.reason));
}

static void reasons(struct span text)
{
	struct writer w = writer_over(room, sizeof(room));
	struct history_info history;
	struct diversion diversion;
	struct reason r, again;
	uint16_t status;

	if (sipfrag_status(text, &status) == 0)
		must(status >= 100 && status <= 699);
	if (history_info_parse(text, &history) == 0) {
		inside(history.uri, text);
		inside(history.index, text);
		inside(history.from, text);
	}
	if (diversion_parse(text, &diversion) == 0)
		inside(diversion.uri, text);
	if (reason_parse(text, &r))
		return;
	reason_write(&w, &r);
	must(reason_parse(writer_done(&w), &again) == 0 && r.cause == again.cause &&
	     span_eq(r.protocol, again.protocol));
}

/* Who diverted the call is the same after it was written. */
static void diverted(const struct sip_msg *m)
{
	struct writer w = writer_over(room, sizeof(room));
	struct diverted_list l, again;
	struct sip_msg written;

	diverted_read(m, &l);
	writer_put(&w, SPAN("INVITE sip:d@h SIP/2.0\r\nHistory-Info: "));
	diverted_write_history(&w, &l, SPAN("sip:d@h"), SPAN("us"));
	writer_put(&w, SPAN("\r\n\r\n"));
	must(!w.failed && sip_msg_index(writer_done(&w), &written) == SIP_OK);
	diverted_read(&written, &again);
	must(l.n == again.n);
	for (unsigned i = 0; i < l.n; i++)
		must(l.by[i].cause == again.by[i].cause && l.by[i].counter == again.by[i].counter &&
		     l.by[i].hidden == again.by[i].hidden);
}

static void lines(struct span text)
{
	static char whole[TEXT_MAX + 64];
	struct writer in = writer_over(whole, sizeof(whole)), out = writer_over(room, sizeof(room));
	struct session_timer_terms terms, answer;
	struct session_timer_policy policy = { 1800, 90, SESSION_TIMER_OURS };
	struct session_timer timer = { 0 };
	struct sip_msg m;

	writer_put(&in, SPAN("INVITE sip:d@h SIP/2.0\r\n"));
	writer_put(&in, text);
	writer_put(&in, SPAN("\r\n\r\n"));
	if (sip_msg_index(writer_done(&in), &m) != SIP_OK)
		return;
	allow_write(&out, allow_read(&m));
	option_tags_write(&out, option_tags_read(&m, SIP_HDR_REQUIRE));
	loop_write(&out, &m);
	diverted(&m);
	if (session_timer_read(&m, &terms) || session_timer_check(&policy, &terms, &answer))
		return;
	session_timer_answer(&timer, &policy, &terms, &answer);
	must(timer.interval >= SESSION_EXPIRES_LEAST && session_timer_lapse_after(&timer) < timer.interval &&
	     session_timer_refresh_after(&timer) < session_timer_lapse_after(&timer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = size ? span_of(data, size) : SPAN("");

	if (size > TEXT_MAX)
		return 0;
	numbers(text);
	expires(text);
	dialog(text, replaces_parse, replaces_write);
	dialog(text, target_dialog_parse, target_dialog_write);
	escapes(text);
	refer(text);
	events(text);
	reasons(text);
	lines(text);
	return 0;
}
