/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/loopback.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const switches[LOOPBACK_SWITCHES] = {
	"/proc/sys/net/ipv4/conf/lo/accept_local",
	"/proc/sys/net/ipv4/conf/lo/route_localnet",
};

static int bytes_write(const char *path, const char *bytes, size_t n)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	int result;

	if (fd < 0)
		return -1;
	result = write(fd, bytes, n) == (ssize_t)n ? 0 : -1;
	close(fd);
	return result;
}

static int bytes_read(const char *path, char *bytes, size_t n)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int result;

	if (fd < 0)
		return -1;
	result = read(fd, bytes, n) == (ssize_t)n ? 0 : -1;
	close(fd);
	return result;
}

/* What the switches were is kept in a file until they are put back: the next run does it where this one is killed.
 * There is one for each network namespace, as there is one lo. */
static void note_path(char out[64])
{
	struct stat ns = { 0 };

	(void)stat("/proc/self/ns/net", &ns);
	(void)mkdir("/run/natsbc", 0755);
	snprintf(out, 64, "/run/natsbc/lo.%lu", (unsigned long)ns.st_ino);
}

static bool is_switch(char c)
{
	return c >= '0' && c <= '9';
}

/* As they are now, or as they were before a run that was killed. */
static int before_read(struct loopback *l, const char *note, const char **error)
{
	if (bytes_read(note, l->before, LOOPBACK_SWITCHES) == 0 && is_switch(l->before[0]) && is_switch(l->before[1]))
		return 0;
	for (int i = 0; i < LOOPBACK_SWITCHES; i++) {
		if (bytes_read(switches[i], &l->before[i], 1) < 0) {
			*error = switches[i];
			return -1;
		}
	}
	return 0;
}

int loopback_open(struct loopback *l, const char **error)
{
	struct loopback fresh = { .note = -1 };
	char note[64];

	*l = fresh;
	note_path(note);
	if (before_read(&fresh, note, error) < 0)
		return -1;
	if (memcmp(fresh.before, "11", LOOPBACK_SWITCHES) == 0)
		return 0;
	fresh.note = open(note, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fresh.note >= 0)
		(void)!write(fresh.note, fresh.before, LOOPBACK_SWITCHES);
	*l = fresh;
	for (int i = 0; i < LOOPBACK_SWITCHES; i++) {
		if (bytes_write(switches[i], "1", 1) < 0) {
			*error = switches[i];
			loopback_close(l);
			return -1;
		}
	}
	return 0;
}

void loopback_close(struct loopback *l)
{
	char note[64];

	if (!l->before[0])
		return;
	for (int i = 0; i < LOOPBACK_SWITCHES; i++)
		(void)bytes_write(switches[i], &l->before[i], 1);
	/* Empty, it says nothing: the folder may be another user's by now. */
	if (l->note >= 0) {
		(void)!ftruncate(l->note, 0);
		close(l->note);
	}
	note_path(note);
	(void)unlink(note);
	*l = (struct loopback){ .note = -1 };
}
