"""Puts into a queue what no producer would write, each followed by a good job.

Usage: garbage.py REDIS_URL QUEUE CASES

CASES is JSON: the names of the cases, which are also the ids of their jobs. A good job's id is
`good-` and the id of what came before it.
"""

import json
import pickle
import sys
import zlib

import redis
from rq import Queue

CALL = pickle.dumps(('work.add', None, (1, 2), {}))

# What is written over a good job's fields.
FIELDS = {
    'random-bytes': {'data': bytes(range(255, 0, -7))},
    'zlib-of-garbage': {'data': zlib.compress(b'\x80\x05garbage')},
    'truncated-zlib': {'data': zlib.compress(CALL)[:-6]},
    'truncated-pickle': {'data': zlib.compress(CALL[: len(CALL) // 2])},
    'json': {'data': zlib.compress(b'["work.add", null, [1, 2], {}]')},
    'plain-json': {'data': b'["work.add", null, [1, 2], {}]'},
    'not-a-call': {'data': zlib.compress(pickle.dumps(7))},
    'empty-data': {'data': b''},
    'unknown-status': {'status': 'sleeping'},
    'created-at': {'created_at': 'yesterday'},
    'timeout': {'timeout': 'soon'},
    'result-ttl': {'result_ttl': 'long'},
    'retries-left': {'retries_left': 'many'},
    'retry-intervals': {'retries_left': '1', 'retry_intervals': '{"a'},
    'meta': {'meta': b'\x80\x05garbage'},
    'origin': {'origin': b'\xff\xfe'},
}


def plant(case, queue, connection):
    """Puts one case into the queue."""
    key = f'rq:job:{case}'
    if case in FIELDS:
        queue.enqueue_call('work.add', args=(1, 2), job_id=case)
        connection.hset(key, mapping=FIELDS[case])
        return
    if case == 'no-data':
        connection.hset(key, 'status', 'queued')
    elif case == 'a-list':
        connection.rpush(key, 'one')
    elif case != 'no-hash':
        raise ValueError(case)
    connection.rpush(queue.key, case)


connection = redis.Redis.from_url(sys.argv[1])
queue = Queue(sys.argv[2], connection=connection)
for case in json.loads(sys.argv[3]):
    plant(case, queue, connection)
    queue.enqueue_call('work.good', job_id=f'good-{case}')
