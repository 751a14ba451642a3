/* SPDX-License-Identifier: BSD-3-Clause */
/* phones.h: many phones that register over UDP, each at an address of its own in 127.0.0.0/8: the other side of
 * register_bench, in a process of its own. */
#ifndef NATSBC_BENCH_PHONES_H
#define NATSBC_BENCH_PHONES_H

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alg/sip/cseq.h"
#include "alg/sip/digest.h"
#include "alg/sip/msg.h"
#include "sbc/identity/hasher.h"

enum {
	PHONES_WINDOW = 128, /* requests out at the same time */
	PHONES_BATCH = 32,   /* read or sent at once */
	PHONES_TEXT = 2048,  /* bytes of a message */
	PHONES_AGAIN_MS = 500,
	PHONES_CHALLENGE = 256,
	PHONES_PORT = 5061,
};

/* A round of one REGISTER from each phone. */
enum phones_round { PHONES_ASK, PHONES_ANSWER, PHONES_REFRESH, PHONES_ROUND_N };

struct phone {
	uint8_t cseq; /* of its last request */
	uint8_t nc;   /* uses of the nonce */
	char challenge[PHONES_CHALLENGE];
};

struct phones {
	int fd;
	unsigned count;
	enum phones_round round;
	struct sockaddr_in to;
	struct hasher hasher;
	struct phone *phone;
	unsigned next, done;             /* of this round */
	unsigned again, stale;           /* requests that were sent again, nonces that were good no more */
	uint32_t waiting[PHONES_WINDOW]; /* number + 1 of the phone that waits for an answer; 0 none */
	uint64_t asked_ms[PHONES_WINDOW];
	uint64_t (*clock_ms)(void);
};

static inline void phones_fail(const char *what)
{
	fprintf(stderr, "register_bench: a phone: %s\n", what);
	_exit(1);
}

static inline void phones_authorize(struct phones *p, struct writer *w, unsigned number)
{
	char user[16], password[16], nc[16];
	struct digest_credentials c = { .uri = SPAN("sip:bench.example"),
					.cnonce = SPAN("0a1b2c3d"),
					.qop = SPAN("auth") };
	struct digest_challenge asked;
	struct hasher_hex ha1, response;

	if (digest_challenge_parse(span_str(p->phone[number].challenge), &asked))
		phones_fail("the challenge can't be read");
	snprintf(user, sizeof(user), "u%06u", number);
	snprintf(password, sizeof(password), "p%06u", number);
	snprintf(nc, sizeof(nc), "%08x", (unsigned)p->phone[number].nc);
	c.username = span_str(user);
	c.realm = asked.realm;
	c.nonce = asked.nonce;
	c.nc = span_str(nc);
	c.algorithm = asked.algorithm;
	c.algorithm_name = asked.algorithm_name;
	hasher_ha1(&p->hasher, &c, span_str(password), &ha1);
	hasher_response(&p->hasher, &c, hasher_hex_span(&ha1), SPAN("REGISTER"), SPAN(""), &response);
	c.response = hasher_hex_span(&response);
	writer_str(w, "Authorization: ");
	digest_credentials_write(w, &c);
	writer_str(w, "\r\n");
}

/* As long as those of real phones: a stranger gets no answer that is larger than his question. */
static inline void phones_write(struct phones *p, struct writer *w, unsigned number)
{
	unsigned cseq = p->phone[number].cseq;

	writer_format(
		w,
		"REGISTER sip:bench.example SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK%06uc%u;rport\r\nMax-Forwards: 70\r\n"
		"From: <sip:u%06u@bench.example>;tag=t%u\r\nTo: <sip:u%06u@bench.example>\r\n"
		"Call-ID: %06u\r\nCSeq: %u REGISTER\r\n"
		"Contact: <sip:u%06u@192.168.1.10:5060>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-%012u>\"\r\n"
		"Expires: 3600\r\nSupported: path, replaces, outbound, gruu\r\n"
		"Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE, REFER\r\n"
		"User-Agent: Bench desk telephone 1.0.0.1\r\n",
		number, cseq, number, number, number, number, cseq, number, number);
	if (p->round != PHONES_ASK)
		phones_authorize(p, w, number);
	writer_str(w, "Content-Length: 0\r\n\r\n");
}

