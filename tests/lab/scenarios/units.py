# SPDX-License-Identifier: BSD-3-Clause
"""The systemd units, started by a systemd of their own."""

import os
import subprocess

from natlab.ua import Failed, NotHere

HERE = os.path.dirname(os.path.abspath(__file__))
CANNOT = 77


def units_start(lab):
    """systemd starts all three units as they are: the programs know each other, and stopped they leave nothing behind"""
    if "/san-" in lab.bin:
        raise NotHere("not of a build with sanitizers, which needs memory that is written and run")
    done = subprocess.run([os.path.join(HERE, "../units"), "-b", os.path.dirname(lab.bin)], capture_output=True, text=True,
                          timeout=120)
    if done.returncode == CANNOT:
        raise NotHere(done.stdout.strip())
    if done.returncode:
        raise Failed(done.stdout)
    return None
