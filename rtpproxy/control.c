/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/control.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "rtpproxy/session/handshake.h"
#include "rtpproxy/stream/forward.h"
#include "rtpproxy/stream/play.h"

enum { EVENTS = 8, HEAP_SESSIONS = 1000 };

/* From SOURCE_N on: the numbers of the server. */
enum source { FROM_WORKER, FROM_NET, FROM_TIMER, FROM_PLAY, FROM_SHAKE, FROM_FORWARD, FROM_SIGNAL, SOURCE_N };

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int timer_open(void)
{
	const struct itimerspec second = { .it_interval = { .tv_sec = 1 }, .it_value = { .tv_sec = 1 } };
	const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0)
		(void)timerfd_settime(fd, 0, &second, NULL);
	return fd;
}

/* Runs only while there is something to be done. */
static void stepper_turn(struct control_stepper *s, bool on, long step_ms)
{
	const struct timespec step = { .tv_nsec = step_ms * 1000000L };
	struct itimerspec t = { 0 };

	if (on == s->runs)
		return;
	s->runs = on;
	if (on)
		t = (struct itimerspec){ .it_interval = step, .it_value = step };
	(void)timerfd_settime(s->fd, 0, &t, NULL);
}

static void steppers_turn(struct control *c)
{
	stepper_turn(&c->play, play_is_on(c->relay), DIAL_STEP_MS);
	stepper_turn(&c->shake, handshake_is_on(c->relay), ASSOCIATION_STEP_MS);
	stepper_turn(&c->forward, forward_is_on(c->relay), PLANE_FORWARD_MS);
}

int control_open(struct control *c, struct plane *plane, struct relay *relay, struct server *server)
{
	int fds[SOURCE_N];

	*c = (struct control){ .plane = plane, .relay = relay, .server = server };
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->signals = signals_open();
	c->timer = timer_open();
	notify_open(&c->notify);
	c->play.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	c->shake.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	c->forward.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	fds[FROM_WORKER] = plane_notice_fd(plane);
	fds[FROM_NET] = plane_net_fd(plane);
	fds[FROM_TIMER] = c->timer;
	fds[FROM_PLAY] = c->play.fd;
	fds[FROM_SHAKE] = c->shake.fd;
	fds[FROM_FORWARD] = c->forward.fd;
	fds[FROM_SIGNAL] = c->signals;
	for (uint32_t i = 0; i < SOURCE_N; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };

		if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, fds[i], &e) < 0) {
			control_close(c);
			return -1;
		}
	}
	if (server_watch(server, c->epoll, SOURCE_N) == 0)
		return 0;
	control_close(c);
	return -1;
}

void control_close(struct control *c)
{
	const int fds[] = { c->epoll, c->signals, c->timer, c->play.fd, c->shake.fd, c->forward.fd };
	const int saved = errno;

	for (unsigned i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	notify_close(&c->notify);
	errno = saved;
}

/* After a busy hour the system gets back what it took. Of itself the heap shrinks only where its very end is free. */
static void heap_tick(struct control *c)
{
	const uint32_t n = relay_sessions(c->relay);

	if (n > c->most)
		c->most = n;
	if (c->most < HEAP_SESSIONS || n > c->most / 2)
		return;
	(void)malloc_trim(0);
	c->most = n;
}

/* 0, or the signal that came. */
static int source_handle(struct control *c, uint32_t from, uint64_t now)
{
	struct signalfd_siginfo signal;
	uint64_t expirations;

	if (from >= SOURCE_N) {
		server_run(c->server, from - SOURCE_N, now);
		return 0;
	}
	switch ((enum source)from) {
	case FROM_WORKER:
		relay_notices(c->relay, now);
		break;
	case FROM_NET:
		plane_run(c->plane, now);
		break;
	case FROM_TIMER:
		if (read(c->timer, &expirations, sizeof(expirations)) < 0)
			break;
		plane_tick(c->plane, now);
		relay_tick(c->relay, now);
		server_tick(c->server, now);
		heap_tick(c);
		if (plane_is_alive(c->plane) && c->notify.alive_ms)
			notify_tell(&c->notify, "WATCHDOG=1");
		break;
	case FROM_PLAY:
		if (read(c->play.fd, &expirations, sizeof(expirations)) > 0)
			play_tick(c->relay, now);
		break;
	case FROM_SHAKE:
		if (read(c->shake.fd, &expirations, sizeof(expirations)) > 0)
			handshake_turn(c->relay, now);
		break;
	case FROM_FORWARD:
		if (read(c->forward.fd, &expirations, sizeof(expirations)) > 0)
			plane_forward(c->plane, now);
		break;
	case FROM_SIGNAL:
		if (read(c->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal))
			return (int)signal.ssi_signo;
		break;
	case SOURCE_N:
		break;
	}
	return 0;
}

int control_run(struct control *c)
{
	struct epoll_event e[EVENTS];
	uint64_t now;
	int n, end = 0;

	notify_tell(&c->notify, "READY=1");
	while (end == 0) {
		n = epoll_wait(c->epoll, e, EVENTS, -1);
		if (n < 0 && errno != EINTR)
			return -1;
		now = clock_ms();
		for (int i = 0; i < n && end == 0; i++)
			end = source_handle(c, e[i].data.u32, now);
		steppers_turn(c);
	}
	notify_tell(&c->notify, "STOPPING=1");
	return end;
}
