/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a frame: parsed, made ours, and parsed again. The first byte chooses what its checksum is. */
#include <stdlib.h>

#include "alg/net/frame_cross.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* All of the datagram with its pseudo header: 0xffff where the checksum holds. */
static uint16_t udp_sum(const uint8_t *p, const struct frame *f)
{
	const uint32_t len = FRAME_UDP + (uint32_t)f->payload_len;
	const uint64_t pseudo = (uint64_t)frame_addresses_sum(p, f) + htons((uint16_t)len) + htons(FRAME_PROTO_UDP);

	return checksum_fold(checksum_add(pseudo, p + f->udp, len));
}

static struct frame_target target_of(uint8_t family)
{
	struct frame_target to = {
		.source = { { 0x0807060504030201, 0x11 } },
		.target = { { 0x1817161514131211, 0x22 } },
		.port = { 0x1234, 0x5678 },
		.target_mac = { 2, 0, 0, 0, 0, 2 },
		.dscp = 46,
		.family = family,
	};

	if (family == ADDR_V4) {
		to.source = (struct host){ { 0x04030201, 0 } };
		to.target = (struct host){ { 0x14131211, 0 } };
	}
	frame_target_seal(&to);
	return to;
}

enum { AS_IT_IS, SOUND, PARTIAL, KINDS };

static void checksum_make(uint8_t *p, const struct frame *f, unsigned kind)
{
	uint8_t *field = p + f->udp + 6;
	const uint16_t len = htons((uint16_t)(FRAME_UDP + f->payload_len));

	if (kind == AS_IT_IS)
		return;
	frame_store16(field, 0);
	if (kind == SOUND)
		frame_store16(field, checksum_udp((uint16_t)~udp_sum(p, f)));
	else
		frame_store16(field, checksum_fold((uint64_t)frame_addresses_sum(p, f) + len + htons(FRAME_PROTO_UDP)));
}

static void rewrite(uint8_t *p, uint32_t n, struct frame f, unsigned kind)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	const struct frame_target to = target_of(f.family);
	struct frame again = { 0 };
	bool zero, sound;

	checksum_make(p, &f, kind);
	zero = f.family == ADDR_V4 && frame_load16(p + f.udp + 6) == 0;
	sound = udp_sum(p, &f) == 0xffff || kind == PARTIAL;
	frame_rewrite(p, f, frame_addresses_sum(p, &f), &to, mac);
	require(frame_parse(p, n, &again) == FRAME_OK && again.udp == f.udp && again.payload_len == f.payload_len);
	require(frame_header_is_sound(p, &again));
	require(frame_source_port(p, &again) == to.port[0] && frame_destination_port(p, &again) == to.port[1]);
	if (zero)
		require(frame_load16(p + f.udp + 6) == 0);
	else if (sound)
		require(udp_sum(p, &again) == 0xffff);
}

/* FRAME_CROSS_ROOM bytes are free before p. */
static void cross(uint8_t *p, struct frame f, unsigned kind)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	const struct frame_target to = target_of(f.family == ADDR_V4 ? ADDR_V6 : ADDR_V4);
	const uint16_t addresses = frame_addresses_sum(p, &f);
	struct frame again = { 0 };
	bool sound;

	checksum_make(p, &f, kind);
	if (!frame_can_cross(p, &f))
		return;
	sound = udp_sum(p, &f) == 0xffff || kind == PARTIAL || frame_load16(p + f.udp + 6) == 0;
	p += frame_cross(p, &f, addresses);
	frame_rewrite(p, f, addresses, &to, mac);
	require(frame_parse(p, frame_len(&f), &again) == FRAME_OK && again.payload_len == f.payload_len);
	require(again.family == to.family && again.udp == f.udp && frame_header_is_sound(p, &again));
	require(!sound || udp_sum(p, &again) == 0xffff);
	require(frame_load16(p + f.udp + 6) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame f = { 0 };
	uint8_t *room, *p;

	if (size == 0 || size > UINT16_MAX)
		return 0;
	room = malloc(FRAME_CROSS_ROOM + size - 1);
	require(room != NULL);
	p = room + FRAME_CROSS_ROOM;
	memcpy(p, data + 1, size - 1);
	if (frame_parse(p, (uint32_t)size - 1, &f) == FRAME_OK) {
		require((uint32_t)f.udp + FRAME_UDP + f.payload_len <= size - 1);
		rewrite(p, (uint32_t)size - 1, f, data[0] % KINDS);
		cross(p, f, data[0] / KINDS % KINDS);
	}
	free(room);
	return 0;
}
