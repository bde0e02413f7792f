"""Fails in every way that Python has, when told to."""

import os
import sys
import time

import wit_world


class WitWorld(wit_world.WitWorld):
    def double(self, number):
        return number * 2

    def panic(self):
        raise ValueError("told to")

    def reach_unreachable(self):
        os.abort()

    def overflow_stack(self):
        depth(1)

    def exhaust_memory(self):
        blocks = []
        while True:
            blocks.append(bytearray(1 << 20))

    def end_process(self):
        sys.exit(3)

    def spin(self):
        while True:
            pass

    def wait_in_host(self, seconds):
        time.sleep(seconds)


def depth(above):
    return depth(above + 1) + 1
