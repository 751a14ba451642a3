/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sbc/base/transport.h"
#include "sbc/media/reconcile.h"
#include "sbc/store/store.h"
#include "sbc/trunk/trunkregs.h"

static void note(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void note(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->nladder == WORLD_LADDER)
		return;
	va_start(ap, fmt);
	vsnprintf(w->ladder[w->nladder++], sizeof(w->ladder[0]), fmt, ap);
	va_end(ap);
}

void world_fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->failure[0])
		return;
	va_start(ap, fmt);
	vsnprintf(w->failure, sizeof(w->failure), fmt, ap);
	va_end(ap);
}

void world_forgive(struct world *w)
{
	if (w->weather && !w->grave)
		w->failure[0] = '\0';
}

/* ----- between engine, relay and parties ----- */

/* Repeatable, and good enough to tell names apart (splitmix64). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void fill_random(void *ctx, void *bytes, uint32_t n)
{
	struct world *w = ctx;

	for (uint32_t i = 0; i < n; i++)
		((uint8_t *)bytes)[i] = (uint8_t)next_random(&w->random);
}

static uint64_t relay_random(void *ctx)
{
	struct world *w = ctx;

	return next_random(&w->random);
}

/* How often a message arrives: in foul weather one in eight is lost, one in eight comes twice. */
static unsigned copies(struct world *w)
{
	uint64_t luck = w->weather ? next_random(&w->weather) % 8 : 1;

	return luck == 0 ? 0 : luck == 7 ? 2 : 1;
}

int64_t *world_clock(void)
{
	static int64_t seconds = WORLD_CLOCK;

	return &seconds;
}

static int64_t wall(void)
{
	return *world_clock();
}

static void queue_for_engine(struct world *w, struct span datagram)
{
	struct world_datagram *d = &w->queue[w->nqueue];

	if (w->nqueue == WORLD_QUEUE) {
		world_fail(w, "more than %d datagrams from the relay at once", WORLD_QUEUE);
		return;
	}
	w->nqueue++;
	*d = (struct world_datagram){ .text = malloc(datagram.n), .n = datagram.n };
	memcpy(d->text, datagram.p, datagram.n);
}

static void to_relay(void *ctx, struct span datagram)
{
	struct world *w = ctx;

	for (unsigned n = w->relay_silent ? 0 : copies(w); n > 0; n--)
		mediarelay_ask(w->relay, datagram, w->now);
}

static bool to_firewall(void *ctx, struct span packet)
{
	struct world *w = ctx;

	return firewallfake_take(&w->firewall, packet, w->now);
}

static int to_names(void *ctx, const char *name, uint16_t type, uint32_t id)
{
	struct world *w = ctx;

	return nameserver_ask(&w->names, name, type, id);
}

static void from_relay(void *ctx, struct span datagram)
{
	struct world *w = ctx;

	for (unsigned n = copies(w); n > 0; n--)
		queue_for_engine(w, datagram);
}

static void leak(struct world *w, const struct party *to, const char *what, const char *of, struct span bytes)
{
	world_fail(w, "leak: %s sees %s of %s in:\n%.*s", to->name, what, of, SPAN_ARG(bytes));
	w->grave = true;
}

static bool begins_with(struct span line, const char *const names[])
{
	for (unsigned i = 0; names[i]; i++)
		if (span_starts(line, span_str(names[i])))
			return true;
	return false;
}

/* Credentials cross as they are, and name the URI that the phone asked for: which may be our address there (A1).
 * Between open (transparent) sides whatever tells neither where to send requests nor media may say everything. */
static bool is_shown(struct span bytes, struct span what, bool open)
{
	static const char *const credentials[] = { "Authorization:", "Proxy-Authorization:", NULL };
	static const char *const places[] = { "Via:", "Contact:", "Route:", "Record-Route:", NULL };
	bool body = false;

	while (bytes.n) {
		struct span line = span_slice(bytes, 0, span_find(bytes, '\n'));

		body |= line.n == 1;
		if (span_search(line, what) < line.n && !begins_with(line, credentials) &&
		    (!open || body || begins_with(line, places)))
			return true;
		bytes = span_from(bytes, line.n + 1);
	}
	return false;
}

