/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static struct server_peer at(uint8_t socket, const char *address)
{
	struct server_peer p = { .socket = socket, .len = (socklen_t)strlen(address) };

	memcpy(&p.address, address, strlen(address));
	return p;
}

static unsigned count(const struct peers *p)
{
	unsigned n = 0;

	for (const struct peer *one = p->first; one; one = one->next)
		n++;
	return n;
}

static void sessions_of_one_client_share_a_note(void **state)
{
	const struct server_peer a = at(0, "alice"), b = at(0, "bob");
	struct peers p = { 0 };
	struct peer *one = peers_turn(&p, NULL, &a), *two = peers_turn(&p, NULL, &a), *three;

	(void)state;
	assert_ptr_equal(one, two);
	three = peers_turn(&p, NULL, &b);
	assert_ptr_not_equal(one, three);
	assert_int_equal(count(&p), 2);
	peers_let_go(&p, one);
	assert_int_equal(count(&p), 2);
	peers_let_go(&p, two);
	assert_int_equal(count(&p), 1);
	peers_let_go(&p, three);
	peers_let_go(&p, NULL);
	assert_int_equal(count(&p), 0);
}

static void another_address_or_socket_is_another_client(void **state)
{
	const struct server_peer peers[] = { at(0, "alice"), at(1, "alice"), at(0, "alic"), at(0, "alicia") };
	struct peers p = { 0 };
	struct peer *held = NULL;

	(void)state;
	for (unsigned i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		held = peers_turn(&p, held, &peers[i]);
		assert_int_equal(held->at.socket, peers[i].socket);
		assert_true(span_eq(server_peer_bytes(&held->at), server_peer_bytes(&peers[i])));
		assert_int_equal(held->held, 1);
		assert_int_equal(count(&p), 1); /* the one before is forgotten */
	}
	assert_ptr_equal(peers_turn(&p, held, &peers[3]), held);
	assert_int_equal(held->held, 1);
	peers_let_go(&p, held);
	assert_int_equal(count(&p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_of_one_client_share_a_note),
		cmocka_unit_test(another_address_or_socket_is_another_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
