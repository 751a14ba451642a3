/* SPDX-License-Identifier: BSD-3-Clause */
/* line.h: the options at the end of a script's line: what is special about the message that it sends. */
#ifndef NATSBC_TESTS_FLOW_LINE_H
#define NATSBC_TESTS_FLOW_LINE_H

#include "alg/base/writer.h"

enum { LINE_UNSET = -1 };

/* Absent or LINE_UNSET: as usual. */
struct line {
	struct span to;      /* the user called; "@": the SBC itself; absent: within the dialog in hand */
	struct span sdp;     /* "" normal; else kinds as in describe.h */
	struct span body;    /* any other body; its Content-Type is among the headers */
	struct span headers; /* further header lines */
	struct span tag;     /* To tag of a response */
	struct span remote_tag, local_tag, call_id; /* instead of the dialog's */
	struct span as;                             /* the From user */
	struct span at;                             /* the host called */
	struct span contact;                        /* the user of the Contact */
	struct span target;                         /* the user of the Request-URI, where To has another */
	struct span challenge;                      /* a 401 or 407 asks for a password of that realm */
	int hops, cseq, expires, port, nc;
	int rel;     /* RSeq of a response, which is reliable then; what a PRACK acknowledges */
	bool parts;  /* the SDP is one part of the body, another follows */
	bool auth;   /* with credentials for the last challenge */
	bool noauth; /* don't answer a challenge */
	bool echo;   /* a response to REGISTER lists the Contacts as they came */
	bool star;   /* REGISTER: Contact: * */
	bool no_contact;
	bool no_allow;
	char mem[2048]; /* of headers */
};

/* The next word of *left, blanks skipped; a word goes to the next blank. */
struct span line_word(struct span *left);

/* 0, or -1 with the word that was not understood in *bad. */
int line_parse(struct line *l, struct span left, struct span *bad);

#endif