/* From 127.1.0.0 on, an address each. */
static inline void phones_send(struct phones *p, unsigned number)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} control = { { 0 } };
	char text[PHONES_TEXT];
	struct writer w = writer_over(text, sizeof(text));
	struct in_pktinfo from = { .ipi_spec_dst.s_addr = htonl(0x7f010000 + number) };
	struct iovec iov = { .iov_base = text };
	struct msghdr m = {
		.msg_name = &p->to,
		.msg_namelen = sizeof(p->to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	phones_write(p, &w, number);
	if (w.failed)
		phones_fail("a request is too long");
	iov.iov_len = w.n;
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(from));
	memcpy(CMSG_DATA(c), &from, sizeof(from));
	if (sendmsg(p->fd, &m, 0) < 0)
		phones_fail("cannot send");
}

static inline void phones_learn(struct phone *phone, struct span challenge)
{
	if (challenge.n >= PHONES_CHALLENGE)
		phones_fail("a challenge is too long");
	memcpy(phone->challenge, challenge.p, challenge.n);
	phone->challenge[challenge.n] = '\0';
	phone->nc = 0;
}

/* A request that was not sent before. */
static inline void phones_begin(struct phones *p, unsigned slot, unsigned number)
{
	p->waiting[slot] = number + 1;
	p->asked_ms[slot] = p->clock_ms();
	p->phone[number].cseq++;
	p->phone[number].nc++;
	phones_send(p, number);
}

/* The slot of the phone whose request this answers; -1: of none that is out. */
static inline int phones_slot(const struct phones *p, const struct sip_msg *m)
{
	struct cseq cseq;
	uint32_t number;

	if (m->status < 200 || span_u32(sip_msg_value(m, SIP_HDR_CALL_ID), &number) || number >= p->count ||
	    cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) || cseq.number != p->phone[number].cseq)
		return -1;
	for (int slot = 0; slot < PHONES_WINDOW; slot++)
		if (p->waiting[slot] == number + 1)
			return slot;
	return -1;
}

static inline void phones_take(struct phones *p, struct span raw)
{
	struct sip_walk walk = { 0 };
	struct span challenge;
	struct sip_msg m;
	int slot = sip_msg_index(raw, &m) == SIP_OK ? phones_slot(p, &m) : -1;
	unsigned number;

	if (slot < 0)
		return;
	number = p->waiting[slot] - 1;
	if (m.status == 401 && sip_walk_next(&m, SIP_HDR_WWW_AUTHENTICATE, &walk, &challenge)) {
		phones_learn(&p->phone[number], challenge);
		if (p->round != PHONES_ASK) { /* the nonce is stale */
			p->stale++;
			phones_begin(p, (unsigned)slot, number);
			return;
		}
	} else if (m.status != 200) {
		fprintf(stderr, "register_bench: a phone: %.*s\n", SPAN_ARG(span_slice(raw, 0, span_find(raw, '\r'))));
		phones_fail("another answer than is expected");
	}
	p->waiting[slot] = 0;
	p->done++;
}

static inline void phones_read(struct phones *p)
{
	char text[PHONES_TEXT];

	for (unsigned i = 0; i < PHONES_BATCH; i++) {
		ssize_t n = recv(p->fd, text, sizeof(text), MSG_DONTWAIT);

		if (n <= 0)
			return;
		phones_take(p, span_of(text, (size_t)n));
	}
}

static inline void phones_fill(struct phones *p)
{
	uint64_t now = p->clock_ms();

	for (unsigned slot = 0; slot < PHONES_WINDOW; slot++) {
		if (!p->waiting[slot] && p->next < p->count) {
			phones_begin(p, slot, p->next++);
		} else if (p->waiting[slot] && now - p->asked_ms[slot] >= PHONES_AGAIN_MS) {
			p->asked_ms[slot] = now;
			p->again++;
			phones_send(p, p->waiting[slot] - 1);
		}
	}
}

/* Each phone once. */
static inline void phones_register(struct phones *p, enum phones_round round)
{
	struct pollfd ready = { .fd = p->fd, .events = POLLIN };

	p->round = round;
	p->next = p->done = p->again = p->stale = 0;
	while (p->done < p->count) {
		phones_fill(p);
		poll(&ready, 1, 50);
		phones_read(p);
	}
}

static inline void phones_open(struct phones *p, unsigned count, uint16_t port, uint64_t (*clock_ms)(void))
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(PHONES_PORT) };
	int size = 4 << 20;

	*p = (struct phones){ .count = count, .clock_ms = clock_ms };
	p->to = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_port = htons(port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	p->phone = calloc(count, sizeof(*p->phone));
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!p->phone || hasher_init(&p->hasher))
		phones_fail("no memory");
	setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&here, sizeof(here)))
		phones_fail("cannot bind its port");
}

#endif
