/* SPDX-License-Identifier: BSD-3-Clause */
/* media_endpoint.c: sends numbered RTP, listens, and says as one line of JSON what arrived. It can also spray a range
 * of ports, as somebody would who wants to steal a call's audio or to be heard in it. */
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "alg/base/addr.h"

enum { RTP_HEADER = 12, PAYLOAD = 160, PACKET_MAX = 2048, NAME_MAX_LEN = 32, NUMBERS_MAX = 1 << 20, RTCP_EVERY = 25 };

struct options {
	const char *name;        /* goes into each payload */
	const char *expect;      /* the sender we should hear; NULL = anybody */
	const char *remote_file; /* holds IP:PORT; read once it is there */
	const char *spray;       /* FIRST-LAST */
	struct sockaddr_in local, remote;
	unsigned first, last; /* --spray: ports of the remote, all of them in each round */
	unsigned count;       /* packets, or rounds */
	unsigned interval_ms;
	unsigned linger_ms; /* goes on listening after the last packet */
	unsigned wait_ms;   /* so long at most, until the other one's last has come, too */
	bool symmetric;     /* answer to where media comes from, whatever --remote says */
};

struct heard {
	uint64_t received, distinct, strangers, junk, rtcp;
	uint32_t first, highest;
	uint8_t *numbers; /* a byte for each running number */
	char sender[NAME_MAX_LEN];
	struct sockaddr_in from;
};

struct endpoint {
	const struct options *o;
	int rtp, rtcp;
	uint32_t ssrc, number;
	uint64_t sent, rtcp_sent;
	struct heard heard;
};

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int address_read(const char *text, struct sockaddr_in *out)
{
	struct addr a;

	if (addr_parse((struct span){ text, (uint32_t)strlen(text) }, 0, &a) != 0 || a.family != ADDR_V4)
		return -1;
	*out = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(a.port) };
	memcpy(&out->sin_addr, a.ip, 4);
	return 0;
}

static int socket_open(const struct sockaddr_in *local, unsigned port_offset)
{
	struct sockaddr_in at = *local;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	at.sin_port = at.sin_port ? htons((uint16_t)(ntohs(at.sin_port) + port_offset)) : 0;
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		perror("media_endpoint: bind");
		exit(2);
	}
	return fd;
}

static void put32(uint8_t *p, uint32_t v)
{
	v = htonl(v);
	memcpy(p, &v, 4);
}

static void send_rtp(struct endpoint *e, const struct sockaddr_in *to)
{
	uint8_t packet[RTP_HEADER + PAYLOAD] = { 0x80, 0, (uint8_t)(e->number >> 8), (uint8_t)e->number };
	int n;

	put32(packet + 4, e->number * PAYLOAD);
	put32(packet + 8, e->ssrc);
	memset(packet + RTP_HEADER, 0xff, PAYLOAD); /* PCMU silence */
	n = snprintf((char *)packet + RTP_HEADER, PAYLOAD, "%s:%08u", e->o->name, e->number);
	packet[RTP_HEADER + n] = 0xff;
	if (sendto(e->rtp, packet, sizeof(packet), 0, (const struct sockaddr *)to, sizeof(*to)) > 0)
		e->sent++;
}

/* An empty receiver report: enough to be counted. */
static void send_rtcp(struct endpoint *e, const struct sockaddr_in *to)
{
	struct sockaddr_in at = *to;
	uint8_t packet[8] = { 0x80, 201, 0, 1 };

	at.sin_port = htons((uint16_t)(ntohs(to->sin_port) + 1));
	put32(packet + 4, e->ssrc);
	if (sendto(e->rtcp, packet, sizeof(packet), 0, (struct sockaddr *)&at, sizeof(at)) > 0)
		e->rtcp_sent++;
}

static void send_round(struct endpoint *e, struct sockaddr_in *remote)
{
	const struct options *o = e->o;

	if (!remote->sin_port && !o->last)
		return; /* not known yet */
	if (!o->last) {
		send_rtp(e, remote);
		if (e->number % RTCP_EVERY == 0)
			send_rtcp(e, remote);
	}
	for (unsigned port = o->first; o->last && port <= o->last; port++) {
		remote->sin_port = htons((uint16_t)port);
		send_rtp(e, remote);
	}
	e->number++;
}

