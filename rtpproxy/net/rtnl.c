/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/net/rtnl.h"

#include <linux/neighbour.h>
#include <sys/time.h>
#include <time.h>

enum { REQUEST_MAX = 256, ANSWER_MAX = 32768, LISTEN_BUFFER = 1 << 20 };

struct request {
	_Alignas(8) char text[REQUEST_MAX];
};

static uint8_t family_of(const struct addr *a)
{
	return a->family == ADDR_V6 ? AF_INET6 : AF_INET;
}

static uint16_t length_of(const struct addr *a)
{
	return a->family == ADDR_V6 ? 16 : 4;
}

/* An address attribute; ADDR_NONE where it has another length. */
static struct addr attr_addr(const struct nlattr *attr)
{
	struct addr a = { 0 };
	const uint16_t n = mnl_attr_get_payload_len(attr);

	if (n != 4 && n != 16)
		return a;
	a.family = n == 4 ? ADDR_V4 : ADDR_V6;
	memcpy(a.ip, mnl_attr_get_payload(attr), n);
	return a;
}

enum { ATTR_MAX = 32 };

/* The attributes of a message by type; those beyond what we read are left out. */
struct attributes {
	const struct nlattr *of[ATTR_MAX];
};

static int attribute_take(const struct nlattr *attr, void *ctx)
{
	struct attributes *all = ctx;
	const uint16_t type = mnl_attr_get_type(attr);

	if (type < ATTR_MAX)
		all->of[type] = attr;
	return MNL_CB_OK;
}

static struct attributes attributes_of(const struct nlmsghdr *h, unsigned header)
{
	struct attributes all = { { NULL } };

	(void)mnl_attr_parse(h, header, attribute_take, &all);
	return all;
}

struct mnl_socket *rtnl_open(void)
{
	const struct timeval patience = { .tv_sec = 1 };
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	const int strict = 1;

	if (!s)
		return NULL;
	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(s);
		return NULL;
	}
	(void)mnl_socket_setsockopt(s, NETLINK_GET_STRICT_CHK, (void *)(uintptr_t)&strict, sizeof(strict));
	(void)setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return s;
}

struct mnl_socket *rtnl_listen(void)
{
	const unsigned groups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE |
				RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	const int room = LISTEN_BUFFER;

	if (!s)
		return NULL;
	(void)setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (mnl_socket_bind(s, groups, MNL_SOCKET_AUTOPID) == 0)
		return s;
	mnl_socket_close(s);
	return NULL;
}

static struct nlmsghdr *request_begin(struct request *r, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(r->text);
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	h->nlmsg_type = type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = (uint32_t)t.tv_nsec | 1; /* so that a late answer to an earlier question is not taken for ours */
	return h;
}

/* Sends and hands each message of the answer to take. 0, or -1 on an error of the kernel's. */
static int request_run(struct mnl_socket *s, const struct nlmsghdr *h, mnl_cb_t take, void *ctx)
{
	_Alignas(8) char answer[ANSWER_MAX];
	const uint32_t seq = h->nlmsg_seq;
	const unsigned id = mnl_socket_get_portid(s);
	ssize_t n;
	int more = 1;

	if (mnl_socket_sendto(s, h, h->nlmsg_len) < 0)
		return -1;
	for (int i = 0; more > 0 && i < 1000; i++) {
		n = mnl_socket_recvfrom(s, answer, sizeof(answer));
		if (n < 0)
			return -1;
		if (((const struct nlmsghdr *)answer)->nlmsg_seq != seq)
			continue;
		more = mnl_cb_run(answer, (size_t)n, seq, id, take, ctx);
	}
	return more < 0 ? -1 : 0;
}

/* --- routes ----------------------------------------------------------------------------------------------- */

static int route_take(const struct nlmsghdr *h, void *ctx)
{
	struct rtnl_route *out = ctx;
	const struct rtmsg *m = mnl_nlmsg_get_payload(h);
	struct attributes a;

	if (h->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (m->rtm_type != RTN_UNICAST && m->rtm_type != RTN_LOCAL)
		return MNL_CB_STOP;
	out->local = m->rtm_type == RTN_LOCAL;
	a = attributes_of(h, sizeof(*m));
	if (a.of[RTA_OIF] && mnl_attr_get_payload_len(a.of[RTA_OIF]) == 4)
		out->ifindex = mnl_attr_get_u32(a.of[RTA_OIF]);
	if (a.of[RTA_GATEWAY])
		out->gateway = attr_addr(a.of[RTA_GATEWAY]);
	return MNL_CB_STOP;
}

int rtnl_route_get(struct mnl_socket *s, const struct addr *from, const struct addr *to, struct rtnl_route *out)
{
	struct rtnl_route found = { 0 };
	struct request r = { { 0 } };
	struct nlmsghdr *h = request_begin(&r, RTM_GETROUTE, 0);
	struct rtmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));

	m->rtm_family = family_of(to);
	m->rtm_dst_len = (uint8_t)(8 * length_of(to));
	mnl_attr_put(h, RTA_DST, length_of(to), to->ip);
	if (from->family == to->family) {
		m->rtm_src_len = m->rtm_dst_len;
		mnl_attr_put(h, RTA_SRC, length_of(from), from->ip);
	}
	if (request_run(s, h, route_take, &found) < 0 || found.ifindex == 0)
		return -1;
	*out = found;
	return 0;
}

