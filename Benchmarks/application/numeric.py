"""The same job in an application that imports numpy, as one does that works with data."""

import os
import time

import numpy


def job():
    begun = time.monotonic_ns()
    if int(numpy.arange(100).sum()) != 4950:
        raise ArithmeticError("numpy cannot add")
    return begun, os.getpid()
