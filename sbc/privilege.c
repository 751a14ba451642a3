/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alg/os/syscalls.h"
#include "alg/os/user.h"

static const char usual[] = "natsbc", usual_folder[] = "/var/lib/natsbc";

/* ----- what it goes on writing ----- */

/* Only what is a file by this one name: a link would lead root to somebody else's. */
static void give_file(const char *path, const char *ending, const struct user *u)
{
	char name[4096];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "%s%s", path, ending);
	fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid != u->uid)
		(void)!fchown(fd, u->uid, u->gid);
	close(fd);
}

/* The folder that the store's file is in is made where it is missing; of those that are there only the usual one, which
 * is nobody else's, changes hands. */
static void give_folder(const char *path, const struct user *u)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];

	if (!slash || slash == path || (size_t)(slash - path) >= sizeof(folder))
		return;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	if (mkdir(folder, 0755) && strcmp(folder, usual_folder) != 0)
		return;
	(void)!lchown(folder, u->uid, u->gid);
	(void)!chmod(folder, 0755); /* the relay's captures are below it */
}

static void give_store(const char *path, const struct user *u)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };

	give_folder(path, u);
	for (unsigned i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		give_file(path, endings[i], u);
}

static void give(const struct config *conf, const struct user *u)
{
	if (conf->api.socket)
		(void)!lchown(conf->api.socket, u->uid, u->gid);
	if (conf->store.local)
		give_store(conf->store.local, u);
}

/* ----- what it will miss ----- */

static void warn_file(const char *path, const struct user *u, const struct log *log)
{
	/* Credentials of the service manager, and variables, are the service manager's affair. */
	if (!path || strncmp(path, "cred:", 5) == 0 || strncmp(path, "env:", 4) == 0)
		return;
	if (strncmp(path, "file:", 5) == 0)
		path += 5;
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS))
		log_warn(log,
			 "privileges: user %s can't read %s (%s): what changes in it is seen at the next start, not at "
			 "SIGHUP; \"chown %s\" makes it readable",
			 u->name, path, strerror(errno), u->name);
}

static void warn_realm(const struct conf_realm *realm, const struct user *u, const struct log *log)
{
	warn_file(realm->tls.cert, u, log);
	warn_file(realm->tls.key, u, log);
	warn_file(realm->tls.ca, u, log);
	for (unsigned i = 0; i < realm->tls.nmore; i++) {
		warn_file(realm->tls.more[i].cert, u, log);
		warn_file(realm->tls.more[i].key, u, log);
	}
}

/* A folder that is not its own would cost it what it keeps beside the file. */
static void warn_store(const char *path, const struct user *u, const struct log *log)
{
	const char *slash = strrchr(path, '/');
	char folder[4096] = ".";

	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	if (faccessat(AT_FDCWD, folder, R_OK | W_OK | X_OK, AT_EACCESS))
		log_warn(log,
			 "privileges: user %s can't write in %s (%s): store.local needs a folder of its own, such as "
			 "/var/lib/natsbc; registrations and calls will not outlive a restart",
			 u->name, folder, strerror(errno));
}

static void warn(const struct config *conf, const struct user *u, const struct log *log)
{
	for (unsigned i = 0; i < conf->nrealm; i++)
		warn_realm(&conf->realms[i], u, log);
	for (unsigned i = 0; i < conf->ntrunk; i++)
		warn_file(conf->trunks[i].auth.password, u, log);
	if (conf->store.local)
		warn_store(conf->store.local, u, log);
}

/* ----- giving it away ----- */

static int become(const struct user *u, char why[PRIVILEGE_WHY_MAX])
{
	const int groups = u->known ? CAPNG_INIT_SUPP_GRP : CAPNG_DROP_SUPP_GRP;
	int rc;

	capng_clear(CAPNG_SELECT_ALL);
	rc = capng_change_id((int)u->uid, (int)u->gid,
			     (capng_flags_t)(groups | CAPNG_CLEAR_BOUNDING | CAPNG_CLEAR_AMBIENT));
	if (rc) {
		snprintf(why, PRIVILEGE_WHY_MAX, "cannot become user %s: step %d of libcap-ng's capng_change_id: %s",
			 u->name, -rc, strerror(errno));
		return -1;
	}
	/* Believed when seen. */
	if (getuid() != u->uid || geteuid() != u->uid || (u->uid && setuid(0) == 0)) {
		snprintf(why, PRIVILEGE_WHY_MAX, "became user %s, and still has root's rights", u->name);
		return -1;
	}
	return 0;
}

/* No core file and no debugger of the same user's shows passwords and keys. Leak checkers need to look, though. */
static int close_up(char why[PRIVILEGE_WHY_MAX])
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_DUMPABLE, SYSCALLS_IS_CHECKED ? 1 : 0, 0, 0, 0) == 0)
		return 0;
	snprintf(why, PRIVILEGE_WHY_MAX, "cannot give up privileges: %s", strerror(errno));
	return -1;
}

/* Started by somebody else than root: what the service manager lent for opening the sockets goes. */
static int drop_lent(char why[PRIVILEGE_WHY_MAX])
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply((capng_select_t)(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT)) == 0)
		return 0;
	snprintf(why, PRIVILEGE_WHY_MAX, "cannot drop capabilities: %s", strerror(errno));
	return -1;
}

static int drop_root(const struct config *conf, const char *asked, const struct log *log, char why[PRIVILEGE_WHY_MAX])
{
	struct user u;

	switch (user_find(asked, usual, &u)) {
	case USER_FOUND:
		break;
	case USER_NO_SUCH:
		snprintf(why, PRIVILEGE_WHY_MAX, "node.user: there is no user \"%s\" on this host", asked);
		return -1;
	case USER_NO_USUAL:
		u = (struct user){ .known = true, .name = "root" };
		log_warn(log,
			 "privileges: sbc goes on as root without its capabilities, for there is no user \"%s\": "
			 "\"systemd-sysusers\" makes it "
			 "after \"make install\", or node.user in the configuration names another",
			 usual);
	}
	give(conf, &u);
	if (become(&u, why))
		return -1;
	warn(conf, &u, log);
	if (u.uid)
		log_info(log, "privileges: user %s, no capabilities", u.name);
	return 0;
}

int privilege_drop(const struct config *conf, const char *asked, const struct log *log, char why[PRIVILEGE_WHY_MAX])
{
	int rc;

	if (geteuid() == 0)
		rc = drop_root(conf, asked ? asked : conf->user, log, why);
	else
		rc = drop_lent(why);
	return rc ? rc : close_up(why);
}