static bool hides_nothing(const struct world *w, const struct party *to, unsigned realm)
{
	return w->conf->realms[to->flow.realm].topology == CONF_TOPOLOGY_TRANSPARENT &&
	       w->conf->realms[realm].topology == CONF_TOPOLOGY_TRANSPARENT;
}

/* Open sides share the names of a dialog, but no branches and no addresses. */
static bool is_told(const char *known, struct span bytes, bool open)
{
	struct span what = span_str(known);

	if (!open || span_starts(what, SPAN("z9hG4bK")))
		return span_search(bytes, what) < bytes.n;
	return !span_starts(what, SPAN("tagof")) && !span_starts(what, SPAN("callid")) && is_shown(bytes, what, true);
}

/* Neighbours behind one NAT have its address in common. */
static bool is_own(const struct party *to, const char *known)
{
	for (unsigned k = 0; k < to->nknown; k++)
		if (strcmp(to->known[k], known) == 0)
			return true;
	return false;
}

/* Nothing of one party may be seen by another, nor our own address in another realm, in any message (CALLS.md 4.16). */
static void check_leak(struct world *w, const struct party *to, struct span bytes)
{
	char host[64];

	for (unsigned i = 0; i < w->nparty; i++) {
		const struct party *p = &w->parties[i];

		for (unsigned k = 0; p != to && k < p->nknown; k++)
			if (!is_own(to, p->known[k]) &&
			    is_told(p->known[k], bytes, hides_nothing(w, to, p->flow.realm)))
				leak(w, to, p->known[k], p->name, bytes);
	}
	for (unsigned i = 0; i < w->conf->nrealm; i++) {
		struct span own = party_host(&w->conf->realms[i].public, host, sizeof(host), false);

		if (i != to->flow.realm && is_shown(bytes, own, hides_nothing(w, to, i)))
			leak(w, to, "our address", w->conf->realms[i].name, bytes);
	}
}

static void lose_later(struct world *w, const struct flow *f)
{
	if (w->ngone < WORLD_GONE)
		w->gone[w->ngone++] = *f;
}

/* Opens a connection to the party, where it can be reached by one. */
static bool connects(struct world *w, struct party *p, struct flow *to)
{
	if (to->connection || p->flow.realm != to->realm || !addr_eq(&p->flow.peer, &to->peer) || !p->trunk)
		return false;
	to->connection = ++w->connections;
	if (p->refuses)
		lose_later(w, to);
	else if (p->flow.transport == to->transport)
		p->flow.connection = to->connection;
	return true;
}

/* Is what is sent there for that party? */
static bool reaches(struct world *w, struct party *p, struct flow *to)
{
	if (!flow_is_stream(to))
		return !flow_is_stream(&p->flow) && flow_eq(&p->flow, to);
	if (to->connection)
		return p->flow.connection == to->connection;
	if (p->flow.transport == to->transport && p->flow.connection && addr_eq(&p->flow.peer, &to->peer)) {
		to->connection = p->flow.connection;
		return true;
	}
	return connects(w, p, to);
}

static int to_party(void *ctx, struct flow *to, struct span bytes)
{
	struct world *w = ctx;
	struct span first = span_slice(bytes, 0, span_find(bytes, '\r'));
	char peer[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < w->nparty; i++) {
		struct party *p = &w->parties[i];

		if (!reaches(w, p, to))
			continue;
		if (p->unreachable)
			return -1;
		if (p->refuses && flow_is_stream(to))
			return 0; /* it will be told that the connection failed */
		note(w, "%8llu  %-8s <- %.*s", (unsigned long long)w->now, p->name,
		     SPAN_ARG(span_slice(first, 0, 100)));
		check_leak(w, p, bytes);
		for (unsigned n = flow_is_stream(to) ? 1 : copies(w); n > 0; n--)
			party_receive(p, bytes);
		return 0;
	}
	if (flow_is_stream(to))
		return -1;
	world_fail(w, "sent to nobody at %s: %.*s", addr_text(&to->peer, peer), SPAN_ARG(first));
	return -1;
}

