/* SPDX-License-Identifier: BSD-3-Clause */
/* call_load.c: both sides of many calls through an SBC, from one thread: as many a second as asked for, ended in as
 * many ways as there are, and one line of JSON about what became of them. The two sides live in two network namespaces.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "alg/base/addr.h"

enum {
	BATCH = 64,
	DATAGRAM_MAX = 4096,
	KIND_N = 10,
	SCAN_US = 2000, /* between two looks at who is to be reminded or ended */
	T1_US = 500000,
	T2_US = 4000000,
	TEXT_MAX = 128,
	SOCKET_BUFFER = 8 << 20,
};

/* What becomes of a call: its digit is in the number that is called. */
static const struct kind {
	const char *name;
	unsigned status;   /* the called side's final answer; 0: none */
	bool rings;        /* it sends 180 first */
	bool is_silent;    /* it does not even say 100 */
	bool is_cancelled; /* the caller gives up after the hold time */
	bool loses_ack, loses_bye;
} kinds[KIND_N] = {
	{ .name = "answered", .status = 200, .rings = true },
	{ .name = "busy", .status = 486 },
	{ .name = "unknown", .status = 404 },
	{ .name = "unavailable", .status = 503 },
	{ .name = "declined", .status = 603, .rings = true },
	{ .name = "cancelled", .rings = true, .is_cancelled = true },
	{ .name = "cancelled-early", .is_cancelled = true },
	{ .name = "no-answer", .is_silent = true },
	{ .name = "lost-ack", .status = 200, .rings = true, .loses_ack = true },
	{ .name = "lost-bye", .status = 200, .rings = true, .loses_bye = true },
};

enum step { STEP_INVITED, STEP_UP, STEP_CANCELLED, STEP_BYE, STEP_OVER };
enum fate { FATE_GOOD, FATE_REFUSED, FATE_LEAK, FATE_STATUS, FATE_TIMEOUT, FATE_ENDED, FATE_N };
static const char *const fate_names[FATE_N] = { "good", "refused", "leak", "status", "timeout", "ended" };

struct call {
	uint64_t begun_us, due_us, wait_us; /* due: the next reminder; wait: how long after it the one that follows */
	uint64_t act_us;                    /* when the caller hangs up or gives up; 0: not yet known */
	uint32_t ringing_us;                /* 0: not heard yet */
	uint8_t step, kind;
	bool heard, leak;                     /* heard: any answer; leak: what came told too much */
	bool called_seen;                     /* the INVITE came to the called side */
	char to[TEXT_MAX], contact[TEXT_MAX]; /* of the 200 */
};

struct options {
	struct addr caller, called, sbc_outer, sbc_inner;
	const char *called_netns, *caller_host, *mix;
	unsigned rate, calls, hold_ms, patience_ms;
};

struct load {
	struct options o;
	int fd[2]; /* caller's side, called side */
	struct sockaddr_storage sbc[2];
	socklen_t sbc_len;
	struct call *calls;
	uint32_t begun, first; /* calls before `first` are over */
	uint64_t fate[FATE_N], again, reached_us;
	uint32_t run;
	char me[2][ADDR_TEXT_MAX], sbc_text[2][ADDR_TEXT_MAX], my_host[2][ADDR_TEXT_MAX], sbc_host[2][ADDR_TEXT_MAX];
	char in[BATCH][DATAGRAM_MAX];
};

static volatile sig_atomic_t stopping;

static void stop(int number)
{
	(void)number;
	stopping = 1;
}

static uint64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

static void send_text(const struct load *l, unsigned side, const char *text, int n)
{
	if (n > 0 && n < DATAGRAM_MAX)
		(void)!sendto(l->fd[side], text, (size_t)n, MSG_DONTWAIT, (const struct sockaddr *)&l->sbc[side],
			      l->sbc_len);
}

/* The value of the header line that begins with name (and its colon), without the end of the line. */
static struct span header(struct span message, struct span name)
{
	struct span rest = message;

