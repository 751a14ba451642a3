/* SPDX-License-Identifier: BSD-3-Clause */
/* media_load.c: many RTP streams through a relay between two wires, at a given pace. Puts whole frames on one wire,
 * reads what leaves on the other, looks at each of them, and says as one line of JSON how many came and how long it
 * took. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "alg/base/addr.h"
#include "alg/net/checksum.h"

enum { IP_HEADER = 20, UDP_HEADER = 8, RTP_HEADER = 12, AUDIO = 160 };
enum { UDP_AT = ETH_HLEN + IP_HEADER, RTP_AT = UDP_AT + UDP_HEADER, FRAME = RTP_AT + RTP_HEADER + AUDIO };
enum { SIDES = 2, BATCH_MAX = 64, STREAMS_MAX = 20000 };
enum { RING_BLOCK = 1 << 20, RING_BLOCKS = 32, RING_FRAME = 512, RING_SLOTS = RING_BLOCKS * (RING_BLOCK / RING_FRAME) };
enum { CLASS_NS = 100, CLASSES = 200000 /* 20 ms */, QUIET_NS = 100000000 };
enum {
	LOOK_CLOSELY = 64 /* one of so many is compared byte by byte */,
	BEHIND_MAX = 8 /* batches */,
	MAGIC = 0x6d6c6f61
};

/* At the beginning of each payload. */
struct stamp {
	uint32_t magic, stream, number, run;
	uint64_t sent_ns;
};

struct stream {
	uint8_t frame[FRAME]; /* ready but for what each packet has of its own */
	uint64_t sum;         /* of all that the UDP checksum covers and that stays */
	uint32_t number, heard;
	uint32_t out_ip; /* where it must come out, in network order */
	uint16_t out_port;
	uint8_t side; /* on which wire it begins */
};

struct wire {
	int fd;
	uint8_t *ring;
	uint32_t at;
	uint8_t mac[ETH_ALEN], relay[ETH_ALEN];
};

struct options {
	const char *wires[SIDES];
	const char *streams;
	unsigned rate, batch, milliseconds;
};

struct load {
	struct options o;
	struct wire wires[SIDES];
	struct stream *streams;
	uint32_t nstream, run;
	uint32_t next[SIDES]; /* streams, by turns */
	uint64_t sent, refused, received, late, wrong, overrun, took_ns;
	uint32_t *classes; /* packets by how long they took */
};

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t); /* the one of the kernel's time stamps */
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* --- streams ------------------------------------------------------------------------------------------------- */

static void addr_read(const char *text, struct addr *out)
{
	if (addr_parse(span_str(text), 0, out) || out->family != ADDR_V4) {
		fprintf(stderr, "media_load: not an IPv4 address and port: %s\n", text);
		exit(2);
	}
}

static void frame_fill(const struct load *l, struct stream *s, const struct addr *from, const struct addr *to)
{
	const uint16_t length = htons(UDP_HEADER + RTP_HEADER + AUDIO), protocol = htons(IPPROTO_UDP);
	uint8_t *ip = s->frame + ETH_HLEN, *udp = s->frame + UDP_AT, *rtp = s->frame + RTP_AT;
	uint16_t field;

	memcpy(s->frame, l->wires[s->side].relay, ETH_ALEN);
	memcpy(s->frame + ETH_ALEN, l->wires[s->side].mac, ETH_ALEN);
	put16(s->frame + 2 * (size_t)ETH_ALEN, ETH_P_IP);
	ip[0] = 0x45;
	put16(ip + 2, FRAME - ETH_HLEN);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, from->ip, 4);
	memcpy(ip + 16, to->ip, 4);
	field = checksum_field(checksum_add(0, ip, IP_HEADER));
	memcpy(ip + 10, &field, 2);
	put16(udp, from->port);
	put16(udp + 2, to->port);
	memcpy(udp + 4, &length, 2);
	rtp[0] = 0x80;
	put16(rtp + 8, l->run & 0xffff);
	put16(rtp + 10, (unsigned)(s - l->streams));
	memset(rtp + RTP_HEADER, 0xd5, AUDIO);
	memset(rtp + RTP_HEADER, 0, sizeof(struct stamp));
	s->sum = checksum_add(checksum_add(length, &protocol, 2), ip + 12, 8);
	s->sum = checksum_add(s->sum, udp, UDP_HEADER + RTP_HEADER + AUDIO);
}

