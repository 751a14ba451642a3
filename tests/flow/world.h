/* SPDX-License-Identifier: BSD-3-Clause */
/* world.h: the SBC's engine and the relay's control side in one process, on fake time, among scripted parties. */
#ifndef NATSBC_TESTS_FLOW_WORLD_H
#define NATSBC_TESTS_FLOW_WORLD_H

#include "sbc/engine/engine.h"
#include "tests/flow/firewallfake.h"
#include "tests/flow/mediarelay.h"
#include "tests/flow/nameserver.h"
#include "tests/flow/party.h"

enum { WORLD_PARTIES = 8, WORLD_LADDER = 400, WORLD_QUEUE = 64, WORLD_GONE = 16, WORLD_CLOCK = 1700000000 };

struct world {
	struct config *conf;
	const char *users_path;
	char store[32]; /* the file of what outlives a restart; "": none */
	struct engine *engine;
	struct mediarelay *relay;
	bool relay_silent; /* the relay does not answer */
	struct nameserver names;
	struct firewallfake firewall; /* where pinholes.calls is "always" */
	uint64_t now, random;
	/* 0: fair. Else messages on all ways get lost and doubled, and what the script expects is not insisted on:
	 * parties do what comes next in it all the same. What must hold then: nothing leaks, nothing is left, nothing
	 * breaks. */
	uint64_t weather;
	bool grave; /* failed in a way that no weather excuses */
	struct party parties[WORLD_PARTIES];
	unsigned nparty;
	uint32_t connections; /* ever opened */
	/* Connections whose end the engine is still to be told of. */
	struct flow gone[WORLD_GONE];
	unsigned ngone;
	char ladder[WORLD_LADDER][160];
	unsigned nladder;
	struct world_said {
		char *text; /* lines of the log at level info and above, from the start of the script */
		size_t n;
	} said;
	char failure[4096]; /* the first one; empty: none */
	unsigned repeats;   /* of the script's "repeat" that are still to be played */
	bool ended;         /* the script came to its "end" */
	/* Datagrams from the relay on their way to the engine: delivered between events, as sockets would. */
	struct world_datagram {
		char *text;
		uint32_t n;
	} queue[WORLD_QUEUE];
	unsigned nqueue;
};

/* 0, or -1 with the reason in failure. */
int world_open(struct world *w, const char *config_path, const char *users_path, uint64_t weather);
void world_close(struct world *w);

/* From now on there is a file for what outlives a restart, and the relay is asked for what it has. */
void world_store(struct world *w);

/* The program is killed and started again, so many seconds later: all that is left of it is in the file, and no
 * connection is. What it knew has been written. */
void world_restart(struct world *w, unsigned away);

/* The same of the relay, of which nothing is left. */
void world_restart_relay(struct world *w);

struct party *world_party(struct world *w, struct span name);
struct party *world_add(struct world *w, const char *name, const char *realm, const char *seen, const char *own);

/* The party speaks over that transport from now on; over streams on a connection of its own making. 0, or -1: the realm
 * does not listen on it. */
int world_speak(struct world *w, struct party *p, enum conf_transport t);

/* The party's connection ends; it has another for what it sends next. */
void world_lose(struct world *w, struct party *p);

/* The party sends; all that follows at once happens. */
void world_send(struct world *w, struct party *p, struct span text);
void world_advance(struct world *w, uint64_t ms);

/* Seconds since 1970, for what the SBC does by the clock of the host. It stands where there is no store. */
int64_t *world_clock(void);

__attribute__((format(printf, 2, 3))) void world_fail(struct world *w, const char *fmt, ...);

/* Nothing happens by itself any more: phones are forgotten, trunks no longer pinged. */
void world_quiet(struct world *w);

/* Forgets a failure that the weather excuses. */
void world_forgive(struct world *w);

/* The ports in use are those of sessions. */
void world_audit(struct world *w);

/* Nothing is left: calls, dialogs, sessions, ports, transactions, questions, kept bytes. */
void world_check_empty(struct world *w);

#endif
