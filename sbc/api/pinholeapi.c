/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/pinholeapi.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "sbc/api/apiparam.h"
#include "sbc/api/apireply.h"
#include "sbc/api/pinholelist.h"

/* What is advertised stands for what is bound. */
static bool is_of_realm(const struct config *conf, struct addr *a)
{
	for (unsigned i = 0; i < conf->nrealm; i++) {
		uint16_t port = a->port;

		if (!addr_same_host(a, &conf->realms[i].address) && !addr_same_host(a, &conf->realms[i].public))
			continue;
		*a = conf->realms[i].address;
		a->port = port;
		return true;
	}
	return false;
}

static bool read_hole(const struct engine *e, struct evhttp_request *req, struct firewall_hole *h)
{
	static const char *const directions[] = { "in", "forward" }, *const protocols[] = { "udp", "tcp" };
	int direction = apiparam_word(req, "direction", directions);
	int protocol = direction < 0 ? -1 : apiparam_word(req, "protocol", protocols);

	if (protocol < 0 || !apiparam_address(req, "ours", true, &h->ours) ||
	    !apiparam_address(req, "peer", false, &h->peer) ||
	    !apiparam_seconds(req, "for", FIREWALL_SECONDS_MAX, &h->lifetime_s))
		return false;
	h->direction = (enum firewall_direction)direction;
	h->protocol = protocol ? IPPROTO_TCP : IPPROTO_UDP;
	h->owner = SPAN(PINHOLES_BY_HAND);
	if (direction == FIREWALL_IN && !is_of_realm(e->core.conf, &h->ours)) {
		apireply_problem(req, HTTP_BADREQUEST, "Not ours",
				 "ours is of no realm (GET /api/v1/realms lists them). For a host behind this one: "
				 "direction=forward.");
		return false;
	}
	if (addr_is_set(&h->peer) && h->peer.family != h->ours.family) {
		apireply_problem(req, HTTP_BADREQUEST, "Bad address", "peer and ours are not of one family.");
		return false;
	}
	return true;
}

void pinholeapi_open(struct engine *e, struct evhttp_request *req)
{
	struct firewall_hole with = { 0 };
	struct pinhole *h;
	json_t *j;

	if (!read_hole(e, req, &with))
		return;
	if (e->firewall.state == FIREWALLLINK_OFF) {
		apireply_problem(req, APIREPLY_CONFLICT, "No firewall",
				 "pinholes.nftables is off: nothing is closed there, and nothing can be opened.");
		return;
	}
	h = pinholes_open(&e->pinholes, &with);
	if (!h) {
		apireply_problem(req, HTTP_SERVUNAVAIL, "Too many pinholes", "No more can be open at once.");
		return;
	}
	j = pinholelist_row(e, &h->hole, pinhole_state_name(h->state));
	json_object_set_new(j, "expires_s", json_integer(with.lifetime_s));
	if (e->firewall.state != FIREWALLLINK_UP)
		json_object_set_new(j, "warning", json_string("sbc-firewall is not there: it opens when that comes."));
	apireply_ok(req, j);
}

void pinholeapi_close(struct engine *e, struct evhttp_request *req, struct span id)
{
	char text[24] = "", *end;
	struct pinhole *h = NULL;

	if (span_starts(id, SPAN("flow-"))) {
		apireply_problem(req, APIREPLY_CONFLICT, "Not by hand",
				 "A port of the relay closes with its call: DELETE /api/v1/calls/{id} ends that.");
		return;
	}
	if (id.n < sizeof(text)) {
		memcpy(text, id.p, id.n);
		h = pinholes_find(&e->pinholes, strtoull(text, &end, 16));
		h = *end ? NULL : h;
	}
	if (!h) {
		apireply_problem(req, HTTP_NOTFOUND, "No such pinhole", "GET /api/v1/pinholes lists them.");
		return;
	}
	if (!span_eq(h->hole.owner, SPAN(PINHOLES_BY_HAND))) {
		apireply_problem(req, APIREPLY_CONFLICT, "Not by hand",
				 "It is of a call, and closes with it: DELETE /api/v1/calls/{id} ends that.");
		return;
	}
	pinholes_close(h);
	apireply_ok(req, json_pack("{s:s#, s:s}", "id", id.p, (int)id.n, "state", "closing"));
}