/* Lines: the wire where it begins (0 or 1), source, target, and the address where it must come out. */
static void streams_read(struct load *l)
{
	char from[64], to[64], out[64];
	struct addr source, target, end;
	FILE *f = fopen(l->o.streams, "re");
	unsigned side;

	l->streams = calloc(STREAMS_MAX, sizeof(*l->streams));
	if (!f || !l->streams)
		fail(l->o.streams);
	while (l->nstream < STREAMS_MAX && fscanf(f, "%u %63s %63s %63s", &side, from, to, out) == 4 && side < SIDES) {
		struct stream *s = &l->streams[l->nstream++];

		addr_read(from, &source);
		addr_read(to, &target);
		addr_read(out, &end);
		memcpy(&s->out_ip, end.ip, 4);
		s->out_port = end.port;
		s->side = (uint8_t)side;
		frame_fill(l, s, &source, &target);
	}
	fclose(f);
	if (l->nstream == 0) {
		fprintf(stderr, "media_load: no streams in %s\n", l->o.streams);
		exit(2);
	}
}

/* The next packet of a stream. What changes lies on even bytes, so that its sum can be added to the rest's. */
static void frame_write(struct load *l, uint8_t *f, struct stream *s)
{
	const struct stamp stamp = { MAGIC, (uint32_t)(s - l->streams), ++s->number, l->run, clock_ns() };
	const uint32_t time = htonl(s->number * AUDIO);
	const uint16_t seq = htons((uint16_t)s->number);
	uint16_t field;

	memcpy(f, s->frame, FRAME);
	memcpy(f + RTP_AT + 2, &seq, 2);
	memcpy(f + RTP_AT + 4, &time, 4);
	memcpy(f + RTP_AT + RTP_HEADER, &stamp, sizeof(stamp));
	field = checksum_udp(
		checksum_field(checksum_add(s->sum, f + RTP_AT + 2, 6) + checksum_add(0, &stamp, sizeof(stamp))));
	memcpy(f + UDP_AT + 6, &field, 2);
}

/* --- wires --------------------------------------------------------------------------------------------------- */

static void wire_ring(struct wire *w)
{
	const int version = TPACKET_V2, on = 1;
	const struct tpacket_req ring = { .tp_block_size = RING_BLOCK,
					  .tp_block_nr = RING_BLOCKS,
					  .tp_frame_size = RING_FRAME,
					  .tp_frame_nr = RING_SLOTS };

	if (setsockopt(w->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(w->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(w->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) ||
	    setsockopt(w->fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)))
		fail("packet socket");
	w->ring = mmap(NULL, (size_t)RING_BLOCK * RING_BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, w->fd,
		       0);
	if (w->ring == MAP_FAILED)
		fail("packet ring");
}

/* text: NAMESPACE,DEVICE,MAC of the relay. The socket stays in the namespace that it was made in. */
static void wire_open(struct wire *w, const char *text)
{
	char path[128], device[IFNAMSIZ];
	unsigned mac[ETH_ALEN];
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP) };
	struct ifreq ask = { 0 };
	int home;

	if (sscanf(text, "%127[^,],%15[^,],%x:%x:%x:%x:%x:%x", path, device, &mac[0], &mac[1], &mac[2], &mac[3],
		   &mac[4], &mac[5]) != 2 + ETH_ALEN) {
		fprintf(stderr, "media_load: not NAMESPACE,DEVICE,MAC: %s\n", text);
		exit(2);
	}
	for (unsigned i = 0; i < ETH_ALEN; i++)
		w->relay[i] = (uint8_t)mac[i];
	home = open(path, O_RDONLY | O_CLOEXEC);
	if (home < 0 || setns(home, CLONE_NEWNET))
		fail(path);
	close(home);
	w->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	memcpy(ask.ifr_name, device, sizeof(device));
	at.sll_ifindex = (int)if_nametoindex(device);
	if (w->fd < 0 || at.sll_ifindex == 0 || ioctl(w->fd, SIOCGIFHWADDR, &ask))
		fail(device);
	memcpy(w->mac, ask.ifr_hwaddr.sa_data, ETH_ALEN);
	wire_ring(w);
	if (bind(w->fd, (const struct sockaddr *)&at, sizeof(at)))
		fail(device);
}

/* Packets that came while our ring was full: not the relay's loss, and no measurement. */
static uint64_t wire_overrun(const struct wire *w)
{
	struct tpacket_stats stats = { 0 };
	socklen_t n = sizeof(stats);

	return getsockopt(w->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &n) ? 0 : stats.tp_drops;
}

