/* SPDX-License-Identifier: BSD-3-Clause */
/* apiwait.h: a request to the management interface that waits for somebody's word. */
#ifndef NATSBC_SBC_APIWAIT_H
#define NATSBC_SBC_APIWAIT_H

#include <event2/http.h>

#include "sbc/media/relaylink.h"

/* The first member of what its handler allocates. */
struct apiwait {
	struct apiwait *next, **link;
	struct evhttp_request *req;
	struct relaylink_wait *asked; /* questions to the relay that it waits for */
	void (*drop)(struct apiwait *w);
};

/* On the list until apiwait_end. Where the client or the server goes away before, drop has to free w. */
void apiwait_begin(struct apiwait **list, struct apiwait *w, struct evhttp_request *req,
		   void (*drop)(struct apiwait *));

/* No answer will be heard of any more; the request is the caller's to be answered, and w to be freed. */
struct evhttp_request *apiwait_end(struct apiwait *w);

/* The server goes away. */
void apiwait_drop_all(struct apiwait **list);

#endif
