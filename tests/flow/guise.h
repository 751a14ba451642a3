/* SPDX-License-Identifier: BSD-3-Clause */
/* guise.h: is the media of a party protected in the relay as its descriptions say? */
#ifndef NATSBC_TESTS_FLOW_GUISE_H
#define NATSBC_TESTS_FLOW_GUISE_H

#include "tests/flow/world.h"

/* At the port that p was told last: "sdes", with the keys that it wrote and was told last; "dtls", whose keys are not
 * known, as nobody shakes hands here; or "plain". Where it is not, the script has failed. */
void guise_check(struct world *w, struct party *p, struct span guise);

#endif
