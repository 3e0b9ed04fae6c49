"""Ordinary jobs: what applications do all day."""

import os

from rq import get_current_job


def add(left, right):
    return left + right


def nothing():
    return None


def fail(text):
    raise ValueError(text)


def fail_with(key):
    return {}[key]


def say(text):
    print(text)
    return len(text)


def greet(name, greeting='Hello', mark='.'):
    return f'{greeting}, {name}{mark}'


def echo(*arguments, **keywords):
    return arguments, keywords


class Adder:
    """Its method runs as a job, so it is pickled whole."""

    def __init__(self, left):
        self.left = left

    def plus(self, right):
        return self.left + right


def good():
    """Who runs this: the pid of the worker in Redis, and that of the process it came from."""
    connection = get_current_job().connection
    pid = connection.hget('rq:worker:' + os.environ['RQ_WORKER_ID'], 'pid')
    return int(pid), os.getppid()


def wait(name):
    """Tells that it runs, then waits to be told to end (at most a minute)."""
    connection = get_current_job().connection
    connection.rpush('test:running', name)
    connection.blpop(['test:go:' + name], timeout=60)
    return name


def note(name):
    """Adds its name to a list, so that the order of several jobs can be seen."""
    get_current_job().connection.rpush('test:order', name)