	for (;;) {
		const uint32_t end = span_find(rest, '\n');

		if (end == rest.n)
			return (struct span){ 0 };
		if (span_istarts(rest, name))
			return span_trim(span_slice(rest, name.n, end));
		rest = span_from(rest, end + 1);
		if (span_starts(rest, SPAN("\r\n")))
			return (struct span){ 0 };
	}
}

static bool holds(struct span message, const char *text)
{
	return span_search(message, span_str(text)) < message.n;
}

static void keep(char to[TEXT_MAX], struct span value)
{
	const uint32_t n = value.n < TEXT_MAX ? value.n : TEXT_MAX - 1;

	memcpy(to, value.p, n);
	to[n] = '\0';
}

static int description(char out[512], const char *user, const char *host)
{
	return snprintf(out, 512,
			"v=0\r\no=%s 53655765 2353687637 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
			"m=audio 6000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
			"a=rtpmap:101 telephone-event/8000\r\n",
			user, host, host);
}

static void caller_invite(const struct load *l, uint32_t i)
{
	char text[DATAGRAM_MAX], body[512];
	const int body_len = description(body, "carrier", l->my_host[0]);

	send_text(l, 0, text,
		  snprintf(text, sizeof(text),
			   "INVITE sip:+1555%u%08u@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKi%xx%u\r\n"
			   "Max-Forwards: 70\r\nFrom: \"Caller\" <sip:+15557654321@%s>;tag=carrier%xx%u\r\n"
			   "To: <sip:+1555%u%08u@%s>\r\nCall-ID: %u-%x@%s\r\nCSeq: 1 INVITE\r\n"
			   "Contact: <sip:carrier@%s>\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n"
			   "User-Agent: bench\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
			   l->calls[i].kind, i, l->sbc_text[0], l->me[0], l->run, i, l->o.caller_host, l->run, i,
			   l->calls[i].kind, i, l->sbc_host[0], i, l->run, l->o.caller_host, l->me[0], body_len, body));
}

/* What belongs to the transaction of the INVITE: CANCEL, and ACK for its failure. */
static void caller_follow(const struct load *l, uint32_t i, const char *method, struct span to)
{
	char text[DATAGRAM_MAX];

	send_text(l, 0, text,
		  snprintf(text, sizeof(text),
			   "%s sip:+1555%u%08u@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKi%xx%u\r\n"
			   "Max-Forwards: 70\r\nFrom: \"Caller\" <sip:+15557654321@%s>;tag=carrier%xx%u\r\n"
			   "To: %.*s\r\nCall-ID: %u-%x@%s\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
			   method, l->calls[i].kind, i, l->sbc_text[0], l->me[0], l->run, i, l->o.caller_host, l->run,
			   i, SPAN_ARG(to), i, l->run, l->o.caller_host, method));
}

static void caller_cancel(const struct load *l, uint32_t i)
{
	char to[TEXT_MAX];

	snprintf(to, sizeof(to), "<sip:+1555%u%08u@%s>", l->calls[i].kind, i, l->sbc_host[0]);
	caller_follow(l, i, "CANCEL", span_str(to));
}

/* Inside of the dialog: ACK for the 200, BYE. */
static void caller_request(const struct load *l, uint32_t i, const char *method, unsigned cseq)
{
	const struct call *c = &l->calls[i];
	char text[DATAGRAM_MAX];

	send_text(l, 0, text,
		  snprintf(text, sizeof(text),
			   "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%c%xx%u\r\nMax-Forwards: 70\r\n"
			   "From: \"Caller\" <sip:+15557654321@%s>;tag=carrier%xx%u\r\nTo: %s\r\n"
			   "Call-ID: %u-%x@%s\r\nCSeq: %u %s\r\nContent-Length: 0\r\n\r\n",
			   method, c->contact, l->me[0], method[0], l->run, i, l->o.caller_host, l->run, i, c->to, i,
			   l->run, l->o.caller_host, cseq, method));
}

