"""Enqueues jobs through RQ.

Usage: enqueue.py REDIS_URL CALLS

CALLS is JSON: [{"id", "function", "arguments", "queue", "options"}, …]. The options are those of
Queue.enqueue_call.
"""

import json
import sys

import redis
from rq import Queue

connection = redis.Redis.from_url(sys.argv[1])
for call in json.loads(sys.argv[2]):
    Queue(call['queue'], connection=connection).enqueue_call(
        call['function'],
        args=tuple(call['arguments']),
        job_id=call['id'],
        **call['options'],
    )