/* NAME:00000042 -> 42 and the name; -1 for anything else. */
static int payload_read(const uint8_t *p, size_t n, char name[NAME_MAX_LEN], uint32_t *number)
{
	const uint8_t *colon = memchr(p, ':', n < NAME_MAX_LEN ? n : NAME_MAX_LEN);
	char digits[9] = "";
	char *end;

	if (!colon || colon == p || (size_t)(p + n - colon) < 9)
		return -1;
	memcpy(digits, colon + 1, 8);
	*number = (uint32_t)strtoul(digits, &end, 10);
	if (*end || *number >= NUMBERS_MAX)
		return -1;
	memcpy(name, p, (size_t)(colon - p));
	name[colon - p] = '\0';
	return 0;
}

static void heard_add(struct heard *h, const char *expect, const uint8_t *packet, size_t n,
		      const struct sockaddr_in *from)
{
	char name[NAME_MAX_LEN + 1];
	uint32_t number;

	if (n < RTP_HEADER || packet[0] >> 6 != 2 || payload_read(packet + RTP_HEADER, n - RTP_HEADER, name, &number)) {
		h->junk++;
		return;
	}
	if (expect && strcmp(name, expect) != 0) {
		h->strangers++;
		return;
	}
	if (!h->received)
		h->first = h->highest = number;
	h->received++;
	h->distinct += !h->numbers[number];
	h->numbers[number] = 1;
	h->first = number < h->first ? number : h->first;
	h->highest = number > h->highest ? number : h->highest;
	snprintf(h->sender, sizeof(h->sender), "%.31s", name);
	h->from = *from;
}

static void receive(struct endpoint *e, struct sockaddr_in *remote)
{
	uint8_t packet[PACKET_MAX];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(e->rtp, packet, sizeof(packet), 0, (struct sockaddr *)&from, &len)) > 0) {
		heard_add(&e->heard, e->o->expect, packet, (size_t)n, &from);
		if (e->o->symmetric)
			*remote = from;
	}
	while ((n = recv(e->rtcp, packet, sizeof(packet), 0)) >= 8)
		e->heard.rtcp += packet[1] == 200 || packet[1] == 201;
}

static void remote_file_read(const struct options *o, struct sockaddr_in *remote)
{
	char line[ADDR_TEXT_MAX] = "";
	FILE *f = remote->sin_port || !o->remote_file ? NULL : fopen(o->remote_file, "r");

	if (!f)
		return;
	if (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		(void)address_read(line, remote);
	}
	fclose(f);
}

/* The other one sends as many. */
static bool is_over(const struct endpoint *e, uint64_t since_last_ms)
{
	const struct options *o = e->o;

	if (since_last_ms < o->linger_ms)
		return false;
	return since_last_ms >= o->wait_ms || (e->heard.received && e->heard.highest + 1 >= o->count);
}

static void run(struct endpoint *e)
{
	const struct options *o = e->o;
	struct sockaddr_in remote = o->remote;
	struct pollfd fds[] = { { .fd = e->rtp, .events = POLLIN }, { .fd = e->rtcp, .events = POLLIN } };
	uint64_t next = clock_ms(), last = 0;

	while (!stopping) {
		uint64_t now = clock_ms();

		remote_file_read(o, &remote);
		while (e->number < o->count && now >= next && (remote.sin_port || o->last)) {
			send_round(e, &remote);
			next += o->interval_ms;
		}
		if (e->number >= o->count && !last)
			last = now;
		if (last && is_over(e, now - last))
			return;
		poll(fds, 2, 5);
		receive(e, &remote);
	}
}

static void report(const struct endpoint *e)
{
	const struct heard *h = &e->heard;
	char from[INET_ADDRSTRLEN] = "";

	inet_ntop(AF_INET, &h->from.sin_addr, from, sizeof(from));
	printf("{\"name\":\"%s\",\"sent\":%llu,\"received\":%llu,\"distinct\":%llu,\"first\":%u,\"last\":%u,\"lost\":%"
	       "llu,"
	       "\"from\":\"%s:%u\",\"payload_sender\":\"%s\",\"strangers\":%llu,\"junk\":%llu,\"rtcp_sent\":%llu,"
	       "\"rtcp_received\":%llu}\n",
	       e->o->name, (unsigned long long)e->sent, (unsigned long long)h->received,
	       (unsigned long long)h->distinct, h->first, h->highest,
	       (unsigned long long)(h->received ? h->highest - h->first + 1 - h->distinct : 0), from,
	       ntohs(h->from.sin_port), h->sender, (unsigned long long)h->strangers, (unsigned long long)h->junk,
	       (unsigned long long)e->rtcp_sent, (unsigned long long)h->rtcp);
}

