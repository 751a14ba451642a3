/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of the keys of the relay, of the API and of DNS. */
#include "alg/conf/type.h"

/* What sun_path holds, with its NUL (unix(7)). */
enum { SOCKET_PATH_MAX = 107, EAL_TEXT_MAX = 255, DIRECTION_MAX = 64, DNS_PORT = 53 };

static bool is_socket_path(struct span s)
{
	return s.n > 1 && s.p[0] == '/' && s.n <= SOCKET_PATH_MAX;
}

static const struct {
	struct span prefix;
	bool is_path;
} ng_kinds[] = {
	{ SPAN("unix:"), true },
	{ SPAN("unix-stream:"), true },
	{ SPAN("udp:"), false },
	{ SPAN("tcp:"), false },
};

static bool is_ng(struct span s)
{
	struct addr a;

	for (unsigned i = 0; i < sizeof(ng_kinds) / sizeof(ng_kinds[0]); i++) {
		struct span rest = span_from(s, ng_kinds[i].prefix.n);

		if (!span_starts(s, ng_kinds[i].prefix))
			continue;
		if (ng_kinds[i].is_path)
			return is_socket_path(rest);
		return addr_parse(rest, 0, &a) == 0 && a.port != 0;
	}
	return false;
}

/* No name: the relay asks no DNS. */
static bool is_receiver(struct span s)
{
	return (span_starts(s, SPAN("tcp:")) || span_starts(s, SPAN("unix:"))) && is_ng(s);
}

static bool ng_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;
	struct span s;

	if (!type_want(l, at, v, JSON_STRING, "\"unix:/PATH\" or \"udp:IP:PORT\""))
		return false;
	s = load_text(v);
	if (!is_ng(s))
		return load_fail(l, at, STEP_VALUE,
				 "\"%.*s\" is not \"unix:/PATH\" or \"unix-stream:/PATH\" (at most %d bytes), "
				 "\"udp:IP:PORT\" or \"tcp:IP:PORT\"",
				 SPAN_ARG(s), SOCKET_PATH_MAX);
	relay->ng[relay->nng++] = load_keep(l, s);
	return true;
}

static bool read_ng(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	((struct config *)record)->relay.nng = 0;
	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "the relay needs one socket at least");
	return type_each(l, at, v, CONF_NG_MAX, ng_add, record);
}

static bool ng_from_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;

	if (!type_want(l, at, v, JSON_STRING, "a network such as \"10.0.0.0/8\""))
		return false;
	if (prefix_parse(load_text(v), &relay->ng_from[relay->nng_from]))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a network such as \"10.0.0.0/8\"",
				 SPAN_ARG(load_text(v)));
	relay->nng_from++;
	return true;
}

static bool read_ng_from(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_NETWORK_MAX, ng_from_add, record);
}

static bool core_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;

	if (!type_want(l, at, v, JSON_INTEGER, "the number of a processor core"))
		return false;
	if (json_integer_value(v) < 0 || json_integer_value(v) > 1023)
		return load_fail(l, at, STEP_VALUE, "must be 0 to 1023");
	for (unsigned i = 0; i < relay->ncore; i++)
		if (relay->cores[i] == (unsigned)json_integer_value(v))
			return load_fail(l, at, STEP_VALUE, "core %u is here twice", relay->cores[i]);
	relay->cores[relay->ncore++] = (unsigned)json_integer_value(v);
	return true;
}

static bool read_cores(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_CORE_MAX, core_add, record);
}

static bool eal_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;

	if (!type_want(l, at, v, JSON_STRING, "an argument, as a text"))
		return false;
	if (load_text(v).n == 0 || load_text(v).n > EAL_TEXT_MAX)
		return load_fail(l, at, STEP_VALUE, "must be 1 to %d bytes", EAL_TEXT_MAX);
	relay->eal[relay->neal++] = load_keep(l, load_text(v));
	return true;
}

static bool read_eal(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_EAL_MAX, eal_add, record);
}

static bool read_receiver(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;
	struct span s;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "\"tcp:IP:PORT\" or \"unix:/PATH\""))
		return false;
	s = load_text(v);
	if (!is_receiver(s))
		return load_fail(l, at, STEP_VALUE,
				 "\"%.*s\" is not \"tcp:IP:PORT\" or \"unix:/PATH\" (at most %d bytes)", SPAN_ARG(s),
				 SOCKET_PATH_MAX);
	relay->forward_to = load_keep(l, s);
	return true;
}