static bool is_open(void *ctx, const struct flow *f)
{
	const struct world *w = ctx;

	for (unsigned i = 0; i < w->nparty; i++)
		if (w->parties[i].flow.connection == f->connection)
			return true;
	return false;
}

static void tell_gone(struct world *w)
{
	struct flow f = w->gone[0];

	w->ngone--;
	memmove(w->gone, w->gone + 1, w->ngone * sizeof(w->gone[0]));
	engine_flow_closed(w->engine, &f, w->now);
}

static void tell_engine(struct world *w)
{
	struct world_datagram d = w->queue[0];

	w->nqueue--;
	memmove(w->queue, w->queue + 1, w->nqueue * sizeof(w->queue[0]));
	engine_relay_receive(w->engine, span_of(d.text, d.n), w->now);
	free(d.text);
}

/* False: it had nothing to do. */
static bool tell_firewall(struct world *w)
{
	struct span answers;

	firewalllink_flush(&w->engine->firewall);
	answers = firewallfake_answers(&w->firewall, w->now);
	if (!span_is_set(answers))
		return false;
	firewalllink_receive(&w->engine->firewall, answers);
	return true;
}

static void settle(struct world *w)
{
	for (;;) {
		if (w->ngone)
			tell_gone(w);
		else if (w->nqueue)
			tell_engine(w);
		else if (!tell_firewall(w) && !nameserver_answer(&w->names, w->engine, w->now))
			return;
	}
}

void world_send(struct world *w, struct party *p, struct span text)
{
	struct span first = span_slice(text, 0, span_find(text, '\r'));

	if (flow_is_stream(&p->flow) && !p->flow.connection)
		p->flow.connection = ++w->connections;
	note(w, "%8llu  %-8s -> %.*s", (unsigned long long)w->now, p->name, SPAN_ARG(span_slice(first, 0, 100)));
	for (unsigned n = flow_is_stream(&p->flow) ? 1 : copies(w); n > 0; n--) {
		engine_receive(w->engine, &p->flow, text, w->now);
		settle(w);
	}
}

void world_advance(struct world *w, uint64_t ms)
{
	uint64_t until = w->now + ms, second = w->now / 1000;

	while (w->now < until) {
		uint64_t next = engine_next(w->engine), answer = firewallfake_next(&w->firewall);

		if (next > answer)
			next = answer;
		if (next > until)
			next = until;
		/* The relay's own housekeeping comes once a second. */
		if (next / 1000 > second)
			next = (second + 1) * 1000;
		w->now = next > w->now ? next : w->now + 1;
		engine_advance(w->engine, w->now);
		settle(w);
		if (w->now / 1000 > second) {
			second = w->now / 1000;
			*world_clock() += w->store[0] != '\0';
			mediarelay_tick(w->relay, w->now);
			settle(w);
		}
	}
}

/* ----- parties ----- */

struct party *world_party(struct world *w, struct span name)
{
	for (unsigned i = 0; i < w->nparty; i++)
		if (span_eq(span_str(w->parties[i].name), name))
			return &w->parties[i];
	return NULL;
}

int world_speak(struct world *w, struct party *p, enum conf_transport t)
{
	int listener = transport_listener(&w->conf->realms[p->flow.realm], t);

	if (listener < 0)
		return -1;
	p->flow.transport = (uint8_t)t;
	p->flow.listen = (uint8_t)listener;
	p->flow.connection = t == CONF_UDP || p->trunk ? 0 : ++w->connections;
	return 0;
}

void world_lose(struct world *w, struct party *p)
{
	struct flow f = p->flow;

	if (!f.connection)
		return;
	p->flow.connection = p->trunk ? 0 : ++w->connections;
	lose_later(w, &f);
	settle(w);
}

struct party *world_add(struct world *w, const char *name, const char *realm, const char *seen, const char *own)
{
	int index = conf_realm_find(w->conf, span_str(realm));
	struct flow flow = { 0 };
	struct addr private;
	struct party *p = &w->parties[w->nparty];

