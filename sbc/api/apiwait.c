/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apiwait.h"

static void on_closed(struct evhttp_connection *connection, void *ctx)
{
	struct apiwait *w = ctx;

	(void)connection;
	apiwait_end(w);
	w->drop(w);
}

void apiwait_begin(struct apiwait **list, struct apiwait *w, struct evhttp_request *req, void (*drop)(struct apiwait *))
{
	w->req = req;
	w->drop = drop;
	w->next = *list;
	if (w->next)
		w->next->link = &w->next;
	w->link = list;
	*list = w;
	evhttp_connection_set_closecb(evhttp_request_get_connection(req), on_closed, w);
}

struct evhttp_request *apiwait_end(struct apiwait *w)
{
	evhttp_connection_set_closecb(evhttp_request_get_connection(w->req), NULL, NULL);
	relaylink_forget(&w->asked);
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	return w->req;
}

void apiwait_drop_all(struct apiwait **list)
{
	while (*list) {
		struct apiwait *w = *list;

		apiwait_end(w);
		w->drop(w);
	}
}
