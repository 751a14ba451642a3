# SPDX-License-Identifier: BSD-3-Clause
"""Who checks the checker: see selftest.py."""

import io
import unittest

import selftest
from natlab.ua import Failed


def leak_checker(_lab):
    """The leak checker finds each kind of leak in made-up captures, and nothing in clean ones."""
    out = io.StringIO()
    done = unittest.TextTestRunner(stream=out).run(unittest.defaultTestLoader.loadTestsFromModule(selftest))
    if not done.wasSuccessful() or done.testsRun < 8:
        raise Failed(out.getvalue()[-400:])
    return f"{done.testsRun} tests, {len(selftest.LEAKS)} kinds of leaks"