/* --- what comes back ----------------------------------------------------------------------------------------- */

static bool frame_right(const struct load *l, const uint8_t *f, const struct stamp *stamp, unsigned side, bool summed)
{
	static const uint8_t filler[4] = { 0xd5, 0xd5, 0xd5, 0xd5 };
	const struct stream *s = &l->streams[stamp->stream];
	const uint8_t *audio = f + RTP_AT + RTP_HEADER;
	const uint16_t ends = htons(s->out_port), protocol = htons(IPPROTO_UDP);

	if (s->side == side || memcmp(f + ETH_HLEN + 16, &s->out_ip, 4) || memcmp(f + UDP_AT + 2, &ends, 2) ||
	    memcmp(f + RTP_AT, s->frame + RTP_AT, 2) || memcmp(f + RTP_AT + 8, s->frame + RTP_AT + 8, 4))
		return false;
	if (stamp->number % LOOK_CLOSELY)
		return true;
	for (size_t i = sizeof(*stamp); i < AUDIO; i += sizeof(filler))
		if (memcmp(audio + i, filler, sizeof(filler)))
			return false;
	return !summed || checksum_fold(checksum_add(checksum_add(checksum_add(0, &protocol, 2), f + UDP_AT + 4, 2),
						     f + ETH_HLEN + 12, FRAME - ETH_HLEN - 12)) == 0xffff;
}

static void frame_count(struct load *l, const uint8_t *f, uint32_t len, unsigned side, uint64_t when_ns, bool summed)
{
	struct stamp stamp;
	struct stream *s;
	uint64_t class;

	memcpy(&stamp, f + RTP_AT + RTP_HEADER, sizeof(stamp));
	if (len != FRAME || f[ETH_HLEN + 9] != IPPROTO_UDP || stamp.magic != MAGIC || stamp.run != l->run ||
	    stamp.stream >= l->nstream)
		return; /* not of ours, or of the run before */
	if (!frame_right(l, f, &stamp, side, summed)) {
		l->wrong++;
		return;
	}
	s = &l->streams[stamp.stream];
	if (stamp.number <= s->heard) {
		l->late++;
		return;
	}
	s->heard = stamp.number;
	l->received++;
	class = when_ns > stamp.sent_ns ? (when_ns - stamp.sent_ns) / CLASS_NS : 0;
	l->classes[class < CLASSES ? class : CLASSES - 1]++;
}

/* How many frames there were. */
static unsigned wire_read(struct load *l, unsigned side)
{
	struct wire *w = &l->wires[side];
	unsigned n = 0;

	for (; n < BATCH_MAX; n++, w->at = (w->at + 1) % RING_SLOTS) {
		struct tpacket2_hdr *h = (struct tpacket2_hdr *)(void *)(w->ring + (size_t)w->at * RING_FRAME);
		const uint32_t status = __atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE);

		if (!(status & TP_STATUS_USER))
			break;
		frame_count(l, (const uint8_t *)h + h->tp_mac, h->tp_snaplen, side,
			    (uint64_t)h->tp_sec * 1000000000 + h->tp_nsec, !(status & TP_STATUS_CSUMNOTREADY));
		__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
	return n;
}

/* --- sending ------------------------------------------------------------------------------------------------- */

