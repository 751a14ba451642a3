/* SPDX-License-Identifier: BSD-3-Clause */
/* sipfrag.h: message/sipfrag bodies (RFC 3420) as NOTIFY carries them after a REFER (RFC 3515 2.4.5): the status line.
 */
#ifndef NATSBC_SIP_SIPFRAG_H
#define NATSBC_SIP_SIPFRAG_H

#include "alg/base/writer.h"

#define SIPFRAG_TYPE "message/sipfrag;version=2.0" /* its Content-Type */

/* The status of the line that a body begins with, 100 to 699. 0 or -1 where it does not begin with one. */
int sipfrag_status(struct span body, uint16_t *out);

/* "SIP/2.0 180 Ringing" and CRLF. reason absent: the standard phrase. */
void sipfrag_write(struct writer *w, uint16_t status, struct span reason);

#endif
