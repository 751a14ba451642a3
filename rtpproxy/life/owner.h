/* SPDX-License-Identifier: BSD-3-Clause */
/* owner.h: what a control plane does about its sessions as a whole: finds them again after a restart, says that it is
 * there, leaves them. */
#ifndef NATSBC_RTPPROXY_OWNER_H
#define NATSBC_RTPPROXY_OWNER_H

#include "rtpproxy/session/job.h"

/* `list` with an owner: its sessions, the oldest first, those behind the one that `after` numbers. Where they do not
 * all fit, the answer's `next` is the number to go on with: what is there all the time is told exactly once. */
enum outcome owner_list(struct job *j);

/* `adopt`: without a call-id events about all of the owner's sessions come to who asks; with one that session becomes
 * the owner's, whosever it was. */
enum outcome owner_adopt(struct job *j);

/* `lease`: the owner is there. Who has said so once must go on to: see owner_is_gone(). */
enum outcome owner_lease(struct job *j);

/* `disown`: all its sessions end, and its lease. */
enum outcome owner_disown(struct job *j);

/* A session begins and ends. */
void owner_add(struct relay *r, struct session *s, uint64_t now);
void owner_del(struct relay *r, struct session *s);

/* Once a second: leases that ran out. */
void owner_tick(struct relay *r, uint64_t now);

/* The session's owner has not renewed its lease: media that flows goes on, what is silent ends. */
static inline bool owner_is_gone(const struct session *s)
{
	return s->holder && s->holder->lapsed;
}

#endif
