/* SPDX-License-Identifier: BSD-3-Clause */
/* register_load.c: many phones that register, from several ports, and, where wanted, the registrar behind the SBC,
 * which takes all and counts. What they do is said line by line at standard input; each line is answered with one of
 * JSON. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/evp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "alg/base/addr.h"
#include "alg/sip/digest.h"

enum {
	BATCH = 64,
	DATAGRAM_MAX = 2048,
	HEX_MD5 = 32,
	NONCE_MAX = 96,
	PORTS_MAX = 512,
	SCAN_US = 5000, /* between two looks at who is to be reminded */
	T1_US = 500000,
	T2_US = 4000000,
	PATIENCE_US = 8000000,
	SOCKET_BUFFER = 8 << 20,
};

/* What a line at standard input asks for. */
static const struct kind {
	const char *name;
	bool forgets;  /* nonces of before: phones that have just been switched on */
	bool only_ask; /* no password, and 401 is what is wanted */
} kinds[] = {
	{ .name = "ask", .forgets = true, .only_ask = true },
	{ .name = "first", .forgets = true },
	{ .name = "again" },
};

struct phone {
	uint32_t request; /* what he waits for */
	uint32_t cseq, nonce_count;
	char nonce[NONCE_MAX]; /* empty: none */
	char ha1[HEX_MD5 + 1];
};

struct request {
	uint32_t phone;
	uint32_t took_us;                   /* from the last question to its answer */
	uint64_t begun_us, due_us, wait_us; /* due: the next reminder; wait: how long after it the one that follows */
	bool over, repeated, challenged;
};

/* What became of what one line asked for. */
struct tally {
	uint64_t asked, sent, good, challenged, refused, timeout, again, home;
	unsigned status; /* of the last that was refused */
};

struct options {
	struct addr phones, sbc, home, sbc_inner;
	const char *home_netns, *domain, *expires;
	unsigned ports, users;
};

struct load {
	struct options o;
	struct sockaddr_storage sbc, sbc_inner;
	socklen_t sbc_len, sbc_inner_len;
	int epoll, home_fd;
	int fd[PORTS_MAX];
	char me[PORTS_MAX][ADDR_TEXT_MAX];
	struct phone *phone;
	struct request *request;
	const struct kind *kind;
	uint32_t begun, first; /* requests before `first` are over */
	uint32_t next_phone, run, branch;
	uint64_t home_seen;
	struct tally tally;
	EVP_MD_CTX *digest;
	char ha2[HEX_MD5 + 1];
	char in[BATCH][DATAGRAM_MAX];
};

static uint64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- digest ------------------------------------------------------------------------------------------------------ */

static void md5(const struct load *l, char out[HEX_MD5 + 1], const char *text, int n)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	struct writer w = writer_over(out, HEX_MD5);

	EVP_DigestInit_ex(l->digest, EVP_md5(), NULL);
	EVP_DigestUpdate(l->digest, text, (size_t)n);
	EVP_DigestFinal_ex(l->digest, bytes, NULL);
	writer_hex(&w, bytes, HEX_MD5 / 2);
	out[HEX_MD5] = '\0';
}

