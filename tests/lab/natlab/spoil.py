# SPDX-License-Identifier: BSD-3-Clause
"""spoil.py: a scenario waits in vain, as on a machine that is too busy (tests/lab/run --spoil)."""

_waits = iter(())


def arm(number):
    """Of the waits from now on the one of that number is in vain; 0: none is."""
    global _waits
    _waits = iter([False] * (number - 1) + [True] * (number > 0))


def in_vain():
    """Whoever waits asks this before."""
    return next(_waits, False)
