/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/os/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static uint32_t alive_of(const char *usec, const char *pid)
{
	const uint64_t n = usec ? strtoull(usec, NULL, 10) : 0;

	if (pid && strtol(pid, NULL, 10) != (long)getpid())
		return 0;
	return n / 2000 < UINT32_MAX ? (uint32_t)(n / 2000) : 0;
}

/* Its length as an address, or 0 where it is none. */
static socklen_t name_of(const char *where, struct sockaddr_un *un)
{
	const size_t n = where ? strlen(where) : 0;

	if (n < 2 || n >= sizeof(un->sun_path) || (where[0] != '/' && where[0] != '@'))
		return 0;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, where, n + 1);
	if (where[0] == '@')
		un->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (where[0] == '/'));
}

void notify_open(struct notify *n)
{
	struct sockaddr_un un = { 0 };
	const socklen_t len = name_of(getenv("NOTIFY_SOCKET"), &un);

	*n = (struct notify){ .fd = -1 };
	if (!len)
		return;
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->fd >= 0 && connect(n->fd, (const struct sockaddr *)&un, len) < 0)
		notify_close(n);
	if (n->fd >= 0)
		n->alive_ms = alive_of(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
}

void notify_tell(const struct notify *n, const char *state)
{
	if (n->fd >= 0)
		(void)!send(n->fd, state, strlen(state), MSG_NOSIGNAL);
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}