/* Names that other SIP servers have for our realms: words of theirs, without blanks. */
static bool direction_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;
	static const char *const of[2] = { "realms", NULL };

	if (!type_want(l, at, v, JSON_STRING, "the name of a realm"))
		return false;
	if (at->key[0] == '\0' || strlen(at->key) > DIRECTION_MAX || !type_is_printable(span_str(at->key)))
		return load_fail(l, at, STEP_KEY, "must be 1 to %d printable characters", DIRECTION_MAX);
	if (!json_object_get(json_object_get(l->root, of[0]), json_string_value(v)))
		return type_fail_unknown(l, at, load_text(v), "realm", of);
	if (relay->ndirection == CONF_DIRECTION_MAX)
		return load_fail(l, at, STEP_KEY, "at most %d", CONF_DIRECTION_MAX);
	relay->directions[relay->ndirection++] =
		(struct conf_direction){ load_keep(l, span_str(at->key)), load_keep(l, load_text(v)) };
	return true;
}

static bool template_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_relay *relay = &((struct config *)record)->relay;

	if (!type_want(l, at, v, JSON_STRING, "flags in one text, as \"ICE=remove RTP/AVP\""))
		return false;
	if (at->key[0] == '\0' || strlen(at->key) > CONF_TEMPLATE_NAME_MAX || !type_is_printable(span_str(at->key)))
		return load_fail(l, at, STEP_KEY, "must be 1 to %d printable characters", CONF_TEMPLATE_NAME_MAX);
	if (load_text(v).n > CONF_TEMPLATE_TEXT_MAX || !type_is_printable(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "must be at most %d printable characters", CONF_TEMPLATE_TEXT_MAX);
	if (relay->ntemplate == CONF_TEMPLATE_MAX)
		return load_fail(l, at, STEP_KEY, "at most %d", CONF_TEMPLATE_MAX);
	relay->templates[relay->ntemplate++] =
		(struct conf_template){ load_keep(l, span_str(at->key)), load_keep(l, load_text(v)) };
	return true;
}

/* Each member of an object of names. */
static bool read_named(struct load *l, const struct step *at, const json_t *v, type_element_fn *add, void *record)
{
	const char *name;
	json_t *value;
	bool ok = true;
	size_t n = 0;

	if (!type_want(l, at, v, JSON_OBJECT, "an object in { }"))
		return false;
	json_object_foreach((json_t *)v, name, value)
	{
		struct step member = { at, name, n++ };

		if (!load_is_comment(name))
			ok = add(l, &member, value, record) && ok;
	}
	return ok;
}

static bool read_directions(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return read_named(l, at, v, direction_add, record);
}

static bool read_templates(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return read_named(l, at, v, template_add, record);
}

static bool read_socket(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	const char **path = (const char **)(void *)((char *)record + k->offset);

	if (!type_want(l, at, v, JSON_STRING,
		       k->or_zero ? "the path of a socket, or \"none\"" : "the path of a socket"))
		return false;
	*path = NULL;
	if (k->or_zero && span_eq(load_text(v), SPAN("none")))
		return true;
	if (!is_socket_path(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "expected an absolute path of at most %d bytes%s", SOCKET_PATH_MAX,
				 k->or_zero ? ", or \"none\"" : "");
	*path = load_keep(l, load_text(v));
	return true;
}

static bool read_store(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct config *c = record;

	c->store.local = NULL;
	if (json_is_string(v) && span_eq(load_text(v), SPAN("none")))
		return true;
	return type_path.read(l, at, v, k, record);
}

static bool read_http(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct config *c = record;
	struct addr a;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "an address and a port, or \"none\""))
		return false;
	c->api.http = (struct addr){ 0 };
	if (span_eq(load_text(v), SPAN("none")))
		return true;
	if (addr_parse(load_text(v), 0, &a) || a.port == 0)
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not an address and a port such as \"127.0.0.1:8080\"",
				 SPAN_ARG(load_text(v)));
	if (!addr_is_loopback(&a))
		return load_fail(l, at, STEP_VALUE,
				 "only loopback addresses in this version: the API has no passwords yet");
	c->api.http = a;
	return true;
}

static bool server_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_dns *dns = &((struct config *)record)->dns;
	struct addr a;

	if (!type_want(l, at, v, JSON_STRING, "the address of a name server"))
		return false;
	if (addr_parse(load_text(v), DNS_PORT, &a) || !addr_is_unicast(&a))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not the address of a name server, as \"192.0.2.53\"",
				 SPAN_ARG(load_text(v)));
	dns->servers[dns->nserver++] = addr_unmap(&a);
	return true;
}

static bool read_servers(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_DNS_SERVER_MAX, server_add, record);
}

const struct key_type type_ng = { "list", read_ng };
const struct key_type type_ng_from = { "list of networks", read_ng_from };
const struct key_type type_cores = { "list of numbers", read_cores };
const struct key_type type_eal = { "list of texts", read_eal };
const struct key_type type_directions = { "names of realms", read_directions };
const struct key_type type_templates = { "flags by name", read_templates };
const struct key_type type_receiver = { "text", read_receiver };
const struct key_type type_socket = { "path", read_socket };
const struct key_type type_http = { "address", read_http };
const struct key_type type_servers = { "list of addresses", read_servers };
const struct key_type type_store = { "path", read_store };
