/* SPDX-License-Identifier: BSD-3-Clause */
/* api.h: the management interface: HTTP and JSON on a unix socket and on loopback. */
#ifndef NATSBC_SBC_API_H
#define NATSBC_SBC_API_H

#include "sbc/loop/loop.h"

struct api;

/* Listens as the configuration says. NULL with the reason in error. Caller closes with api_close(). */
struct api *api_open(struct loop *l, const struct conf_api *conf, char *error, uint32_t error_size);
void api_close(struct api *a);

#endif
