/* SPDX-License-Identifier: BSD-3-Clause */
/* tlscheck.h: can the files of certificates, keys and authorities that a configuration names be used? */
#ifndef NATSBC_SBC_TLSCHECK_H
#define NATSBC_SBC_TLSCHECK_H

#include "alg/conf/config.h"

/* Reads them all, and reports each that can't be used. Credentials ("cred:NAME") are skipped: they are there while the
 * service runs, and for it alone. */
void tlscheck(const struct config *conf, conf_report_fn *report, void *ctx);

#endif