static void usage(FILE *out)
{
	fputs("usage: media_endpoint --name NAME --local IP:PORT [--remote IP:PORT | --remote-file FILE] [OPTION...]\n"
	      "  --count N        packets to send (rounds, with --spray); 0 = only listen\n"
	      "  --interval MS    between packets (20)\n"
	      "  --linger MS      go on listening after the last one (500)\n"
	      "  --wait MS        and so long at most until the other one's last has come (0)\n"
	      "  --expect SENDER  count only this sender's packets, others as strangers\n"
	      "  --symmetric      send to where packets come from\n"
	      "  --spray FIRST-LAST  send to all these ports of --remote's address\n",
	      out);
}

static void refuse(const char *what, const char *value)
{
	fprintf(stderr, "media_endpoint: %s %s\n", what, value);
	usage(stderr);
	exit(2);
}

enum option_kind { TEXT, NUMBER, FLAG, ADDRESS };

static const struct {
	const char *name;
	enum option_kind kind;
	size_t at;
} option_table[] = {
	{ "name", TEXT, offsetof(struct options, name) },
	{ "expect", TEXT, offsetof(struct options, expect) },
	{ "remote-file", TEXT, offsetof(struct options, remote_file) },
	{ "spray", TEXT, offsetof(struct options, spray) },
	{ "count", NUMBER, offsetof(struct options, count) },
	{ "interval", NUMBER, offsetof(struct options, interval_ms) },
	{ "linger", NUMBER, offsetof(struct options, linger_ms) },
	{ "wait", NUMBER, offsetof(struct options, wait_ms) },
	{ "symmetric", FLAG, offsetof(struct options, symmetric) },
	{ "local", ADDRESS, offsetof(struct options, local) },
	{ "remote", ADDRESS, offsetof(struct options, remote) },
};

enum { OPTION_N = sizeof(option_table) / sizeof(option_table[0]) };

static void option_set(struct options *o, unsigned i, const char *value)
{
	char *at = (char *)o + option_table[i].at, *end;
	unsigned number;

	switch (option_table[i].kind) {
	case TEXT:
		memcpy(at, &value, sizeof(value));
		return;
	case FLAG:
		*at = true;
		return;
	case NUMBER:
		number = (unsigned)strtoul(value, &end, 10);
		if (!*value || *end)
			refuse("not a number:", value);
		memcpy(at, &number, sizeof(number));
		return;
	case ADDRESS:
		if (address_read(value, (struct sockaddr_in *)(void *)at))
			refuse("not an address:", value);
	}
}

static void options_read(int argc, char **argv, struct options *o)
{
	struct option names[OPTION_N + 2] = { 0 };
	int c;

	*o = (struct options){ .name = "media", .interval_ms = 20, .linger_ms = 500 };
	for (unsigned i = 0; i < OPTION_N; i++)
		names[i] =
			(struct option){ option_table[i].name,
					 option_table[i].kind == FLAG ? no_argument : required_argument, NULL, (int)i };
	names[OPTION_N] = (struct option){ "help", no_argument, NULL, 'h' };
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'h' || c == '?') {
			usage(c == 'h' ? stdout : stderr);
			exit(c == 'h' ? 0 : 2);
		}
		option_set(o, (unsigned)c, optarg);
	}
	if (o->spray && (sscanf(o->spray, "%u-%u", &o->first, &o->last) != 2 || o->first > o->last || o->last > 65535))
		refuse("not a range of ports:", o->spray);
	if (!o->local.sin_family || strlen(o->name) >= NAME_MAX_LEN || o->count > NUMBERS_MAX)
		refuse("needed: --local, a short --name and a --count that is not huge;", "see below");
}

int main(int argc, char **argv)
{
	struct options o;
	struct endpoint e = { .o = &o };
	struct sigaction action = { .sa_handler = stop };

	options_read(argc, argv, &o);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	e.rtp = socket_open(&o.local, 0);
	e.rtcp = socket_open(&o.local, 1);
	e.heard.numbers = calloc(NUMBERS_MAX, 1);
	if (!e.heard.numbers || getrandom(&e.ssrc, sizeof(e.ssrc), 0) != sizeof(e.ssrc))
		return 2;
	run(&e);
	report(&e);
	free(e.heard.numbers);
	close(e.rtp);
	close(e.rtcp);
	return 0;
}
