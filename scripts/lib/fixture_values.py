"""Single values as Python and rq write them: calls, moments, floats, strings."""

import json
import pickle
import random
from datetime import datetime, timedelta, timezone

from fixture_view import EPOCH, encoded, micros
from rq.utils import utcformat


def pickled_calls():
    """One call in every pickle protocol, with the name that must be read from it."""
    calls = []
    for name in ('app.tasks.send', 'größe.日本', '🎉.back\\slash', 'x' * 300):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            call = pickle.dumps((name, None, (1, 'a'), {'k': [2]}), protocol=protocol)
            calls.append({'function': name, 'protocol': protocol, 'data': encoded(call)})
    return calls


def moments():
    """Moments in both forms: around leap days, the epoch, the ends of 32 bits, year 9999."""
    parts = [
        (1970, 1, 1), (1969, 12, 31, 23, 59, 59, 999999), (1900, 2, 28, 23, 59, 59),
        (1900, 3, 1), (2000, 2, 29, 12), (2000, 3, 1), (2024, 2, 29, 23, 59, 59, 999999),
        (2024, 3, 1), (2026, 11, 23, 8, 46, 39, 836231), (2038, 1, 19, 3, 14, 7),
        (2038, 1, 19, 3, 14, 8), (2100, 2, 28), (2100, 3, 1), (2100, 12, 31, 0, 0, 0, 1),
        (1000, 1, 1), (9999, 12, 31, 23, 59, 59, 999999), (2026, 1, 1, 0, 0, 0, 100),
    ]
    instants = [datetime(*part, tzinfo=timezone.utc) for part in parts]
    chance = random.Random(1)
    span = datetime(2200, 1, 1, tzinfo=timezone.utc) - EPOCH
    instants += [
        EPOCH + timedelta(microseconds=chance.randrange(span // timedelta(microseconds=1)))
        for _ in range(200)
    ]
    return [
        {'micros': micros(instant), 'iso': utcformat(instant), 'epoch': repr(instant.timestamp())}
        for instant in instants
    ]


def floats():
    """How Python prints floats, above all where it starts to use an exponent."""
    values = [0.0, -0.0, 1.0, -1.5, 100.0, 1e15, 1e16, 1.5e16, 2.0**54, 1e17, 123456789012345678.0]
    values += [1e22, 1e100, 1.7976931348623157e308, 0.1, 0.001, 0.0001, 0.00001, 1.25e-05, 5e-324]
    values += [1795423615.0, 1795423615.926432, 9007199254740993.0, float('inf'), float('-inf')]
    chance = random.Random(2)
    values += [chance.uniform(-1, 1) * 10 ** chance.randrange(-20, 25) for _ in range(200)]
    return [repr(value) for value in values]


def strings():
    """How Python writes strings as JSON."""
    texts = ['', 'plain', 'a"b\\c/d', 'größe', '日本 🎉', '{"a": [1]}']
    texts.append('\b\f\n\r\t\x00\x1f\x7f')
    return [{'text': text, 'json': json.dumps(text)} for text in texts]
