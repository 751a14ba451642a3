/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/rules.h"

static const char *ip(const struct addr *a)
{
	return a->family == ADDR_V4 ? "ip" : "ip6";
}

static const char *protocol(enum conf_transport t)
{
	return t == CONF_UDP ? "udp" : "tcp";
}

static void host(struct writer *w, const char *what, const struct addr *a)
{
	writer_format(w, "%s %s ", ip(a), what);
	addr_write_host(w, a, false);
}

/* One rule for each network: they may overlap, the elements of a set may not. */
static void sip_chain(struct writer *w, const struct conf_realm *r)
{
	writer_format(w, "\tchain sip_%s {\n\t\tjump bans\n", r->name);
	for (unsigned i = 0; i < r->nnetwork; i++) {
		writer_str(w, "\t\t");
		host(w, "saddr", &r->networks[i].base);
		writer_format(w, "/%u return\n", r->networks[i].bits);
	}
	if (r->nnetwork)
		writer_format(w, "\t\tcounter drop comment \"not of realms.%s.networks\"\n", r->name);
	writer_str(w, "\t}\n");
}

static void input_of_realm(struct writer *w, const struct conf_realm *r)
{
	for (unsigned i = 0; i < r->nlisten; i++) {
		writer_str(w, "\t\t");
		host(w, "daddr", &r->address);
		writer_format(w, " %s dport %u jump sip_%s\n", protocol(r->listen[i].transport), r->listen[i].port,
			      r->name);
	}
	writer_str(w, "\t\t");
	host(w, "daddr", &r->address);
	writer_format(w, " udp dport %u-%u jump media\n", r->media_first, r->media_last);
}

/* Programs on this host reach each other as without us; and where its own packets come in by lo, no stranger does. */
static void input_chain(struct writer *w, const struct config *c)
{
	writer_str(w, "\tchain input {\n\t\ttype filter hook input priority filter - 10; policy accept;\n"
		      "\t\tiif \"lo\" accept\n");
	for (unsigned i = 0; i < c->nrealm; i++)
		if (addr_is_set(&c->realms[i].address))
			input_of_realm(w, &c->realms[i]);
	writer_str(w, "\t}\n");
}

static void forward_chain(struct writer *w, const struct conf_pinholes *p, const struct rules_interfaces *interfaces)
{
	writer_str(w, "\tchain forward {\n\t\ttype filter hook forward priority filter - 10; policy accept;\n");
	for (unsigned i = 0; i < p->nforward; i++)
		writer_format(w, "\t\toifname \"%s\" meta l4proto { tcp, udp } th dport %u-%u jump forwarded\n",
			      interfaces->name[i], p->forward[i].first, p->forward[i].last);
	writer_str(w, "\t}\n");
}

static void closed_chain(struct writer *w, const char *name, const char *why)
{
	writer_format(w, "\tchain %s {\n\t\tjump bans\n\t\tjump holes\n\t\tcounter drop comment \"%s\"\n\t}\n", name,
		      why);
}

void rules_write(struct writer *w, const struct config *c, const struct rules_interfaces *interfaces)
{
	/* The first line makes sure that there is one to delete. */
	writer_str(w, "add table inet natsbc\ndelete table inet natsbc\ntable inet natsbc {\n"
		      "\tcomment \"made by sbc-firewall, anew at each start\"\n"
		      "\tchain bans {\n\t}\n\tchain holes {\n\t}\n");
	closed_chain(w, "media", "a media port without a pinhole");
	for (unsigned i = 0; i < c->nrealm; i++)
		sip_chain(w, &c->realms[i]);
	input_chain(w, c);
	if (c->pinholes.nforward) {
		closed_chain(w, "forwarded", "a port of pinholes.forward without a pinhole");
		forward_chain(w, &c->pinholes, interfaces);
	}
	writer_str(w, "}\n");
}