/* All Via lines as they came. */
static uint32_t vias(struct span message, char *out, uint32_t size)
{
	struct span rest = message;
	uint32_t n = 0;

	for (;;) {
		const uint32_t end = span_find(rest, '\n');

		if (end == rest.n || span_starts(rest, SPAN("\r\n")))
			return n;
		if ((span_istarts(rest, SPAN("Via:")) || span_istarts(rest, SPAN("v:"))) && n + end + 1 < size) {
			memcpy(out + n, rest.p, end + 1);
			n += end + 1;
		}
		rest = span_from(rest, end + 1);
	}
}

/* An answer of either side to a request. tag: of the call, where To has none; NULL: as it came. */
static void answer(const struct load *l, unsigned side, struct span request, const char *status, const char *tag,
		   const char *body)
{
	const struct span to = header(request, SPAN("To:")), from = header(request, SPAN("From:"));
	const struct span call_id = header(request, SPAN("Call-ID:")), cseq = header(request, SPAN("CSeq:"));
	const bool tagged = holds(to, ";tag=") || !tag;
	char text[DATAGRAM_MAX], via[1024];

	send_text(l, side, text,
		  snprintf(text, sizeof(text),
			   "SIP/2.0 %s\r\n%.*sFrom: %.*s\r\nTo: %.*s%s%s\r\nCall-ID: %.*s\r\nCSeq: %.*s\r\n"
			   "Contact: <sip:%s@%s>\r\n%sContent-Length: %zu\r\n\r\n%s",
			   status, (int)vias(request, via, sizeof(via)), via, SPAN_ARG(from), SPAN_ARG(to),
			   tagged ? "" : ";tag=", tagged ? "" : tag, SPAN_ARG(call_id), SPAN_ARG(cseq),
			   tag ? tag : "carrier", l->me[side], *body ? "Content-Type: application/sdp\r\n" : "",
			   strlen(body), body));
}

/* --- the calling side -------------------------------------------------------------------------------------------- */

static void over(struct load *l, struct call *c, enum fate fate)
{
	if (c->step == STEP_OVER)
		return;
	c->step = STEP_OVER;
	l->fate[c->leak ? FATE_LEAK : fate]++;
	l->reached_us = clock_us();
}

static void call_begin(struct load *l, uint64_t now)
{
	const uint32_t i = l->begun++;
	struct call *c = &l->calls[i];
	const char *mix = l->o.mix;

	c->kind = (uint8_t)(mix[i % strlen(mix)] - '0');
	c->begun_us = now;
	c->wait_us = T1_US;
	c->due_us = now + T1_US;
	caller_invite(l, i);
}

/* The call that a text names: after these words, as a number; or NULL. */
static struct call *call_named(const struct load *l, struct span text, struct span words, uint32_t skip, uint32_t *i)
{
	const uint32_t at = span_search(text, words) + words.n + skip;
	uint32_t end = at;

	while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9')
		end++;
	if (at >= text.n || span_u32(span_slice(text, at, end), i) || *i >= l->begun)
		return NULL;
	return &l->calls[*i];
}

static void caller_up(struct load *l, uint32_t i, struct span message)
{
	struct call *c = &l->calls[i];
	const struct span contact = header(message, SPAN("Contact:"));
	const uint32_t from = span_find(contact, '<'), to = span_find(contact, '>');
	char media[ADDR_TEXT_MAX + 16];

	if (c->step == STEP_INVITED) {
		snprintf(media, sizeof(media), "c=IN IP4 %s\r\n", l->sbc_host[0]);
		c->leak |= !holds(message, media) || holds(message, l->my_host[1]);
		keep(c->to, header(message, SPAN("To:")));
		keep(c->contact, span_slice(contact, from + 1, to));
		c->step = STEP_UP;
		c->act_us = clock_us() + (uint64_t)l->o.hold_ms * 1000;
	}
	if (!kinds[c->kind].loses_ack)
		caller_request(l, i, "ACK", 1);
}

