# SPDX-License-Identifier: BSD-3-Clause
"""actor.py: who does something all the time in a soak, in a thread of its own and at random: what goes wrong while
programs are killed is counted, what may never happen is told."""

import collections
import http.client
import queue
import random
import subprocess
import threading

from .ua import Failed
from .wire import Closed

PATIENCE_S = 6
SPOILED = (Failed, Closed, RuntimeError, OSError, LookupError, ValueError, subprocess.SubprocessError,
           http.client.HTTPException, queue.Empty)


class Actor(threading.Thread):
    """turn() is done again and again until stop(); begin() and end() around it, by the same thread: programs that it
    starts end with it."""

    def __init__(self, lab, seed):
        super().__init__(daemon=True, name=type(self).__name__)
        self.lab, self.chance = lab, random.Random(f"{seed}{self.name}")
        self.over = threading.Event()
        self.did, self.spoiled = collections.Counter(), collections.Counter()
        self.wrong = []  # what may not happen, whoever is killed

    def begin(self):
        pass

    def turn(self):
        raise NotImplementedError

    def end(self):
        pass

    def run(self):
        self._try(self.begin)
        while not self.over.is_set():
            self._try(self.turn)
            self.over.wait(0.01)
        self._try(self.end)

    def _try(self, what):
        try:
            what()
        except SPOILED as error:
            self.spoiled[f"{type(error).__name__}: {error}"[:100]] += 1
            self.over.wait(0.5)

    def stop(self):
        self.over.set()

    def rest(self, least, most):
        self.over.wait(self.chance.uniform(least, most))

    def is_due(self, one_of):
        return self.chance.randrange(one_of) == 0