/* The next n streams of one side, at once. */
static void batch_send(struct load *l, unsigned side, unsigned n)
{
	static uint8_t frames[BATCH_MAX][FRAME];
	struct mmsghdr messages[BATCH_MAX] = { 0 };
	struct iovec parts[BATCH_MAX];
	uint32_t *next = &l->next[side];
	int sent;

	for (unsigned i = 0; i < n; i++) {
		while (l->streams[*next].side != side)
			*next = (*next + 1) % l->nstream;
		frame_write(l, frames[i], &l->streams[*next]);
		*next = (*next + 1) % l->nstream;
		parts[i] = (struct iovec){ .iov_base = frames[i], .iov_len = FRAME };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	for (unsigned done = 0; done < n; done += (unsigned)sent) {
		sent = sendmmsg(l->wires[side].fd, messages + done, n - done, 0);
		if (sent <= 0) {
			sent = 1; /* the wire is full: as lost as on any wire */
			l->refused++;
		}
	}
	l->sent += n;
}

/* Whether both directions have streams; if not, which has. */
static unsigned sides_find(const struct load *l, unsigned *first)
{
	bool has[SIDES] = { false };

	for (uint32_t i = 0; i < l->nstream; i++)
		has[l->streams[i].side] = true;
	*first = has[0] ? 0 : 1;
	return has[0] && has[1] ? SIDES : 1;
}

static void load_run(struct load *l)
{
	const uint64_t begun = clock_ns(), end = begun + (uint64_t)l->o.milliseconds * 1000000;
	uint64_t now = begun, base = begun, given = 0;
	unsigned side, turn = 0;
	const unsigned sides = sides_find(l, &side);

	for (; now < end; now = clock_ns()) {
		const uint64_t due = (now - base) * l->o.rate / 1000000000;

		if (due >
		    given + BEHIND_MAX + l->o.batch) { /* we were kept waiting: what was missed is not made up for */
			base = now;
			given = 0;
		} else if (due >= given + l->o.batch) {
			batch_send(l, (side + turn++ % sides) % SIDES, l->o.batch);
			given += l->o.batch;
		}
		wire_read(l, 0);
		wire_read(l, 1);
	}
	l->took_ns = now - begun;
	for (uint64_t quiet = now; clock_ns() - quiet < QUIET_NS;)
		if (wire_read(l, 0) + wire_read(l, 1))
			quiet = clock_ns();
	l->overrun = wire_overrun(&l->wires[0]) + wire_overrun(&l->wires[1]);
}

/* --- what was found ------------------------------------------------------------------------------------------ */

static double quantile_us(const struct load *l, double part)
{
	const double wanted = part * (double)l->received;
	uint64_t sum = 0;
	uint32_t i = 0;

	for (; i < CLASSES - 1; i++) {
		sum += l->classes[i];
		if ((double)sum >= wanted)
			break;
	}
	return (double)i * CLASS_NS / 1000;
}

static void load_report(const struct load *l)
{
	printf("{\"sent\":%llu,\"refused\":%llu,\"received\":%llu,\"late\":%llu,\"wrong\":%llu,\"overrun\":%llu,",
	       (unsigned long long)l->sent, (unsigned long long)l->refused, (unsigned long long)l->received,
	       (unsigned long long)l->late, (unsigned long long)l->wrong, (unsigned long long)l->overrun);
	printf("\"seconds\":%.4f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f}\n", (double)l->took_ns / 1e9,
	       quantile_us(l, .5), quantile_us(l, .99), quantile_us(l, .999));
}

static void usage(FILE *out)
{
	fputs("usage: media_load --near WIRE --far WIRE --streams FILE [OPTION...]\n"
	      "  WIRE              NAMESPACE,DEVICE,MAC: a file of a network namespace, and whom its frames go to\n"
	      "  --streams FILE    lines of 0 (begins near) or 1, source, target, and where it must come out\n"
	      "  --rate N          packets a second, both directions together (1000)\n"
	      "  --batch N         sent at once (1; at most 64)\n"
	      "  --milliseconds N  (1000)\n",
	      out);
}

static const struct option names[] = {
	{ "near", required_argument, NULL, 'n' },    { "far", required_argument, NULL, 'f' },
	{ "streams", required_argument, NULL, 's' }, { "rate", required_argument, NULL, 'r' },
	{ "batch", required_argument, NULL, 'b' },   { "milliseconds", required_argument, NULL, 'm' },
	{ "help", no_argument, NULL, 'h' },          { NULL, 0, NULL, 0 },
};

static void options_read(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){ .rate = 1000, .batch = 1, .milliseconds = 1000 };
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'n':
		case 'f':
			o->wires[c == 'f'] = optarg;
			break;
		case 's':
			o->streams = optarg;
			break;
		case 'r':
			o->rate = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'b':
			o->batch = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'm':
			o->milliseconds = (unsigned)strtoul(optarg, NULL, 10);
			break;
		default:
			usage(c == 'h' ? stdout : stderr);
			exit(c == 'h' ? 0 : 2);
		}
	}
	if (!o->wires[0] || !o->wires[1] || !o->streams || !o->rate || !o->batch || o->batch > BATCH_MAX) {
		usage(stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct load l;

	options_read(argc, argv, &l.o);
	l.run = (uint32_t)clock_ns() | 1;
	l.classes = calloc(CLASSES, sizeof(*l.classes));
	if (!l.classes)
		fail("memory");
	wire_open(&l.wires[0], l.o.wires[0]);
	wire_open(&l.wires[1], l.o.wires[1]);
	streams_read(&l);
	load_run(&l);
	load_report(&l);
	return 0;
}
