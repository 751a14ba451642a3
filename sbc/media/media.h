/* SPDX-License-Identifier: BSD-3-Clause */
/* media.h: what a call asks of the media relay: prepare, commit, roll back, forget (NG.md; RFC 3264, RFC 6141). */
#ifndef NATSBC_SBC_MEDIA_H
#define NATSBC_SBC_MEDIA_H

#include "sbc/engine/engine.h"

/* The message carries SDP that must go through the relay, as its body or as a part of it (RFC 5621). */
bool media_has_sdp(const struct sip_msg *m);

/* That, or absent. */
struct span media_sdp(const struct sip_msg *m);

/* The body of m with sdp in place of its own; other parts stay as they are (O9). May be in core.body_text. */
struct span media_body(struct engine *e, const struct sip_msg *m, struct span sdp);

/* There is or may be SDP in its body that we can't anchor. */
bool media_is_foreign(const struct sip_msg *m);

/* Asks the relay about the SDP in m, which came on the leg `from` and goes on to the leg `to`: an offer is prepared, an
 * answer commits the offer of the leg `to`. m is parked; done hears the rewritten SDP. false: not even asked (done is
 * not called). */
bool media_offer(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, relaylink_done_fn *done,
		 void *user);
bool media_answer(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, relaylink_done_fn *done,
		  void *user);

/* An offer that m does not have. */
bool media_offer_own(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, struct span sdp,
		     relaylink_done_fn *done, void *user);

/* An answer that is not as m has it. */
bool media_answer_own(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, struct span sdp,
		      relaylink_done_fn *done, void *user);

/* A relay that has no session for the call any more is given what anchor.h kept, to go on with the same ports: an offer
 * of from's that was taken before, and the answer that is in force. done hears the relay's answer, its user is to,
 * which is shown nothing of it; the call's `reviving` has the question. */
bool media_resume(struct engine *e, struct leg *from, struct leg *to, struct span sdp, relaylink_done_fn *done);
bool media_resume_answer(struct engine *e, struct leg *from, struct leg *to, relaylink_done_fn *done);

/* What from said last is offered once more, to a side that has to be told anew; from hears nothing of what it comes to.
 */
bool media_offer_anew(struct engine *e, struct leg *from, struct leg *to, relaylink_done_fn *done, void *user);
bool media_answer_to_us(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m,
			relaylink_done_fn *done, void *user);

/* The offer was refused: what was in force holds again. */
void media_rollback(struct engine *e, struct leg *offerer);

/* A branch that lost: its side of the session goes, the others stay. There must be another. */
void media_drop(struct engine *e, const struct leg *far);

/* The call is over. */
void media_delete(struct engine *e, struct call *c);

/* For the API. */
enum media_capture { MEDIA_CAPTURE_WHOLE, MEDIA_CAPTURE_HEADERS, MEDIA_CAPTURE_STOP };
bool media_query(struct engine *e, struct call *c, relaylink_done_fn *done, void *user, struct relaylink_wait **list);

/* What arrives for the call's media is written to a file from now on (headers: nothing of what is said), or no longer.
 * false: it has no media, or the relay cannot be asked. */
bool media_capture(struct engine *e, struct call *c, enum media_capture what, relaylink_done_fn *done, void *user,
		   struct relaylink_wait **list);

/* Where the configuration says so, " (in brackets)", for the log; else "". reason: the relay's. */
const char *media_refusal_hint(struct span reason);

/* Why the relay said no, as a status code for the one who asked (and the cause to count). */
uint16_t media_refusal(const struct ng_answer *a, enum count *why);

#endif
