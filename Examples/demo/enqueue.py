"""Enqueues 40 jobs on three queues with Python RQ, and prints what each one should come to.

Usage: enqueue.py REDIS_URL

One JSON object per line: the job's id, its queue, and "returns" or "raises". results.py reads
them again and compares.
"""

import json
import sys

import redis
from rq import Queue

connection = redis.Redis.from_url(sys.argv[1])
queues = {name: Queue(name, connection=connection) for name in ("high", "default", "low")}


def enqueue(queue, function, *arguments, **expected):
    job = queues[queue].enqueue(f"tasks.{function}", *arguments)
    print(json.dumps({"id": job.id, "queue": queue, **expected}))


for number in range(8):
    enqueue("low", "nap", 0.25, returns=0.25)
    enqueue("default", "add", number, number, returns=2 * number)
    enqueue("high", "add", number, 1, returns=number + 1)

for number in range(4):
    enqueue("low", "divide", number, 0, raises="ZeroDivisionError: division by zero")
    enqueue("default", "greet", f"visitor {number}", returns=9)
    enqueue("high", "divide", number, 4, returns=number / 4)

for queue in ("high", "default"):
    enqueue(queue, "divide", "six", 2, raises="TypeError: unsupported operand type(s)")
    enqueue(queue, "no_such_function", raises="no_such_function")