	if (index < 0 || w->nparty == WORLD_PARTIES || addr_parse(span_str(seen), 5060, &flow.peer) ||
	    addr_parse(span_str(own), 5060, &private))
		return NULL;
	flow.realm = (uint8_t)index;
	party_init(p, name, &flow, &private);
	snprintf(p->password, sizeof(p->password), "%.16s-secret", name);
	w->nparty++;
	return p;
}

/* ----- opening and closing ----- */

static void on_problem(void *ctx, const struct conf_problem *p)
{
	world_fail(ctx, "configuration: %s: %s", p->path, p->text);
}

static char *read_whole(const char *path, struct span *out)
{
	static const size_t most = 65536;
	FILE *f = fopen(path, "re");
	char *text = malloc(most);
	size_t n = f && text ? fread(text, 1, most, f) : 0;

	if (f)
		fclose(f);
	*out = span_of(text, n);
	return text;
}

/* NAME-secret, as phones have it. */
static struct secrets *trunk_secrets(const struct config *conf)
{
	struct secrets *all = secrets_new(conf->ntrunk);
	char text[64];

	for (unsigned i = 0; all && i < conf->ntrunk; i++) {
		snprintf(text, sizeof(text), "%s-secret", conf->trunks[i].name);
		secrets_set(all, i, span_str(text));
	}
	return all;
}

/* Another run of the program. */
/* Where the configuration needs sbc-firewall; elsewhere it is as good as off. */
static bool has_firewall(const struct config *c)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (c->realms[i].public_auto)
			return true;
	return c->pinholes.calls == CONF_PINHOLES_ALWAYS;
}

/* What an operator reads who changed nothing. */
static void on_log(void *ctx, enum log_level level, const char *line)
{
	struct world *w = ctx;
	size_t n = strlen(line);
	char *text;

	if (getenv("FLOW_LOG"))
		log_to_stderr(NULL, level, line);
	text = level <= LOG_INFO ? realloc(w->said.text, w->said.n + n + 2) : NULL;
	if (!text)
		return;
	memcpy(text + w->said.n, line, n);
	memcpy(text + w->said.n + n, "\n", 2);
	w->said = (struct world_said){ .text = text, .n = w->said.n + n + 1 };
}

static void open_engine(struct world *w)
{
	struct engine_setup setup = {
		.conf = w->conf,
		.moving = w->conf,
		.random = fill_random,
		.random_ctx = w,
		.wall = wall,
		.now = w->now,
		.owns_media = w->store[0] != '\0',
		.log = { .level = getenv("FLOW_LOG") ? LOG_DEBUG : LOG_INFO, .write = on_log, .ctx = w },
		.out = { .ctx = w, .send = to_party, .resolve = to_names, .relay = to_relay, .is_open = is_open },
	};
	const bool walled = has_firewall(w->conf);
	const struct store_conf store = { .path = w->store, .log = setup.log, .wall = wall };
	struct hash_key key = { 1, 2 };
	struct span text;
	char *mem = read_whole(w->users_path, &text);

	setup.users[0] = users_load(text, &key, on_problem, w);
	free(mem);
	for (unsigned i = 1; i < w->conf->nrealm; i++)
		setup.users[i] = setup.users[0];
	setup.secrets = trunk_secrets(w->conf);
	if (w->store[0])
		setup.store = store_open(&store);
	if (walled)
		setup.out.firewall = to_firewall;
	w->engine = engine_new(&setup);
	if (!w->engine)
		world_fail(w, "the engine did not start");
	else if (walled)
		firewalllink_connected(&w->engine->firewall);
}

static void open_relay(struct world *w)
{
	struct mediarelay_conf conf = {
		.conf = w->conf, .now = w->now, .random = relay_random, .send = from_relay, .ctx = w
	};

	w->relay = mediarelay_new(&conf);
}

int world_open(struct world *w, const char *config_path, const char *users_path, uint64_t weather)
{
	struct span text;
	char *mem;

	memset(w, 0, sizeof(*w));
	w->now = 1000000;
	*world_clock() = WORLD_CLOCK;
	w->random = 42;
	w->weather = weather;
	w->users_path = users_path;
	mem = read_whole(config_path, &text);
	w->conf = conf_load(text, config_path, on_problem, w);
	free(mem);
	if (!w->conf)
		return -1;
	open_relay(w);
	if (w->relay)
		open_engine(w);
	return w->engine ? 0 : -1;
}

