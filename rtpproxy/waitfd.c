/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/waitfd.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

static bool reads_packets(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && (domain == AF_XDP || domain == AF_PACKET);
}

unsigned waitfd_find(struct pollfd *out, unsigned max)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;
	unsigned n = 0;

	if (!dir)
		return 0;
	while (n < max && (e = readdir(dir))) {
		char *end;
		const long fd = strtol(e->d_name, &end, 10);

		if (*end == '\0' && end != e->d_name && fd != dirfd(dir) && reads_packets((int)fd))
			out[n++] = (struct pollfd){ .fd = (int)fd, .events = POLLIN };
	}
	closedir(dir);
	return n;
}
