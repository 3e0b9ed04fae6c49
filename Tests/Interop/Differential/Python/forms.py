"""Forms that a job's function, its result and its exception can take."""

import functools

from deeds import OwnError, note
from rq import get_current_job


no_name = lambda value: value  # noqa: E731 - a function without a name of its own


def inner_function():
    def inner(value):
        return value

    return inner


def traced(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        note('wrapped')
        return function(*arguments)

    return wrapper


@traced
def wrapped(value):
    return value


def give_generator():
    return (number for number in range(3))


def give_current_job_id():
    return get_current_job().id


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError('no text')


def raise_unprintable():
    raise Unprintable


def raise_group():
    raise ExceptionGroup('both', [ValueError('one'), OwnError('two')])
