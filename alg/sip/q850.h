/* SPDX-License-Identifier: BSD-3-Clause */
/* q850.h: what the cause of a telephone network (ITU-T Q.850) is in SIP (RFC 3398 7.2.4.1). */
#ifndef NATSBC_SIP_Q850_H
#define NATSBC_SIP_Q850_H

#include "alg/sip/msg.h"

/* The status that says the same; 0: none does. */
uint16_t q850_status(unsigned cause);

/* That of the cause in a Reason of m (RFC 3326); 0: it has none. */
uint16_t q850_status_of(const struct sip_msg *m);

#endif
