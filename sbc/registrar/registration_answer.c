/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/registration.h"

#include "alg/sip/option_tags.h"

static void contact_write(struct writer *w, const struct binding *b, uint64_t now)
{
	const struct binding_facts *f = &b->facts;

	writer_str(w, "Contact: <");
	writer_put(w, f->contact);
	writer_str(w, ">;expires=");
	writer_u64(w, f->expires_at > now ? (f->expires_at - now) / 1000 : 0);
	if (f->q != BINDING_Q_MAX)
		writer_format(w, ";q=0.%03u", f->q);
	if (span_is_set(f->instance)) {
		writer_str(w, ";+sip.instance=");
		writer_put(w, f->instance);
	}
	if (f->reg_id) {
		writer_str(w, ";reg-id=");
		writer_u64(w, f->reg_id);
	}
	if (f->gruu.n)
		writer_put(w, f->gruu);
	writer_str(w, "\r\n");
}

static void line_write(struct writer *w, struct span name, struct span value)
{
	if (!value.n)
		return;
	writer_put(w, name);
	writer_put(w, value);
	writer_str(w, "\r\n");
}

/* After a byte that parts it from what is before. */
static void two_digits_write(struct writer *w, char after, int n)
{
	writer_byte(w, after);
	writer_byte(w, (char)('0' + n / 10 % 10));
	writer_byte(w, (char)('0' + n % 10));
}

/* RFC 3261 20.17. Not strftime: its names follow the locale. */
static void date_write(struct writer *w, time_t wall)
{
	static const char day[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm t;

	if (!wall || !gmtime_r(&wall, &t))
		return;
	writer_str(w, "Date: ");
	writer_str(w, day[t.tm_wday]);
	writer_byte(w, ',');
	two_digits_write(w, ' ', t.tm_mday);
	writer_byte(w, ' ');
	writer_str(w, month[t.tm_mon]);
	writer_byte(w, ' ');
	writer_u64(w, (uint64_t)t.tm_year + 1900);
	two_digits_write(w, ' ', t.tm_hour);
	two_digits_write(w, ':', t.tm_min);
	two_digits_write(w, ':', t.tm_sec);
	writer_str(w, " GMT\r\n");
}

/* A user's phones may be on both sides of us: each is told of those behind its own address only (CALLS.md G3, 4.16). */
static bool is_told_of(const struct registration *g, const struct binding *b)
{
	return b->facts.flow.realm == g->from.realm && addr_same_host(&b->facts.flow.peer, &g->from.peer);
}

static bool is_outbound(const struct registration *g)
{
	bool flows = false;

	for (unsigned i = 0; i < g->n; i++)
		flows |= g->wish[i].facts.reg_id && span_is_set(g->wish[i].facts.instance) && g->wish[i].expires_s;
	return flows && (option_tags_read(g->msg, SIP_HDR_SUPPORTED) & OPTION_BIT(OPTION_OUTBOUND));
}

void registration_answer_write(const struct registration *g, struct writer *w)
{
	struct span associated = { 0 };

	for (const struct binding *b = bindings_find(g->bindings, g->user); b; b = b->next) {
		if (!is_told_of(g, b))
			continue;
		contact_write(w, b, g->now);
		associated = b->facts.associated;
	}
	if (g->path_text.n) /* RFC 3327 5.3 */
		line_write(w, SPAN("Path: "), writer_done(&g->path_text));
	line_write(w, SPAN("P-Associated-URI: "), associated);
	/* RFC 5626 6: the flow is what the phone is reached by; a keepalive is due within that time. */
	if (is_outbound(g))
		writer_format(w, "Require: outbound\r\nFlow-Timer: %u\r\n", REGISTRATION_FLOW_TIMER_S);
	date_write(w, g->wall);
}
