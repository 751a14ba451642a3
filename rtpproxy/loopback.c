/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/loopback.h"

#include <fcntl.h>
#include <unistd.h>

static const char *const switches[LOOPBACK_SWITCHES] = {
	"/proc/sys/net/ipv4/conf/lo/accept_local",
	"/proc/sys/net/ipv4/conf/lo/route_localnet",
};

static int switch_write(const char *path, char value)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -1;
	result = write(fd, &value, 1) == 1 ? 0 : -1;
	close(fd);
	return result;
}

/* '\0' where it cannot be read. */
static char switch_read(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	char value = '\0';

	if (fd < 0)
		return '\0';
	if (read(fd, &value, 1) != 1)
		value = '\0';
	close(fd);
	return value;
}

int loopback_open(struct loopback *l, const char **error)
{
	char before;

	*l = (struct loopback){ { 0 } };
	for (int i = 0; i < LOOPBACK_SWITCHES; i++) {
		before = switch_read(switches[i]);
		if (before == '1')
			continue;
		if (before == '\0' || switch_write(switches[i], '1') < 0) {
			*error = switches[i];
			loopback_close(l);
			return -1;
		}
		l->before[i] = before;
	}
	return 0;
}

void loopback_close(struct loopback *l)
{
	for (int i = 0; i < LOOPBACK_SWITCHES; i++) {
		if (l->before[i])
			(void)switch_write(switches[i], l->before[i]);
		l->before[i] = '\0';
	}
}
