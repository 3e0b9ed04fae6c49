"""The work: plain functions, as any RQ application has them. Nothing here knows about rqd."""

import time


def add(a, b):
    """Returns a value, which stays in Redis as the job's result."""
    return a + b


def divide(a, b):
    """Raises when b is 0; the job then fails and its traceback is the result."""
    return a / b


def nap(seconds):
    """Takes its time, as most real jobs do."""
    time.sleep(seconds)
    return seconds


def greet(name):
    """Prints; rqd logs each line together with the job it came from."""
    print(f"Hello, {name}!")
    return len(name)
