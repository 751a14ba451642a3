/* SPDX-License-Identifier: BSD-3-Clause */
/* command.h: commands as statistics and errors name them. */
#ifndef NATSBC_RTPPROXY_COMMAND_H
#define NATSBC_RTPPROXY_COMMAND_H

#include "alg/ng/ng.h"

/* "offer", "block media"; "other" for what we do not know. */
const char *command_name(enum ng_command command);

#endif
