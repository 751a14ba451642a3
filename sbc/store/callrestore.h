/* SPDX-License-Identifier: BSD-3-Clause */
/* callrestore.h: calls of before a restart: dialogs confirmed on both sides again, timers running, media where it was.
 */
#ifndef NATSBC_SBC_CALLRESTORE_H
#define NATSBC_SBC_CALLRESTORE_H

#include "sbc/engine/engine.h"
#include "sbc/store/callrecord.h"

#define CALLRESTORE_END_TABLE(X)                                                                                       \
	X(RESTORED, "restored")                                                                                        \
	X(NO_LISTENER, "of a realm or listener that is no more")                                                       \
	X(NO_TRUNK, "of a trunk that is no more")                                                                      \
	X(BROKEN, "not readable")                                                                                      \
	X(FULL, "too many, or known already")

/* What became of a record. */
enum callrestore_end {
#define X(id, name) CALLRESTORE_##id,
	CALLRESTORE_END_TABLE(X)
#undef X
		CALLRESTORE_END_N
};

/* Puts it back; *out is the call where it is RESTORED. A phone on a connection, which is gone, is reached once it has
 * registered again; a trunk is called anew. */
enum callrestore_end callrestore(struct engine *e, const struct callrecord *r, struct call **out);

/* All that the engine's store kept, and keeps them from now on. What can't be put back is counted, and said in the log.
 * 0, or -1 without memory. */
int callrestore_all(struct engine *e);

/* m is the 2xx to a re-INVITE that was under way when the program went: nobody waits for it here, but its sender waits
 * for an ACK, and would end the call without. True: it has it. */
bool callrestore_acknowledges(struct engine *e, const struct flow *from, const struct sip_msg *m);

#endif
