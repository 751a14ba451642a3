/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/rights.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alg/os/syscalls.h"
#include "alg/os/user.h"

static const char usual[] = "natsbc-relay", usual_of_sbc[] = "natsbc";

/* NULL: none was asked for. */
static const char *asked_of(const struct config *c, const char *asked)
{
	return asked ? asked : c->relay.user;
}

static void share_sockets(const struct config *c)
{
	static const char *const kinds[] = { "unix:", "unix-stream:" };
	struct user sbc;

	if (user_find(c->user, usual_of_sbc, &sbc) != USER_FOUND)
		return;
	for (unsigned i = 0; i < c->relay.nng; i++)
		for (unsigned k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
			if (strncmp(c->relay.ng[i], kinds[k], strlen(kinds[k])) == 0)
				(void)!lchown(c->relay.ng[i] + strlen(kinds[k]), (uid_t)-1, sbc.gid);
}

bool rights_suffice(void)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) &&
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW);
}

/* Made with all that leads there; one that is there stays whose it is. Nobody else may read what people say. */
static void share_captures(const char *folder, const struct user *u)
{
	char path[4096];
	const size_t n = strlen(folder);

	if (n >= sizeof(path))
		return;
	memcpy(path, folder, n + 1);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) == 0)
			(void)!chmod(path, 0755); /* whatever the umask: only the last one is to be closed */
		*slash = '/';
	}
	if (mkdir(path, 0700) == 0)
		(void)!lchown(path, u->uid, u->gid);
}

void rights_share(const struct config *c, const char *asked)
{
	struct user u;

	if (geteuid() != 0)
		return;
	share_sockets(c);
	/* Who stays root makes it when it is wanted. */
	if (c->relay.capture_dir && user_find(asked_of(c, asked), usual, &u) == USER_FOUND && u.uid)
		share_captures(c->relay.capture_dir, &u);
}

static int become(const struct user *u, char *why, size_t size)
{
	const int groups = u->known ? CAPNG_INIT_SUPP_GRP : CAPNG_DROP_SUPP_GRP;
	int rc;

	capng_clear(CAPNG_SELECT_ALL);
	capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_ADMIN);
	if (geteuid() == 0)
		rc = capng_change_id((int)u->uid, (int)u->gid,
				     (capng_flags_t)(groups | CAPNG_CLEAR_BOUNDING | CAPNG_CLEAR_AMBIENT));
	else
		rc = capng_apply((capng_select_t)(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT));
	if (rc == 0)
		return 0;
	snprintf(why, size, "cannot give up privileges: step %d of libcap-ng: %s", -rc, strerror(errno));
	return -1;
}

/* Keys of calls are in its memory: no core file, no debugger of the same user's. Leak checkers need to look, though. */
static int close_up(char *why, size_t size)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_DUMPABLE, SYSCALLS_IS_CHECKED ? 1 : 0, 0, 0, 0) == 0)
		return 0;
	snprintf(why, size, "cannot give up privileges: %s", strerror(errno));
	return -1;
}

/* Whom root becomes. */
static int choose(const char *asked, rights_log_fn *log, void *log_ctx, struct user *u, char *why, size_t size)
{
	char line[200];

	switch (user_find(asked, usual, u)) {
	case USER_FOUND:
		snprintf(line, sizeof(line), "privileges: user %.64s, CAP_NET_ADMIN", asked ? asked : usual);
		log(log_ctx, 2, line);
		return 0;
	case USER_NO_SUCH:
		snprintf(why, size, "relay.user: there is no user \"%.64s\" on this host", asked);
		return -1;
	case USER_NO_USUAL:
		break;
	}
	snprintf(line, sizeof(line),
		 "privileges: rtpproxy goes on as root with CAP_NET_ADMIN alone, for there is no user \"%s\": "
		 "\"systemd-sysusers\" makes it after \"make install\", or relay.user names another",
		 usual);
	log(log_ctx, 1, line);
	*u = (struct user){ .known = true };
	return 0;
}

int rights_drop(const struct config *c, const char *asked, rights_log_fn *log, void *log_ctx, char *why, size_t size)
{
	struct user u = { 0 };

	if (geteuid() == 0 && choose(asked_of(c, asked), log, log_ctx, &u, why, size))
		return -1;
	return become(&u, why, size) ? -1 : close_up(why, size);
}
