/* SPDX-License-Identifier: BSD-3-Clause */
/* party.h: a scripted SIP user agent outside of the SBC: it writes private addresses everywhere, as phones behind NAT do. */
#ifndef NATSBC_TESTS_FLOW_PARTY_H
#define NATSBC_TESTS_FLOW_PARTY_H

#include "alg/sip/msg.h"
#include "sbc/flow.h"

enum { PARTY_INBOX = 64, PARTY_TEXT = 4096, PARTY_KNOWN = 64 };

struct party {
	char name[16];
	struct flow flow;          /* where the SBC sees it */
	struct addr own;           /* what it believes its address is */
	bool trunk;
	char password[32];
	/* The dialog in hand. */
	char call_id[64], local_tag[32], remote_to[256], target[256];
	char local[256], remote[256]; /* name-addr with tag */
	uint32_t cseq, invite_cseq;
	char invite_branch[64], invite_uri[256], invite_to[256];
	uint16_t media_port;
	unsigned sdp_version, serial;
	/* The last request it got of each kind, to be answered. */
	char request[4][PARTY_TEXT];
	uint32_t request_len[4];
	unsigned nrequest;
	/* The last INVITE it sent, for its repetition. */
	char sent[PARTY_TEXT];
	uint32_t sent_len;
	/* Not yet looked at. */
	char inbox[PARTY_INBOX][PARTY_TEXT];
	uint32_t inbox_len[PARTY_INBOX];
	unsigned first, count;
	/* What the other parties must never see. */
	char known[PARTY_KNOWN][64];
	unsigned nknown;
};

/* What the script asks for in one line. */
struct party_line {
	struct span sdp;        /* absent none; "" normal; else hold, inactive, port0, bad */
	struct span headers;    /* further header lines */
	struct span branch_of;  /* unused parts are absent */
};

void party_init(struct party *p, const char *name, const struct flow *flow, const struct addr *own);

/* Each writes one message into w. */
void party_request(struct party *p, struct writer *w, struct span method, struct span to_user, struct span host,
		   const struct party_line *line);
void party_register(struct party *p, struct writer *w, struct span host, struct span headers);
void party_ack(struct party *p, struct writer *w, uint16_t status, const struct party_line *line);
void party_cancel(struct party *p, struct writer *w, struct span headers);
/* False when it got no request of that method (absent: any) to answer. */
bool party_response(struct party *p, struct writer *w, uint16_t status, struct span method, const struct party_line *line);

/* A message arrived. */
void party_receive(struct party *p, struct span text);

/* Takes what it got into its dialog state. */
void party_learn(struct party *p, const struct sip_msg *m);

/* Digest credentials for the challenge in m, as a whole header line. */
void party_credentials(const struct party *p, struct writer *w, const struct sip_msg *challenge, struct span method,
		       struct span uri);

#endif
