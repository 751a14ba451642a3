/* SPDX-License-Identifier: BSD-3-Clause */
/* combined_channels.c: makes a wire of veths look like a network card to who asks for its queues. As many that receive
 * as send are called combined, as drivers of cards do: DPDK's AF_XDP driver serves no others. The queues themselves are
 * the kernel's, and real. */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

int ioctl(int fd, unsigned long request, ...);

static void combine(struct ethtool_channels *c)
{
	if (c->cmd != ETHTOOL_GCHANNELS || c->max_combined || c->rx_count != c->tx_count)
		return;
	c->max_combined = c->max_rx;
	c->combined_count = c->rx_count;
	c->rx_count = c->tx_count = 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *what;
	long result;

	va_start(list, request);
	what = va_arg(list, void *);
	va_end(list);
	result = syscall(SYS_ioctl, fd, request, what);
	if (result == 0 && request == SIOCETHTOOL)
		combine((void *)((struct ifreq *)what)->ifr_data);
	return (int)result;
}
