"""All of a Redis as text, without what differs from one run to the next."""

import base64
import math
import pickle
import re
import time
import zlib

EXECUTION = re.compile(r'\b[0-9a-f]{32}\b')
ISO = re.compile(r'\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?')
EPOCH = re.compile(r'\b\d{10}\.\d+')
PORT = re.compile(r'127\.0\.0\.1:\d+')
ADDRESS = re.compile(r' at 0x[0-9a-f]+')
# Lifetimes in the mixes are far apart, and no run takes this many seconds.
GRAIN = 500


def bucket(seconds):
    """A lifetime, or the distance to a moment, rounded up to whole grains."""
    if math.isinf(seconds):
        return 'for ever'
    return '%d s' % (math.ceil(seconds / GRAIN) * GRAIN)


def plain(text):
    for pattern, word in (
        (EXECUTION, '<execution>'),
        (ISO, '<time>'),
        (EPOCH, '<epoch>'),
        (PORT, '<sink>'),
        (ADDRESS, ''),
    ):
        text = pattern.sub(word, text)
    return text


def text(value):
    return plain(value.decode('utf-8', 'backslashreplace'))


def describe(value):
    if type(value).__module__ in ('builtins',):
        return repr(value)
    return '%s %s' % (type(value).__name__, getattr(value, '__dict__', value))


def serialised(value):
    try:
        return 'pickle ' + plain(describe(pickle.loads(value.removeprefix(b'own:'))))
    except Exception:
        return text(value)


def inflated(value):
    try:
        return zlib.decompress(value)
    except zlib.error:
        return b'bare ' + value


def last_line(value):
    lines = value.decode().strip().splitlines() or ['']
    return '%s: … %s' % (lines[0], lines[-1]) if lines[0].startswith('Traceback') else lines[-1]


FIELDS = {
    'data': lambda value: repr(inflated(value)),
    'meta': serialised,
    'result': serialised,
    'exc_info': lambda value: plain(last_line(inflated(value))),
    'exc_string': lambda value: plain(last_line(inflated(base64.b64decode(value)))),
    'return_value': lambda value: serialised(base64.b64decode(value)),
}
OWN_OF_A_WORKER = {'pid', 'total_working_time', 'ip_address'}
TIMES = ('created_at', 'enqueued_at', 'started_at', 'ended_at')


def hash_of(connection, key):
    fields = {name.decode(): value for name, value in connection.hgetall(key).items()}
    out = {name: FIELDS.get(name, text)(value) for name, value in fields.items()}
    if key.startswith(b'rq:worker:'):
        out.update(dict.fromkeys(out.keys() & OWN_OF_A_WORKER, '<its own>'))
    order = sorted((fields[name], TIMES.index(name)) for name in TIMES if fields.get(name))
    if order:
        out['order of times'] = ' '.join(TIMES[index] for _, index in order)
    return out


def stream_of(connection, key):
    out = {}
    for index, (_, fields) in enumerate(connection.xrange(key)):
        for name, value in fields.items():
            name = name.decode()
            out['%d %s' % (index, name)] = FIELDS.get(name, text)(value)
    return out


def scores_of(connection, key):
    now = time.time()
    return {
        text(member): bucket(score - now) if score > 0 else '%d' % score
        for member, score in connection.zrange(key, 0, -1, withscores=True)
    }


READERS = {
    'string': lambda connection, key: {'value': text(connection.get(key))},
    'list': lambda connection, key: {
        str(index): text(value) for index, value in enumerate(connection.lrange(key, 0, -1))
    },
    'set': lambda connection, key: {text(value): 'member' for value in connection.smembers(key)},
    'hash': hash_of,
    'zset': scores_of,
    'stream': stream_of,
}


def contents(connection, kinds):
    """For each kind, and for `shared`, what there is: place to value."""
    longest_first = sorted(kinds, key=len, reverse=True)

    def owner(words):
        for kind in longest_first:
            if re.search(r'(^|[: ])%s($|[-: ])' % re.escape(kind), words):
                return kind
        return 'shared'

    found = {kind: {} for kind in kinds + ['shared']}
    for key in sorted(connection.keys('*')):
        name = text(key)
        if name.startswith('rq:clean_'):
            continue  # locks of maintenance, which tell nothing of jobs
        values = READERS[connection.type(key).decode()](connection, key)
        lifetime = connection.ttl(key)
        if owner(name) != 'shared':
            values['lifetime'] = bucket(lifetime) if lifetime >= 0 else 'for ever'
        for field, value in values.items():
            place = '%s / %s' % (name, field)
            whose = owner(name) if owner(name) != 'shared' else owner(field)
            found[whose][place] = value
    return found
