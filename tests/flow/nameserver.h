/* SPDX-License-Identifier: BSD-3-Clause */
/* nameserver.h: what names stand for in a script. */
#ifndef NATSBC_TESTS_FLOW_NAMESERVER_H
#define NATSBC_TESTS_FLOW_NAMESERVER_H

#include "sbc/engine/engine.h"

enum { NAMESERVER_RECORDS = 16, NAMESERVER_ASKED = 64, NAMESERVER_TEXT = 256 };

struct nameserver {
	bool silent;                                      /* nobody answers */
	char record[NAMESERVER_RECORDS][NAMESERVER_TEXT]; /* "OWNER TTL TYPE DATA" */
	unsigned nrecord;
	struct nameserver_question {
		char name[DNS_NAME_MAX];
		uint16_t type;
		uint32_t id;
	} asked[NAMESERVER_ASKED]; /* and not answered yet */
	unsigned nasked;
};

/* 0, or -1: too many, or too long. Data as in a zone file: an address, or "10 0 5060 east.example". */
int nameserver_add(struct nameserver *n, struct span owner, struct span type, struct span data);
void nameserver_forget(struct nameserver *n, struct span owner);

/* A question; 0, or -1: too many. */
int nameserver_ask(struct nameserver *n, const char *name, uint16_t type, uint32_t id);

/* Answers the oldest question. False: there is none. */
bool nameserver_answer(struct nameserver *n, struct engine *e, uint64_t now);

#endif