void world_restart(struct world *w, unsigned away)
{
	engine_free(w->engine);
	for (unsigned s = 0; s < away; s++) {
		w->now += 1000;
		++*world_clock();
		mediarelay_tick(w->relay, w->now);
	}
	for (unsigned i = 0; i < w->nparty; i++) {
		struct party *p = &w->parties[i];

		if (flow_is_stream(&p->flow))
			p->flow.connection = p->trunk ? 0 : ++w->connections;
	}
	w->ngone = 0;
	open_engine(w);
}

void world_store(struct world *w)
{
	int fd;

	strcpy(w->store, "/tmp/natsbc-flow-XXXXXX");
	fd = mkstemp(w->store);
	if (fd < 0) {
		world_fail(w, "no file for the store");
		w->store[0] = '\0';
		return;
	}
	close(fd);
	world_restart(w, 0);
}

void world_restart_relay(struct world *w)
{
	mediarelay_free(w->relay);
	open_relay(w);
}

void world_close(struct world *w)
{
	engine_free(w->engine);
	mediarelay_free(w->relay);
	conf_free(w->conf);
	free(w->said.text);
	for (unsigned i = 0; i < w->nqueue; i++)
		free(w->queue[i].text);
	if (w->store[0])
		unlink(w->store);
}

void world_quiet(struct world *w)
{
	struct engine *e = w->engine;
	struct binding *b;
	uint32_t pos = 0;

	while ((b = bindings_next(e->bindings, &pos)))
		bindings_drop(e->bindings, b, BINDING_DROPPED, w->now);
	trunks_quiet(&e->trunks);
	trunkregs_quiet(e->registrations);
}

static void expect_zero(struct world *w, const char *what, uint64_t n)
{
	if (n)
		world_fail(w, "at the end: %llu %s left", (unsigned long long)n, what);
	w->grave |= n != 0;
}

void world_audit(struct world *w)
{
	expect_zero(w, "ports that are not as the relay says", mediarelay_audit(w->relay, w->now));
}

void world_check_empty(struct world *w)
{
	const struct engine *e = w->engine;
	struct mediarelay_use use;

	reconcile_quiet(e->reconcile);
	world_advance(w, 5000);
	use = mediarelay_use(w->relay);
	expect_zero(w, "calls", e->ncall);
	for (unsigned i = 0; i < w->conf->nrealm; i++)
		expect_zero(w, "calls in a realm", e->admission.realm[i].calls);
	for (unsigned i = 0; i < w->conf->ntrunk; i++)
		expect_zero(w, "calls in a trunk", e->admission.trunk[i].calls);
	expect_zero(w, "users in calls", e->calls_of_user.names.count);
	expect_zero(w, "calls that are over", e->calls != NULL);
	expect_zero(w, "REGISTERs that wait for home", e->edge.errands != NULL);
	expect_zero(w, "dialogs", e->dialogs.count);
	expect_zero(w, "transactions", e->txns.count);
	expect_zero(w, "claimed requests", e->txns.by_request.count);
	expect_zero(w, "questions to the relay", e->relay.nwait);
	expect_zero(w, "bytes of kept messages", e->core.bufs.bytes_out);
	expect_zero(w, "leaks that the SBC saw itself", e->core.count.n[COUNT_LEAK]);
	expect_zero(w, "media sessions", use.sessions);
	expect_zero(w, "port pairs", use.port_pairs);
	expect_zero(w, "ports in the packet path", use.ports_set);
	expect_zero(w, "pinholes", firewallfake_open(&w->firewall, w->now));
	expect_zero(w, "pinholes that the SBC knows of", e->pinholes.by_id.count);
	world_audit(w);
	if (!w->store[0])
		return;
	world_restart(w, 0);
	expect_zero(w, "calls that a restart brings back", w->engine ? w->engine->ncall : 0);
}