static int authorization(const struct load *l, uint32_t number, char *out, size_t size)
{
	const struct phone *p = &l->phone[number];
	char text[512], response[HEX_MD5 + 1];

	if (!p->nonce[0] || l->kind->only_ask)
		return 0;
	md5(l, response, text,
	    snprintf(text, sizeof(text), "%s:%s:%08x:b%08x:auth:%s", p->ha1, p->nonce, p->nonce_count, number, l->ha2));
	return snprintf(out, size,
			"Authorization: Digest username=\"user%05u\", realm=\"%s\", nonce=\"%s\", uri=\"sip:%s\", "
			"response=\"%s\", algorithm=MD5, cnonce=\"b%08x\", qop=auth, nc=%08x\r\n",
			number, l->o.domain, p->nonce, l->o.domain, response, number, p->nonce_count);
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

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

/* All Via lines as they came. */
static uint32_t vias(struct span message, char *out, uint32_t size)
{
	struct writer w = writer_over(out, size);
	struct span rest = message;

	for (;;) {
		const uint32_t end = span_find(rest, '\n');

		if (end == rest.n || span_starts(rest, SPAN("\r\n")))
			return w.n;
		if (span_istarts(rest, SPAN("Via:")))
			writer_put(&w, span_slice(rest, 0, end + 1));
		rest = span_from(rest, end + 1);
	}
}

/* As long as those of real phones: who is not known gets no answer that is larger than his question. */
static void phone_send(struct load *l, uint32_t number)
{
	const unsigned port = number % l->o.ports;
	const struct phone *p = &l->phone[number];
	char text[DATAGRAM_MAX], proof[768] = "";
	int n;

	authorization(l, number, proof, sizeof(proof));
	n = snprintf(
		text, sizeof(text),
		"REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKr%xx%u;rport\r\nMax-Forwards: 70\r\n"
		"From: <sip:user%05u@%s>;tag=r%x\r\nTo: <sip:user%05u@%s>\r\nCall-ID: %u-%x@phone\r\n"
		"CSeq: %u REGISTER\r\nContact: <sip:user%05u@%s>\r\nExpires: %s\r\n%s"
		"Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE, "
		"REFER\r\nSupported: path, replaces, outbound, gruu\r\nUser-Agent: Bench desk telephone 1.0.0.1\r\n"
		"Content-Length: 0\r\n\r\n",
		l->o.domain, l->me[port], l->run, l->branch, number, l->o.domain, number, number, l->o.domain, number,
		l->run, p->cseq, number, l->me[port], l->o.expires, proof);
	l->tally.sent++;
	if (n > 0 && n < DATAGRAM_MAX)
		(void)!sendto(l->fd[port], text, (size_t)n, MSG_DONTWAIT, (const struct sockaddr *)&l->sbc, l->sbc_len);
}

static void phone_ask(struct load *l, struct request *r, uint64_t now)
{
	struct phone *p = &l->phone[r->phone];

	p->cseq++;
	p->nonce_count++;
	l->branch++;
	r->begun_us = now;
	r->wait_us = T1_US;
	r->due_us = now + T1_US;
	phone_send(l, r->phone);
}

/* --- answers ----------------------------------------------------------------------------------------------------- */

static void request_over(struct request *r, uint64_t *count)
{
	r->over = true;
	++*count;
}

static bool nonce_keep(struct phone *p, struct span value)
{
	struct digest_challenge c;

	if (digest_challenge_parse(value, &c) || c.nonce.n >= NONCE_MAX)
		return false;
	memcpy(p->nonce, c.nonce.p, c.nonce.n);
	p->nonce[c.nonce.n] = '\0';
	p->nonce_count = 0;
	return true;
}

/* Call-ID begins with the number of the phone. */
static struct request *request_of(struct load *l, struct span message)
{
	const struct span call_id = header(message, SPAN("Call-ID:")), cseq = header(message, SPAN("CSeq:"));
	uint32_t number, count;
	struct request *r;

	if (span_u32(span_slice(call_id, 0, span_find(call_id, '-')), &number) || number >= l->o.users ||
	    span_u32(span_slice(cseq, 0, span_find(cseq, ' ')), &count) || count != l->phone[number].cseq ||
	    l->phone[number].request >= l->begun)
		return NULL;
	r = &l->request[l->phone[number].request];
	return r->phone == number && !r->over ? r : NULL;
}

static void phone_receive(struct load *l, struct span message, uint64_t now)
{
	struct request *r;
	uint32_t status;

	if (!span_starts(message, SPAN("SIP/2.0 ")) || span_u32(span_slice(message, 8, 11), &status) || status < 200)
		return;
	r = request_of(l, message);
	if (!r)
		return;
	r->took_us = (uint32_t)(now - r->begun_us) | 1;
	if (status == 401 && !l->kind->only_ask && !r->challenged &&
	    nonce_keep(&l->phone[r->phone], header(message, SPAN("WWW-Authenticate:")))) {
		r->challenged = true;
		l->tally.challenged++;
		phone_ask(l, r, now);
		return;
	}
	if (status == (l->kind->only_ask ? 401u : 200u)) {
		request_over(r, &l->tally.good);
		return;
	}
	l->tally.status = status;
	request_over(r, &l->tally.refused);
}

/* The registrar behind the SBC takes every registration as it is asked for. */
static void home_receive(struct load *l, struct span message)
{
	char text[DATAGRAM_MAX], via[1024];
	int n;

	if (!span_starts(message, SPAN("REGISTER ")))
		return;
	l->home_seen++;
	n = snprintf(text, sizeof(text),
		     "SIP/2.0 200 OK\r\n%.*sFrom: %.*s\r\nTo: %.*s;tag=home\r\nCall-ID: %.*s\r\nCSeq: %.*s\r\n"
		     "Contact: %.*s\r\nContent-Length: 0\r\n\r\n",
		     (int)vias(message, via, sizeof(via)), via, SPAN_ARG(header(message, SPAN("From:"))),
		     SPAN_ARG(header(message, SPAN("To:"))), SPAN_ARG(header(message, SPAN("Call-ID:"))),
		     SPAN_ARG(header(message, SPAN("CSeq:"))), SPAN_ARG(header(message, SPAN("Contact:"))));
	if (n > 0 && n < DATAGRAM_MAX)
		(void)!sendto(l->home_fd, text, (size_t)n, MSG_DONTWAIT, (const struct sockaddr *)&l->sbc_inner,
			      l->sbc_inner_len);
}

/* --- running ----------------------------------------------------------------------------------------------------- */

static void socket_read(struct load *l, int fd)
{
	struct mmsghdr msgs[BATCH] = { 0 };
	struct iovec iov[BATCH];
	uint64_t now;
	int n;

	for (unsigned k = 0; k < BATCH; k++) {
		iov[k] = (struct iovec){ l->in[k], DATAGRAM_MAX };
		msgs[k].msg_hdr = (struct msghdr){ .msg_iov = &iov[k], .msg_iovlen = 1 };
	}
	n = recvmmsg(fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	now = clock_us();
	for (int k = 0; k < n; k++) {
		const struct span message = span_of(l->in[k], msgs[k].msg_len);

		if (fd == l->home_fd)
			home_receive(l, message);
		else
			phone_receive(l, message, now);
	}
}

static void request_begin(struct load *l, uint64_t now)
{
	struct request *r = &l->request[l->begun];
	struct phone *p = &l->phone[l->next_phone];

	*r = (struct request){ .phone = l->next_phone };
	l->next_phone = (l->next_phone + 1) % l->o.users;
	p->request = l->begun++;
	if (l->kind->forgets) {
		p->nonce[0] = '\0';
		p->nonce_count = 0;
	}
	l->tally.asked++;
	phone_ask(l, r, now);
}

static void scan(struct load *l, uint64_t now)
{
	while (l->first < l->begun && l->request[l->first].over)
		l->first++;
	for (uint32_t i = l->first; i < l->begun; i++) {
		struct request *r = &l->request[i];

		if (r->over)
			continue;
		if (now - r->begun_us > PATIENCE_US || l->phone[r->phone].request != i) {
			request_over(r, &l->tally.timeout);
		} else if (r->due_us <= now) {
			l->tally.again++;
			r->repeated = true;
			phone_send(l, r->phone);
			r->wait_us = 2 * r->wait_us > T2_US ? T2_US : 2 * r->wait_us;
			r->due_us = now + r->wait_us;
		}
	}
}

static void run(struct load *l, uint32_t rate, uint32_t requests)
{
	const uint64_t start = clock_us();
	uint64_t scanned = start;
	struct epoll_event ready[BATCH];

	while (l->first < requests) {
		const uint64_t now = clock_us(), due = (now - start) * rate / 1000000;
		int n;

		for (unsigned k = 0; k < BATCH && l->begun < requests && l->begun < due; k++)
			request_begin(l, now);
		n = epoll_wait(l->epoll, ready, BATCH, l->begun < requests && l->begun < due ? 0 : 1);
		for (int k = 0; k < n; k++)
			socket_read(l, ready[k].data.fd);
		if (now - scanned >= SCAN_US) {
			scanned = clock_us(); /* answers have begun new ones meanwhile */
			scan(l, scanned);
		}
	}
}

static int by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void report(const struct load *l, double seconds)
{
	uint32_t *times = malloc((l->begun + 1) * sizeof(*times)), n = 0;
	const struct tally *t = &l->tally;

	if (!times)
		return;
	times[0] = 0;
	for (uint32_t i = 0; i < l->begun; i++)
		if (l->request[i].took_us && !l->request[i].repeated)
			times[n++] = l->request[i].took_us;
	qsort(times, n, sizeof(*times), by_size);
	printf("{\"asked\":%llu,\"sent\":%llu,\"good\":%llu,\"challenged\":%llu,\"refused\":%llu,\"status\":%u,"
	       "\"timeout\":%llu,\"again\":%llu,\"home\":%llu,\"seconds\":%.3f,\"answer_ms\":{\"p50\":%.3f,\"p99\":%."
	       "3f,"
	       "\"most\":%.3f}}\n",
	       (unsigned long long)t->asked, (unsigned long long)t->sent, (unsigned long long)t->good,
	       (unsigned long long)t->challenged, (unsigned long long)t->refused, t->status,
	       (unsigned long long)t->timeout, (unsigned long long)t->again,
	       (unsigned long long)(l->home_seen - t->home), seconds, times[n / 2] / 1e3, times[n * 99ull / 100] / 1e3,
	       times[n ? n - 1 : 0] / 1e3);
	fflush(stdout);
	free(times);
}

/* "KIND RATE REQUESTS". -1: it cannot be read, or there is no memory. */
static int line_run(struct load *l, const char *line)
{
	char name[16];
	unsigned rate, requests;
	uint64_t start;

	if (sscanf(line, "%15s %u %u", name, &rate, &requests) != 3 || !rate)
		return -1;
	l->kind = NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			l->kind = &kinds[i];
	l->request = calloc(requests + 1u, sizeof(*l->request));
	if (!l->kind || !l->request)
		return -1;
	l->begun = l->first = 0;
	l->tally = (struct tally){ .home = l->home_seen };
	start = clock_us();
	run(l, rate, requests);
	report(l, (double)(clock_us() - start) / 1e6);
	free(l->request);
	return 0;
}

/* --- starting ---------------------------------------------------------------------------------------------------- */

static int socket_open(struct load *l, const struct addr *own)
{
	const int size = SOCKET_BUFFER;
	struct sockaddr_storage sa;
	const socklen_t n = addr_to_sockaddr(own, &sa);
	const int fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return bind(fd, (struct sockaddr *)&sa, n) || epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event) ? -1 : fd;
}

static int phones_open(struct load *l)
{
	struct addr own = l->o.phones;

	l->sbc_len = addr_to_sockaddr(&l->o.sbc, &l->sbc);
	for (unsigned i = 0; i < l->o.ports; i++, own.port++) {
		addr_text(&own, l->me[i]);
		l->fd[i] = socket_open(l, &own);
		if (l->fd[i] < 0)
			return -1;
	}
	return 0;
}

/* Its socket stays in the namespace that it is made in. */
static int home_open(struct load *l)
{
	int fd;

	l->home_fd = -1;
	if (!l->o.home_netns)
		return 0;
	fd = open(l->o.home_netns, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		return -1;
	close(fd);
	l->sbc_inner_len = addr_to_sockaddr(&l->o.sbc_inner, &l->sbc_inner);
	l->home_fd = socket_open(l, &l->o.home);
	return l->home_fd < 0 ? -1 : 0;
}

static int users_make(struct load *l)
{
	char text[256];

	l->digest = EVP_MD_CTX_new();
	l->phone = calloc(l->o.users, sizeof(*l->phone));
	if (!l->digest || !l->phone)
		return -1;
	for (unsigned i = 0; i < l->o.users; i++)
		md5(l, l->phone[i].ha1, text,
		    snprintf(text, sizeof(text), "user%05u:%s:the secret of user%05u", i, l->o.domain, i));
	md5(l, l->ha2, text, snprintf(text, sizeof(text), "REGISTER:sip:%s", l->o.domain));
	return 0;
}

static const char usage[] =
	"register_load: phones that register; lines \"KIND RATE REQUESTS\" at standard input, one line of JSON for "
	"each\n"
	"  KIND: ask    without a password; 401 is what is wanted\n"
	"        first  as phones that have just been switched on: a challenge is answered\n"
	"        again  with the nonce that they have, counting up\n"
	"  --phones IP:PORT  where the first sends from        --ports N    so many ports from there on (16)\n"
	"  --sbc IP:PORT     where they register               --users N    user00000, user00001, … (1000)\n"
	"  --domain NAME     of the users, and the realm of their passwords, \"the secret of user00000\", …\n"
	"  --expires S       what they ask for (3600)\n"
	"  --home IP:PORT --home-netns PATH --sbc-inner IP:PORT  the registrar behind the SBC, and who asks it\n";

static int options_read(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "phones", 1, 0, 'a' },     { "sbc", 1, 0, 's' },
		{ "home", 1, 0, 'b' },       { "sbc-inner", 1, 0, 'i' },
		{ "home-netns", 1, 0, 'n' }, { "ports", 1, 0, 'p' },
		{ "users", 1, 0, 'u' },      { "domain", 1, 0, 'd' },
		{ "expires", 1, 0, 'e' },    { 0 },
	};
	struct addr *const addresses[128] = {
		['a'] = &o->phones, ['s'] = &o->sbc, ['b'] = &o->home, ['i'] = &o->sbc_inner
	};
	unsigned *const numbers[128] = { ['p'] = &o->ports, ['u'] = &o->users };
	const char **const texts[128] = { ['n'] = &o->home_netns, ['d'] = &o->domain, ['e'] = &o->expires };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		const struct span value = span_str(optarg);
		uint32_t number = 0;

		if (c == '?')
			return -1;
		if (texts[c])
			*texts[c] = optarg;
		else if (addresses[c] ? addr_parse(value, 5060, addresses[c]) : span_u32(value, &number))
			return -1;
		else if (numbers[c])
			*numbers[c] = number;
	}
	return o->ports && o->ports <= PORTS_MAX && o->users && addr_is_set(&o->phones) && addr_is_set(&o->sbc) &&
			       (!o->home_netns || (addr_is_set(&o->home) && addr_is_set(&o->sbc_inner)))
		       ? 0
		       : -1;
}

int main(int argc, char **argv)
{
	struct load *l = calloc(1, sizeof(*l));
	char line[128];

	if (!l)
		return 1;
	l->o = (struct options){ .ports = 16, .users = 1000, .domain = "voice.example.net", .expires = "3600" };
	if (options_read(&l->o, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	l->run = (uint32_t)getpid();
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0 || users_make(l) || phones_open(l) || home_open(l)) {
		fprintf(stderr, "register_load: cannot start: %s\n", strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		if (line_run(l, line)) {
			fprintf(stderr, "register_load: what is this: %s", line);
			return 2;
		}
	}
	return 0;
}
