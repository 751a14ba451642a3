/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/xdpfeatures.h"

#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* Of the kernel's linux/netdev.h, which Debian's headers do not have yet. */
enum {
	NETDEV_DEV_GET = 1,
	NETDEV_DEV_IFINDEX = 1,
	NETDEV_DEV_XDP_FEATURES = 3,
	NETDEV_XDP_NDO_XMIT = 1 << 2,
};

enum { REQUEST_MAX = 256, ANSWER_MAX = 8192 };

struct answer {
	uint16_t wanted; /* attribute */
	bool found;
	uint64_t value;
};

static int attribute_take(const struct nlattr *attr, void *ctx)
{
	struct answer *a = ctx;
	const uint16_t n = mnl_attr_get_payload_len(attr);

	if (mnl_attr_get_type(attr) != a->wanted || n > sizeof(a->value))
		return MNL_CB_OK;
	a->value = 0;
	memcpy(&a->value, mnl_attr_get_payload(attr), n); /* of two bytes and of eight, on machines as we know them */
	a->found = true;
	return MNL_CB_OK;
}

static int message_take(const struct nlmsghdr *h, void *ctx)
{
	return mnl_attr_parse(h, sizeof(struct genlmsghdr), attribute_take, ctx);
}

static struct nlmsghdr *request_begin(char *text, uint16_t family, uint8_t command)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(text);
	struct genlmsghdr *g;

	h->nlmsg_type = family;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	h->nlmsg_seq = 1;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->cmd = command;
	g->version = 1;
	return h;
}

static void request_run(const struct xdpfeatures_ask *a, const struct nlmsghdr *h, struct answer *out)
{
	_Alignas(8) char text[ANSWER_MAX];
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(a->socket, h, h->nlmsg_len) < 0)
		return;
	while (more == MNL_CB_OK) {
		const ssize_t n = mnl_socket_recvfrom(a->socket, text, sizeof(text));

		more = n < 0 ? MNL_CB_ERROR
			     : mnl_cb_run(text, (size_t)n, h->nlmsg_seq, mnl_socket_get_portid(a->socket), message_take,
					  out);
	}
}

/* The number of the family "netdev"; 0: this kernel has none. */
static uint16_t family_find(const struct xdpfeatures_ask *a)
{
	_Alignas(8) char text[REQUEST_MAX];
	struct nlmsghdr *h = request_begin(text, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	struct answer answer = { .wanted = CTRL_ATTR_FAMILY_ID };

	mnl_attr_put_strz(h, CTRL_ATTR_FAMILY_NAME, "netdev");
	request_run(a, h, &answer);
	return (uint16_t)answer.value;
}

void xdpfeatures_open(struct xdpfeatures_ask *a)
{
	const struct timeval patience = { .tv_sec = 1 };

	*a = (struct xdpfeatures_ask){ .socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC) };
	if (!a->socket)
		return;
	(void)setsockopt(mnl_socket_get_fd(a->socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (mnl_socket_bind(a->socket, 0, MNL_SOCKET_AUTOPID) == 0)
		a->family = family_find(a);
	if (a->family == 0)
		xdpfeatures_close(a);
}

void xdpfeatures_close(struct xdpfeatures_ask *a)
{
	if (a->socket)
		mnl_socket_close(a->socket);
	*a = (struct xdpfeatures_ask){ .socket = NULL };
}

enum xdpfeatures xdpfeatures_of(const struct xdpfeatures_ask *a, unsigned ifindex)
{
	_Alignas(8) char text[REQUEST_MAX];
	struct answer answer = { .wanted = NETDEV_DEV_XDP_FEATURES };
	struct nlmsghdr *h;

	if (!a->socket)
		return XDPFEATURES_UNTOLD;
	h = request_begin(text, a->family, NETDEV_DEV_GET);
	mnl_attr_put_u32(h, NETDEV_DEV_IFINDEX, ifindex);
	request_run(a, h, &answer);
	if (!answer.found)
		return XDPFEATURES_UNTOLD;
	return answer.value & NETDEV_XDP_NDO_XMIT ? XDPFEATURES_SENDS : XDPFEATURES_DROPS;
}
