/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "alg/os/notify.h"

/* A service manager that listens at name; "@" in front: abstract. */
static int listen_at(const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(un.sun_path, name, strlen(name) + 1);
	if (name[0] == '@')
		un.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&un,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (name[0] == '/'))),
			 0);
	return fd;
}

static void told(const char *name)
{
	char got[64] = "";
	const int fd = listen_at(name);
	struct notify n;

	setenv("NOTIFY_SOCKET", name, 1);
	notify_open(&n);
	assert_true(n.fd >= 0);
	notify_tell(&n, "READY=1");
	assert_int_equal(recv(fd, got, sizeof(got), 0), 7);
	assert_string_equal(got, "READY=1");
	notify_close(&n);
	notify_tell(&n, "STOPPING=1");
	assert_int_equal(recv(fd, got, sizeof(got), 0), -1);
	close(fd);
}

static void by_path(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "/tmp/notify-test-%d", (int)getpid());
	told(name);
	unlink(name);
}

static void by_abstract_name(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@notify-test-%d", (int)getpid());
	told(name);
}

static void nobody_wants_to_know(void **state)
{
	static const char *const where[] = { NULL, "", "/", "@", "relative", "/nonexistent/notify" };
	struct notify n;

	(void)state;
	for (unsigned i = 0; i < sizeof(where) / sizeof(*where); i++) {
		if (where[i])
			setenv("NOTIFY_SOCKET", where[i], 1);
		else
			unsetenv("NOTIFY_SOCKET");
		notify_open(&n);
		assert_int_equal(n.fd, -1);
		notify_tell(&n, "READY=1");
	}
}

static void how_often(void **state)
{
	static const struct {
		const char *usec, *pid;
		uint32_t ms;
	} cases[] = {
		{ "10000000", NULL, 5000 }, { "10000000", "1", 0 }, { "0", NULL, 0 },
		{ "nonsense", NULL, 0 },    { NULL, NULL, 0 },
	};
	char name[64];
	struct notify n;
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@notify-test-%d", (int)getpid());
	fd = listen_at(name);
	setenv("NOTIFY_SOCKET", name, 1);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsetenv("WATCHDOG_USEC");
		unsetenv("WATCHDOG_PID");
		if (cases[i].usec)
			setenv("WATCHDOG_USEC", cases[i].usec, 1);
		if (cases[i].pid)
			setenv("WATCHDOG_PID", cases[i].pid, 1);
		notify_open(&n);
		assert_int_equal(n.alive_ms, cases[i].ms);
		notify_close(&n);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_path),
		cmocka_unit_test(by_abstract_name),
		cmocka_unit_test(nobody_wants_to_know),
		cmocka_unit_test(how_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
