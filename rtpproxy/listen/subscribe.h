/* SPDX-License-Identifier: BSD-3-Clause */
/* subscribe.h: somebody listens to sides of a call (listener.h): we make the offer, he answers. */
#ifndef NATSBC_RTPPROXY_SUBSCRIBE_H
#define NATSBC_RTPPROXY_SUBSCRIBE_H

#include "rtpproxy/session/job.h"

/* `subscribe request`: an offer of ours, one m-line for each of the sources' that has media; nothing that is in force
 * changes. With the to-tag of a listener it is offered anew, on the same ports. */
enum outcome subscribe_request(struct job *j);

/* `subscribe answer`: the listener's description is in force, and what the sources send is copied to it. */
enum outcome subscribe_answer(struct job *j);

/* `unsubscribe`: it hears nothing more, its ports come back. */
enum outcome subscribe_end(struct job *j);

#endif