static void caller_final(struct load *l, uint32_t i, unsigned status, struct span message)
{
	struct call *c = &l->calls[i];
	const struct kind *k = &kinds[c->kind];
	/* An SBC may make of another's 503 what it likes, as long as the class is the same (RFC 3261 21.5.4). */
	const bool wanted = status == k->status || (k->status == 503 && status / 100 == 5) ||
			    (k->is_cancelled && status == 487) || ((k->is_silent || k->is_cancelled) && status == 408);

	caller_follow(l, i, "ACK", header(message, SPAN("To:")));
	over(l, c, wanted ? FATE_GOOD : status == 503 ? FATE_REFUSED : FATE_STATUS);
}

/* Call-ID begins with the number of the call. */
static struct call *caller_call(const struct load *l, struct span message, uint32_t *i)
{
	const struct span call_id = header(message, SPAN("Call-ID:"));

	return span_u32(span_slice(call_id, 0, span_find(call_id, '-')), i) || *i >= l->begun ? NULL : &l->calls[*i];
}

static void caller_response(struct load *l, struct span message, uint64_t now)
{
	const struct span cseq = header(message, SPAN("CSeq:"));
	struct call *c;
	uint32_t i, status;

	c = caller_call(l, message, &i);
	if (!c)
		return;
	if (span_u32(span_slice(message, 8, 11), &status))
		return;
	if (holds(cseq, "BYE") && status >= 200) {
		over(l, c, c->called_seen ? FATE_GOOD : FATE_ENDED);
		return;
	}
	if (!holds(cseq, "INVITE"))
		return;
	c->heard = true;
	if (status > 100 && c->ringing_us == 0)
		c->ringing_us = (uint32_t)(now - c->begun_us) | 1;
	if (status < 200) {
		if (kinds[c->kind].is_cancelled && c->act_us == 0)
			c->act_us = now + (uint64_t)l->o.hold_ms * 1000;
		return;
	}
	if (status < 300)
		caller_up(l, i, message);
	else
		caller_final(l, i, status, message);
}

static void caller_receive(struct load *l, struct span message, uint64_t now)
{
	struct call *c;
	uint32_t i;

	if (span_starts(message, SPAN("SIP/2.0 "))) {
		caller_response(l, message, now);
		return;
	}
	if (!span_starts(message, SPAN("BYE ")))
		return;
	answer(l, 0, message, "200 OK", NULL, "");
	c = caller_call(l, message, &i);
	if (c)
		over(l, c, kinds[c->kind].loses_ack ? FATE_GOOD : FATE_ENDED);
}

/* --- the called side --------------------------------------------------------------------------------------------- */

static void called_check(const struct load *l, struct call *c, struct span message)
{
	char media[ADDR_TEXT_MAX + 16];

	snprintf(media, sizeof(media), "c=IN IP4 %s\r\n", l->sbc_host[1]);
	c->leak |= !holds(message, media) || !holds(header(message, SPAN("Via:")), l->sbc_host[1]) ||
		   !holds(header(message, SPAN("Contact:")), l->sbc_host[1]) || holds(message, l->me[0]);
}

static void called_answer(const struct load *l, uint32_t i, struct span request)
{
	const struct kind *k = &kinds[l->calls[i].kind];
	char status[32], tag[32], body[512] = "";

	snprintf(tag, sizeof(tag), "core%08u", i);
	if (k->rings)
		answer(l, 1, request, "180 Ringing", tag, "");
	if (k->status == 0)
		return;
	if (k->status == 200)
		description(body, "core", l->my_host[1]);
	snprintf(status, sizeof(status), "%u Final", k->status);
	answer(l, 1, request, status, tag, body);
}

