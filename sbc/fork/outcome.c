/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/outcome.h"

#include "alg/sip/q850.h"

static const struct {
	uint16_t status;
	uint8_t outcome; /* enum conf_outcome */
} statuses[] = {
	{ 486, CONF_BUSY },        { 600, CONF_BUSY },        { 408, CONF_NO_ANSWER },   { 480, CONF_NO_ANSWER },
	{ 500, CONF_UNREACHABLE }, { 502, CONF_UNREACHABLE }, { 503, CONF_UNREACHABLE }, { 504, CONF_UNREACHABLE },
};

/* A gateway that knows the cause knows more than it could say by a status of its own. */
static uint16_t status_of(const struct branch *b, const struct sip_msg *m)
{
	uint16_t cause = m ? q850_status_of(m) : 0;

	return cause ? cause : b->status;
}

enum conf_outcome outcome_of(const struct branch *b, const struct sip_msg *m, enum count why)
{
	uint16_t status = status_of(b, m);

	/* It rang and nobody came; or nothing was heard of it at all. */
	if (!m && b->status == 408)
		return b->rang || why == COUNT_CALL_NO_ANSWER ? CONF_NO_ANSWER : CONF_UNREACHABLE;
	for (unsigned i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].status == status)
			return (enum conf_outcome)statuses[i].outcome;
	return CONF_REFUSED;
}

/* Where it rang, somebody could have answered: that tells more than that another of his phones is busy or off. */
enum conf_outcome outcome_foremost(unsigned set)
{
	static const enum conf_outcome order[] = { CONF_NO_ANSWER, CONF_BUSY, CONF_REFUSED };

	for (unsigned i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (set & 1U << order[i])
			return order[i];
	return CONF_UNREACHABLE;
}
