/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop runs in a thread, commanded over its socket; what it has is looked at once it has ended. */
#include "tests/unit/rtpproxy/rig.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "rtpproxy/control.h"

enum { PATIENCE_MS = 30000 };

/* In the place of plane.c: descriptors, and what was called. */
struct plane {
	int notice, net;
	unsigned runs, ticks, notices, forwards; /* atomic */
	bool hangs;
};

int plane_notice_fd(const struct plane *p)
{
	return p->notice;
}

int plane_net_fd(const struct plane *p)
{
	return p->net;
}

static void answered(int fd, unsigned *count)
{
	eventfd_t n;

	assert_int_equal(eventfd_read(fd, &n), 0);
	__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

void plane_run(struct plane *p, uint64_t now)
{
	assert_true(now > 0);
	answered(p->net, &p->runs);
}

void plane_tick(struct plane *p, uint64_t now)
{
	assert_true(now > 0);
	__atomic_fetch_add(&p->ticks, 1, __ATOMIC_RELAXED);
}

void plane_forward(struct plane *p, uint64_t now)
{
	assert_true(now > 0);
	__atomic_fetch_add(&p->forwards, 1, __ATOMIC_RELAXED);
}

bool plane_is_alive(struct plane *p)
{
	return !p->hangs;
}

static unsigned no_events(void *ctx, struct datapath_event *out, unsigned max)
{
	struct plane *p = ctx;

	(void)out;
	(void)max;
	if (poll(&(struct pollfd){ .fd = p->notice, .events = POLLIN }, 1, 0) == 1)
		answered(p->notice, &p->notices);
	return 0;
}

struct bench {
	struct rig *g;
	struct plane plane;
	struct server *server;
	struct control control;
	pthread_t thread;
	char dir[32], ng[64], path[48], manager[48];
	int client, notified;
};

static int socket_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

static void signals_block(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
}

static int begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	char error[256];

	signals_block();
	snprintf(b->dir, sizeof(b->dir), "/tmp/natsbc-control-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/ng", b->dir);
	snprintf(b->ng, sizeof(b->ng), "unix:%s", b->path);
	snprintf(b->manager, sizeof(b->manager), "%s/manager", b->dir);
	b->client = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(b->client, &(struct sockaddr){ .sa_family = AF_UNIX }, sizeof(sa_family_t)), 0);
	b->notified = socket_at(b->manager);
	setenv("NOTIFY_SOCKET", b->manager, 1);
	setenv("WATCHDOG_USEC", "2000000", 1);
	unsetenv("WATCHDOG_PID");
	rig_setup((void **)&b->g);
	b->g->conf.relay.ng[0] = b->ng;
	b->g->conf.relay.nng = 1;
	b->server = server_open(&b->g->conf, &b->g->relay, error, sizeof(error));
	if (!b->server)
		fail_msg("%s", error);
	b->plane = (struct plane){ .notice = eventfd(0, EFD_NONBLOCK), .net = eventfd(0, EFD_NONBLOCK) };
	assert_int_equal(control_open(&b->control, &b->plane, &b->g->relay, b->server), 0);
	*state = b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	control_close(&b->control);
	server_close(b->server);
	rig_free(b->g);
	close(b->plane.notice);
	close(b->plane.net);
	close(b->client);
	close(b->notified);
	unlink(b->manager);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static void *run(void *control)
{
	return (void *)(intptr_t)control_run(control);
}

static void run_begin(struct bench *b)
{
	assert_int_equal(pthread_create(&b->thread, NULL, run, &b->control), 0);
}

/* The signal that control_run() says. */
static int run_end(struct bench *b, int signal)
{
	void *said;

	assert_int_equal(kill(getpid(), signal), 0);
	assert_int_equal(pthread_join(b->thread, &said), 0);
	return (int)(intptr_t)said;
}

static const char *heard(int fd, char text[256])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	n = recv(fd, text, 255, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void ask(struct bench *b, const char *text, const char *answer)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char said[256];

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", b->path);
	assert_int_equal(sendto(b->client, text, strlen(text), 0, (const struct sockaddr *)&name, sizeof(name)),
			 strlen(text));
	assert_string_equal(heard(b->client, said), answer);
}

static void wait_until(const unsigned *count, unsigned n)
{
	for (unsigned i = 0; __atomic_load_n(count, __ATOMIC_RELAXED) < n; i++) {
		assert_true(i < PATIENCE_MS);
		poll(NULL, 0, 1);
	}
}

static void it_runs_until_a_signal(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct bench *b = *state;

	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		run_begin(b);
		ask(b, "1 d7:command4:pinge", "1 d6:result4:ponge");
		assert_int_equal(run_end(b, signals[i]), signals[i]);
	}
}