static void called_invite(struct load *l, struct span message, uint32_t i)
{
	struct call *c = &l->calls[i];

	if (kinds[c->kind].is_silent)
		return;
	if (!c->called_seen)
		called_check(l, c, message);
	c->called_seen = true;
	called_answer(l, i, message);
}

static void called_cancel(const struct load *l, struct span message, uint32_t i)
{
	char tag[32], text[DATAGRAM_MAX];
	struct span cseq, rest;
	uint32_t at;
	int n;

	snprintf(tag, sizeof(tag), "core%08u", i);
	answer(l, 1, message, "200 OK", tag, "");
	/* The INVITE had the same Via, From, To and Call-ID: only the method in CSeq is another. */
	at = span_search(message, SPAN("CSeq:"));
	cseq = header(message, SPAN("CSeq:"));
	rest = span_from(message, at + span_find(span_from(message, at), '\n') + 1);
	n = snprintf(text, sizeof(text), "%.*sCSeq: %.*s INVITE\r\n%.*s", (int)at, message.p, (int)span_find(cseq, ' '),
		     cseq.p, SPAN_ARG(rest));
	if (n > 0 && n < DATAGRAM_MAX)
		answer(l, 1, span_of(text, (size_t)n), "487 Terminated", tag, "");
}

static void called_receive(struct load *l, struct span message)
{
	const struct span line = span_slice(message, 0, span_find(message, '\n'));
	struct call *c;
	uint32_t i;

	c = call_named(l, line, SPAN("sip:core"), 0, &i);
	if (!c)
		c = call_named(l, line, SPAN("sip:+1555"), 1, &i);
	if (!c || span_starts(message, SPAN("SIP/2.0")))
		return;
	if (span_starts(message, SPAN("INVITE ")))
		called_invite(l, message, i);
	else if (span_starts(message, SPAN("CANCEL ")))
		called_cancel(l, message, i);
	else if (span_starts(message, SPAN("BYE ")) && !kinds[c->kind].loses_bye)
		answer(l, 1, message, "200 OK", NULL, "");
}

/* --- running ----------------------------------------------------------------------------------------------------- */

static unsigned side_read(struct load *l, unsigned side)
{
	struct mmsghdr msgs[BATCH] = { 0 };
	struct iovec iov[BATCH];
	uint64_t now;
	int n;

	for (unsigned k = 0; k < BATCH; k++) {
		iov[k] = (struct iovec){ l->in[k], DATAGRAM_MAX };
		msgs[k].msg_hdr = (struct msghdr){ .msg_iov = &iov[k], .msg_iovlen = 1 };
	}
	n = recvmmsg(l->fd[side], msgs, BATCH, MSG_DONTWAIT, NULL);
	now = clock_us();
	for (int k = 0; k < n; k++) {
		const struct span message = span_of(l->in[k], msgs[k].msg_len);

		if (side == 0)
			caller_receive(l, message, now);
		else
			called_receive(l, message);
	}
	return n > 0 ? (unsigned)n : 0;
}

/* Sends again what was not answered. */
static void call_remind(struct load *l, uint32_t i, uint64_t now)
{
	struct call *c = &l->calls[i];

	if (c->step == STEP_INVITED && !c->heard)
		caller_invite(l, i);
	else if (c->step == STEP_CANCELLED)
		caller_cancel(l, i);
	else if (c->step == STEP_BYE)
		caller_request(l, i, "BYE", 2);
	else
		return;
	l->again++;
	c->wait_us = 2 * c->wait_us > T2_US && c->step != STEP_INVITED ? T2_US : 2 * c->wait_us;
	c->due_us = now + c->wait_us;
}

static void call_act(struct load *l, uint32_t i, uint64_t now)
{
	struct call *c = &l->calls[i];

	c->act_us = 0;
	c->wait_us = T1_US;
	c->due_us = now + T1_US;
	if (c->step == STEP_UP && !kinds[c->kind].loses_ack) {
		c->step = STEP_BYE;
		caller_request(l, i, "BYE", 2);
	} else if (c->step == STEP_INVITED) {
		c->step = STEP_CANCELLED;
		caller_cancel(l, i);
	}
}

