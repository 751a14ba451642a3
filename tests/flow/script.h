/* SPDX-License-Identifier: BSD-3-Clause */
/* script.h: a call flow as text: who sends what, who gets what, and when. See tests/flow/README.md. */
#ifndef NATSBC_TESTS_FLOW_SCRIPT_H
#define NATSBC_TESTS_FLOW_SCRIPT_H

#include "tests/flow/world.h"

/* The configuration that the script's first line asks for ("config NAME"), else "sbc". */
struct span script_config(struct span text);

/* Plays the script; what went wrong is in w->failure, *line is where. */
void script_play(struct world *w, struct span text, unsigned *line);

#endif
