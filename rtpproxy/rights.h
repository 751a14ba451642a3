/* SPDX-License-Identifier: BSD-3-Clause */
/* rights.h: who rtpproxy is once its ports are open: a user of its own, who may only put the interfaces back. */
#ifndef NATSBC_RTPPROXY_RIGHTS_H
#define NATSBC_RTPPROXY_RIGHTS_H

#include <stddef.h>

#include "alg/conf/config.h"

typedef void rights_log_fn(void *ctx, int level, const char *line);

/* May it open interfaces for media? False: most ways of doing so will fail. */
bool rights_suffice(void);

/* While it is root still: sbc's group may send commands to the unix sockets of relay.ng, and captures may be written.
 */
void rights_share(const struct config *c, const char *asked);

/* From here on it is the user of the configuration, or of the command line (asked, NULL: none given). Of capabilities
 * the calling thread keeps CAP_NET_ADMIN, for taking its programs off the interfaces at the end; other threads keep
 * none. 0, or -1 with the reason. */
int rights_drop(const struct config *c, const char *asked, rights_log_fn *log, void *log_ctx, char *why, size_t size);

#endif