static void scan(struct load *l, uint64_t now)
{
	while (l->first < l->begun && l->calls[l->first].step == STEP_OVER)
		l->first++;
	for (uint32_t i = l->first; i < l->begun; i++) {
		struct call *c = &l->calls[i];

		if (c->step == STEP_OVER)
			continue;
		if (c->act_us && c->act_us <= now)
			call_act(l, i, now);
		else if (c->due_us <= now)
			call_remind(l, i, now);
		if (c->step != STEP_UP && now - c->begun_us > (uint64_t)(l->o.patience_ms + l->o.hold_ms) * 1000)
			over(l, c, FATE_TIMEOUT);
	}
}

static void run(struct load *l)
{
	struct pollfd ready[2] = { { .fd = l->fd[0], .events = POLLIN }, { .fd = l->fd[1], .events = POLLIN } };
	const uint64_t start = clock_us();
	uint64_t scanned = start;

	while (!stopping) {
		const uint64_t now = clock_us(), due = (now - start) * l->o.rate / 1000000;
		unsigned n = 0;

		for (unsigned k = 0; k < BATCH && l->begun < l->o.calls && l->begun < due; k++, n++)
			call_begin(l, now);
		n += side_read(l, 0);
		n += side_read(l, 1);
		if (now - scanned >= SCAN_US) {
			scanned = now;
			scan(l, now);
			if (l->first == l->o.calls)
				return;
		}
		if (n == 0)
			(void)poll(ready, 2, 1);
	}
}

static int by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void report(const struct load *l, uint64_t start)
{
	uint32_t *times = malloc((l->begun + 1) * sizeof(*times)), n = 0;

	if (!times)
		return;
	times[0] = 0;
	for (uint32_t i = 0; i < l->begun; i++)
		if (l->calls[i].ringing_us)
			times[n++] = l->calls[i].ringing_us;
	qsort(times, n, sizeof(*times), by_size);
	printf("{\"calls\":%u", l->begun);
	for (unsigned f = 0; f < FATE_N; f++)
		printf(",\"%s\":%llu", fate_names[f], (unsigned long long)l->fate[f]);
	printf(",\"again\":%llu,\"seconds\":%.3f,\"ringing_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"most\":%.3f}}\n",
	       (unsigned long long)l->again, (double)(l->reached_us - start) / 1e6, times[n / 2] / 1e3,
	       times[n * 99ull / 100] / 1e3, times[n ? n - 1 : 0] / 1e3);
	free(times);
}

/* --- starting ---------------------------------------------------------------------------------------------------- */

