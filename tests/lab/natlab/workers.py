# SPDX-License-Identifier: BSD-3-Clause
"""workers.py: the SBC of the group "workers": two threads move its media. With packet sockets each has one of every
interface; a wire has one queue, so that over AF_XDP each thread serves one of the wires, and sends for the other."""

from .programs import Programs, configuration

CORES = [0, 1]


class WorkersPrograms(Programs):
    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["relay"]["cores"] = CORES
        return config