static void who_has_news_is_asked(void **state)
{
	struct bench *b = *state;

	b->g->relay.path.events = no_events;
	b->g->relay.path.mail = NULL;
	b->g->relay.path.ctx = &b->plane;
	run_begin(b);
	eventfd_write(b->plane.net, 1);
	wait_until(&b->plane.runs, 1);
	eventfd_write(b->plane.notice, 1);
	wait_until(&b->plane.notices, 1);
	eventfd_write(b->plane.net, 1);
	wait_until(&b->plane.runs, 2);
	run_end(b, SIGTERM);
	assert_int_equal(b->plane.notices, 1);
	b->g->relay.path.ctx = b->g;
}

/* Once a second, and the service manager hears that it is so. */
static void time_passes(void **state)
{
	struct bench *b = *state;
	char text[256];

	run_begin(b);
	assert_string_equal(heard(b->notified, text), "READY=1");
	assert_string_equal(heard(b->notified, text), "WATCHDOG=1");
	wait_until(&b->plane.ticks, 1);
	run_end(b, SIGTERM);
	do
		heard(b->notified, text);
	while (strcmp(text, "WATCHDOG=1") == 0);
	assert_string_equal(text, "STOPPING=1");
}

static bool timer_runs(int fd)
{
	struct itimerspec t;

	assert_int_equal(timerfd_gettime(fd, &t), 0);
	return t.it_value.tv_sec || t.it_value.tv_nsec;
}

/* Then the service manager is to end it. */
static void a_worker_that_hangs(void **state)
{
	struct bench *b = *state;
	char text[256];

	b->plane.hangs = true;
	run_begin(b);
	assert_string_equal(heard(b->notified, text), "READY=1");
	wait_until(&b->plane.ticks, 1);
	run_end(b, SIGTERM);
	assert_string_equal(heard(b->notified, text), "STOPPING=1");
}

static void wait_until_it_rests(const struct control_stepper *s)
{
	for (unsigned i = 0; __atomic_load_n(&s->runs, __ATOMIC_RELAXED); i++) {
		assert_true(i < PATIENCE_MS);
		poll(NULL, 0, 1);
	}
}

/* What is forwarded is handed on while some call is, and no longer. */
static void forwarding_has_a_timer(void **state)
{
	struct bench *b = *state;

	b->g->conf.relay.forward_to = "unix:/run/receiver";
	rig_call(b->g, "c");
	run_begin(b);
	ask(b, "1 d7:command4:pinge", "1 d6:result4:ponge");
	assert_int_equal(__atomic_load_n(&b->plane.forwards, __ATOMIC_RELAXED), 0);
	ask(b, "2 d7:command16:start forwarding7:call-id1:ce", "2 d6:result2:oke");
	wait_until(&b->plane.forwards, 3);
	ask(b, "3 d7:command15:stop forwarding7:call-id1:ce", "3 d6:result2:oke");
	wait_until_it_rests(&b->control.forward);
	run_end(b, SIGTERM);
	assert_false(timer_runs(b->control.forward.fd));
}

/* The timer of digits runs while somebody dials, and no longer. */
static void digits_have_a_timer(void **state)
{
	struct bench *b = *state;
	const unsigned *dials;

	rig_offer(b->g, "c", rig_sdp(b->g, "198.51.100.7", RIG_AUDIO("4000")));
	rig_answer(b->g, "c",
		   rig_sdp(b->g, "10.0.0.50", "m=audio 6000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n"));
	assert_ok(b->g);
	dials = &b->g->ports[RIG_OUT][rig_port_of(b->g, 0)].dials;
	run_begin(b);
	ask(b, "1 d7:command4:pinge", "1 d6:result4:ponge");
	assert_int_equal(__atomic_load_n(dials, __ATOMIC_RELAXED), 0);
	ask(b, "2 d7:command9:play DTMF7:call-id1:c8:from-tag1:A4:code1:5e", "2 d6:result2:oke");
	wait_until(dials, 4);
	assert_int_equal(run_end(b, SIGTERM), SIGTERM);
	assert_true(timer_runs(b->control.play.fd));
	/* Whom it was dialled for is gone: it finds out, and the timer stops. */
	rig_delete(b->g, "c");
	run_begin(b);
	wait_until_it_rests(&b->control.play);
	run_end(b, SIGTERM);
	assert_false(timer_runs(b->control.play.fd));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_runs_until_a_signal, begin, end),
		cmocka_unit_test_setup_teardown(who_has_news_is_asked, begin, end),
		cmocka_unit_test_setup_teardown(time_passes, begin, end),
		cmocka_unit_test_setup_teardown(a_worker_that_hangs, begin, end),
		cmocka_unit_test_setup_teardown(digits_have_a_timer, begin, end),
		cmocka_unit_test_setup_teardown(forwarding_has_a_timer, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