static int side_open(struct load *l, unsigned side, const struct addr *own, const struct addr *sbc)
{
	const int size = SOCKET_BUFFER;
	struct sockaddr_storage sa;
	struct writer w;

	addr_text(own, l->me[side]);
	addr_text(sbc, l->sbc_text[side]);
	w = writer_over(l->my_host[side], ADDR_TEXT_MAX - 1);
	addr_write_host(&w, own, true);
	w = writer_over(l->sbc_host[side], ADDR_TEXT_MAX - 1);
	addr_write_host(&w, sbc, true);
	l->sbc_len = addr_to_sockaddr(sbc, &l->sbc[side]);
	l->fd[side] = socket(l->sbc[side].ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->fd[side] < 0)
		return -1;
	if (setsockopt(l->fd[side], SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(l->fd[side], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return bind(l->fd[side], (struct sockaddr *)&sa, addr_to_sockaddr(own, &sa));
}

/* The called side's socket stays in the namespace that it was made in. */
static int enter(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const int result = fd < 0 ? -1 : setns(fd, CLONE_NEWNET);

	if (fd >= 0)
		close(fd);
	return result;
}

static const char usage[] =
	"call_load: calls through an SBC, both sides of them; one line of JSON at the end\n"
	"  --caller IP:PORT     the calling side            --sbc IP:PORT     what it calls\n"
	"  --called IP:PORT     the called side             --sbc-inner IP:PORT  what calls it\n"
	"  --called-netns PATH  where the called side lives --host NAME       in From and Call-ID (caller's address)\n"
	"  --rate N  --calls N  --hold MS  --patience MS\n"
	"  --mix DIGITS         kinds of calls, by turns: 0 answered, 1 busy, 2 unknown, 3 unavailable, 4 declined,\n"
	"                       5 cancelled, 6 cancelled before it rings, 7 no answer, 8 ACK lost, 9 BYE lost (0)\n";

static int options_read(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "caller", 1, 0, 'a' },    { "called", 1, 0, 'b' },       { "sbc", 1, 0, 's' },
		{ "sbc-inner", 1, 0, 'i' }, { "called-netns", 1, 0, 'n' }, { "host", 1, 0, 'h' },
		{ "rate", 1, 0, 'r' },      { "calls", 1, 0, 'c' },        { "hold", 1, 0, 'd' },
		{ "patience", 1, 0, 'p' },  { "mix", 1, 0, 'm' },          { 0 },
	};
	struct addr *const addresses[] = {
		['a'] = &o->caller, ['b'] = &o->called, ['s'] = &o->sbc_outer, ['i'] = &o->sbc_inner
	};
	unsigned *const numbers[] = {
		['r'] = &o->rate, ['c'] = &o->calls, ['d'] = &o->hold_ms, ['p'] = &o->patience_ms
	};
	const char **const texts[] = { ['n'] = &o->called_netns, ['h'] = &o->caller_host, ['m'] = &o->mix };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		const struct span value = span_str(optarg);
		uint32_t number = 0;

		if (c == '?')
			return -1;
		if (c < (int)(sizeof(texts) / sizeof(*texts)) && texts[c])
			*texts[c] = optarg;
		else if (c < (int)(sizeof(numbers) / sizeof(*numbers)) && numbers[c] && span_u32(value, &number) == 0)
			*numbers[c] = number;
		else if (c >= (int)(sizeof(addresses) / sizeof(*addresses)) || !addresses[c] ||
			 addr_parse(value, 5060, addresses[c]))
			return -1;
	}
	return o->rate && o->calls && o->mix[0] && strspn(o->mix, "0123456789") == strlen(o->mix) &&
			       addr_is_set(&o->caller) && addr_is_set(&o->called) && addr_is_set(&o->sbc_outer) &&
			       addr_is_set(&o->sbc_inner)
		       ? 0
		       : -1;
}

int main(int argc, char **argv)
{
	struct load *l = calloc(1, sizeof(*l));
	const struct sigaction ending = { .sa_handler = stop };
	uint64_t start;

	if (!l)
		return 1;
	l->o = (struct options){ .rate = 100, .calls = 100, .patience_ms = 10000, .mix = "0" };
	if (options_read(&l->o, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	l->run = (uint32_t)getpid();
	l->calls = calloc(l->o.calls, sizeof(*l->calls));
	if (!l->calls || side_open(l, 0, &l->o.caller, &l->o.sbc_outer) ||
	    (l->o.called_netns && enter(l->o.called_netns)) || side_open(l, 1, &l->o.called, &l->o.sbc_inner)) {
		fprintf(stderr, "call_load: cannot start: %s\n", strerror(errno));
		return 1;
	}
	if (!l->o.caller_host)
		l->o.caller_host = l->my_host[0];
	sigaction(SIGTERM, &ending, NULL);
	sigaction(SIGINT, &ending, NULL);
	start = l->reached_us = clock_us();
	run(l);
	report(l, start);
	free(l->calls);
	free(l);
	return 0;
}