/* --- neighbours ------------------------------------------------------------------------------------------- */

int rtnl_neighbour_parse(const struct nlmsghdr *h, struct rtnl_neighbour *out)
{
	const struct ndmsg *m = mnl_nlmsg_get_payload(h);
	struct rtnl_neighbour found = { 0 };
	struct attributes a;

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*m))
		return -1;
	found.ifindex = (unsigned)m->ndm_ifindex;
	found.state = h->nlmsg_type == RTM_DELNEIGH ? NUD_NONE : m->ndm_state;
	a = attributes_of(h, sizeof(*m));
	if (a.of[NDA_DST])
		found.host = attr_addr(a.of[NDA_DST]);
	if (a.of[NDA_LLADDR] && mnl_attr_get_payload_len(a.of[NDA_LLADDR]) == sizeof(found.mac)) {
		found.has_mac = true;
		memcpy(found.mac, mnl_attr_get_payload(a.of[NDA_LLADDR]), sizeof(found.mac));
	}
	if (!addr_is_set(&found.host))
		return -1;
	*out = found;
	return 0;
}

static int neighbour_take(const struct nlmsghdr *h, void *ctx)
{
	if (h->nlmsg_type == RTM_NEWNEIGH)
		(void)rtnl_neighbour_parse(h, ctx);
	return MNL_CB_STOP;
}

int rtnl_neighbour_get(struct mnl_socket *s, unsigned ifindex, const struct addr *host, struct rtnl_neighbour *out)
{
	struct rtnl_neighbour found = { 0 };
	struct request r = { { 0 } };
	struct nlmsghdr *h = request_begin(&r, RTM_GETNEIGH, 0);
	struct ndmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));

	m->ndm_family = family_of(host);
	m->ndm_ifindex = (int)ifindex;
	mnl_attr_put(h, NDA_DST, length_of(host), host->ip);
	if (request_run(s, h, neighbour_take, &found) < 0 || !addr_is_set(&found.host))
		return -1;
	*out = found;
	return 0;
}

static int nothing_take(const struct nlmsghdr *h, void *ctx)
{
	(void)h;
	(void)ctx;
	return MNL_CB_OK;
}

void rtnl_neighbour_use(struct mnl_socket *s, unsigned ifindex, const struct addr *host)
{
	struct request r = { { 0 } };
	struct rtnl_neighbour known;
	struct nlmsghdr *h;
	struct ndmsg *m;

	/* What somebody has set for good would lose that: NTF_USE makes it an entry that ages (Linux since 5.16). */
	if (rtnl_neighbour_get(s, ifindex, host, &known) == 0 && known.state & NUD_PERMANENT)
		return;
	h = request_begin(&r, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_ACK);
	m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
	m->ndm_family = family_of(host);
	m->ndm_ifindex = (int)ifindex;
	m->ndm_state = NUD_NONE;
	m->ndm_flags = NTF_USE;
	mnl_attr_put(h, NDA_DST, length_of(host), host->ip);
	(void)request_run(s, h, nothing_take, NULL);
}

/* --- addresses -------------------------------------------------------------------------------------------- */

struct address_search {
	struct addr wanted;
	unsigned ifindex;
};

static int address_take(const struct nlmsghdr *h, void *ctx)
{
	struct address_search *search = ctx;
	const struct ifaddrmsg *m = mnl_nlmsg_get_payload(h);
	struct addr plain = { 0 }, local = { 0 };
	struct attributes a;

	if (h->nlmsg_type != RTM_NEWADDR)
		return MNL_CB_OK;
	a = attributes_of(h, sizeof(*m));
	if (a.of[IFA_ADDRESS])
		plain = attr_addr(a.of[IFA_ADDRESS]);
	if (a.of[IFA_LOCAL])
		local = attr_addr(a.of[IFA_LOCAL]);
	/* On a point-to-point link IFA_ADDRESS is the other end. */
	if (addr_same_host(addr_is_set(&local) ? &local : &plain, &search->wanted))
		search->ifindex = m->ifa_index;
	return MNL_CB_OK;
}

unsigned rtnl_address_interface(struct mnl_socket *s, const struct addr *a)
{
	struct address_search search = { .wanted = *a };
	struct request r = { { 0 } };
	struct nlmsghdr *h = request_begin(&r, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));

	search.wanted.port = 0;
	m->ifa_family = family_of(a);
	(void)request_run(s, h, address_take, &search);
	return search.ifindex;
}
