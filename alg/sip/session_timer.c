/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/session_timer.h"

#include "alg/sip/option_tags.h"

enum { LAPSE_MARGIN_MAX = 32 }; /* seconds before the end (RFC 4028 10) */

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t policy_min(const struct session_timer_policy *p)
{
	return larger(p->min, SESSION_EXPIRES_LEAST);
}

int session_timer_read(const struct sip_msg *m, struct session_timer_terms *out)
{
	struct session_timer_terms t = { 0 };
	uint32_t tags = option_tags_read(m, SIP_HDR_SUPPORTED) | option_tags_read(m, SIP_HDR_REQUIRE);

	t.supported = tags & OPTION_BIT(OPTION_TIMER);
	if (sip_msg_has(m, SIP_HDR_SESSION_EXPIRES)) {
		if (session_expires_parse(sip_msg_value(m, SIP_HDR_SESSION_EXPIRES), &t.expires))
			return -1;
		/* An interval of nothing is one too small, not none. */
		t.expires.delta = larger(t.expires.delta, 1);
	}
	if (sip_msg_has(m, SIP_HDR_MIN_SE) && min_se_parse(sip_msg_value(m, SIP_HDR_MIN_SE), &t.min_se))
		return -1;
	*out = t;
	return 0;
}

void session_timer_write(struct writer *w, const struct session_timer_terms *t)
{
	if (t->expires.delta) {
		writer_put(w, SPAN("Session-Expires: "));
		session_expires_write(w, &t->expires);
		writer_put(w, SPAN("\r\n"));
	}
	if (t->min_se) {
		writer_put(w, SPAN("Min-SE: "));
		writer_u64(w, t->min_se);
		writer_put(w, SPAN("\r\n"));
	}
}

/* Of a transaction in which we are the UAC: who refreshes next. */
static enum refresher refresher_asked(const struct session_timer *t, const struct session_timer_policy *p)
{
	static const uint8_t wanted[] = {
		[SESSION_TIMER_EITHER] = REFRESHER_NONE,
		[SESSION_TIMER_OURS] = REFRESHER_UAC,
		[SESSION_TIMER_PEERS] = REFRESHER_UAS,
	};

	if (t->interval)
		return t->ours ? REFRESHER_UAC : REFRESHER_UAS;
	return wanted[p->refresher];
}

void session_timer_ask(const struct session_timer *t, const struct session_timer_policy *p,
		       struct session_timer_terms *out)
{
	uint32_t interval = t->interval ? t->interval : p->interval, least = larger(t->min_se, policy_min(p));

	*out = (struct session_timer_terms){ .supported = true };
	/* 90 is what a request without Min-SE says. */
	if (least > SESSION_EXPIRES_LEAST)
		out->min_se = least;
	if (interval == 0)
		return;
	out->expires.delta = larger(interval, least);
	out->expires.refresher = refresher_asked(t, p);
}

bool session_timer_retry(struct session_timer *t, const struct session_timer_terms *asked,
			 const struct session_timer_terms *refusal)
{
	if (asked->expires.delta == 0 || refusal->min_se <= asked->expires.delta)
		return false;
	t->min_se = larger(t->min_se, refusal->min_se);
	return true;
}

void session_timer_accepted(struct session_timer *t, const struct session_timer_terms *asked,
			    const struct session_timer_terms *answer)
{
	uint32_t interval = answer->expires.delta;

	t->ours = true;
	if (interval == 0) {
		t->interval = asked->expires.delta;
		return;
	}
	/* A shorter one than may be agreed would make us send in haste. */
	t->interval = larger(interval, SESSION_EXPIRES_LEAST);
	t->ours = answer->expires.refresher != REFRESHER_UAS;
}

uint16_t session_timer_check(const struct session_timer_policy *p, const struct session_timer_terms *asked,
			     struct session_timer_terms *refusal)
{
	/* 9: a UAC that does not know the extension would not understand the refusal. */
	if (!asked->supported || asked->expires.delta == 0 || asked->expires.delta >= policy_min(p))
		return 0;
	*refusal = (struct session_timer_terms){ .supported = true, .min_se = policy_min(p) };
	return 422;
}

/* The interval of our 2xx: as asked or less, but no less than anyone's minimum; 0: none. */
static uint32_t interval_answered(const struct session_timer_policy *p, const struct session_timer_terms *asked)
{
	uint32_t least = larger(asked->min_se, SESSION_EXPIRES_LEAST);
	uint32_t ours = larger(p->interval, larger(least, policy_min(p)));

	if (asked->expires.delta == 0)
		return p->interval ? ours : 0;
	if (p->interval && asked->expires.delta > ours)
		return ours;
	return larger(asked->expires.delta, SESSION_EXPIRES_LEAST);
}

/* RFC 4028 table 2: only a peer that knows the extension may be made to refresh; what it asked for stands. */
static bool ours_answered(const struct session_timer *t, const struct session_timer_policy *p,
			  const struct session_timer_terms *asked)
{
	if (!asked->supported)
		return true;
	if (asked->expires.refresher != REFRESHER_NONE)
		return asked->expires.refresher == REFRESHER_UAS;
	if (t->interval)
		return t->ours;
	return p->refresher != SESSION_TIMER_PEERS;
}

void session_timer_answer(struct session_timer *t, const struct session_timer_policy *p,
			  const struct session_timer_terms *asked, struct session_timer_terms *out)
{
	uint32_t interval = interval_answered(p, asked);

	t->ours = ours_answered(t, p, asked);
	t->interval = interval;
	t->min_se = larger(t->min_se, asked->min_se);
	*out = (struct session_timer_terms){ .supported = true };
	/* To a peer that does not know it the header says nothing; one that a proxy put there is answered. */
	if (!asked->supported && asked->expires.delta == 0)
		return;
	out->expires.delta = interval;
	out->expires.refresher = t->ours ? REFRESHER_UAS : REFRESHER_UAC;
}

bool session_timer_requires(const struct session_timer_terms *asked, const struct session_timer_terms *answer)
{
	return asked->supported && answer->expires.delta;
}

uint32_t session_timer_refresh_after(const struct session_timer *t)
{
	return t->ours ? t->interval / 2 : 0;
}

uint32_t session_timer_lapse_after(const struct session_timer *t)
{
	uint32_t margin = t->interval / 3;

	return t->interval - (margin < LAPSE_MARGIN_MAX ? margin : LAPSE_MARGIN_MAX);
}
