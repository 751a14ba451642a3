/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/waitfd.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool reads_packets(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && (domain == AF_XDP || domain == AF_PACKET);
}

static int rising(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void waitfd_find(struct waitfd *w)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;

	w->n = 0;
	if (!dir)
		return;
	while (w->n < WAITFD_MAX && (e = readdir(dir))) {
		char *end;
		const long fd = strtol(e->d_name, &end, 10);

		if (*end == '\0' && end != e->d_name && fd != dirfd(dir) && reads_packets((int)fd))
			w->fd[w->n++] = (int)fd;
	}
	closedir(dir);
	qsort(w->fd, w->n, sizeof(w->fd[0]), rising);
}

bool waitfd_opened(const struct waitfd *before, int *out, unsigned n)
{
	struct waitfd now, fresh = { .n = 0 };

	waitfd_find(&now);
	for (unsigned i = 0; i < now.n; i++)
		if (!bsearch(&now.fd[i], before->fd, before->n, sizeof(int), rising))
			fresh.fd[fresh.n++] = now.fd[i];
	if (fresh.n != n)
		return false;
	memcpy(out, fresh.fd, n * sizeof(int));
	return true;
}
