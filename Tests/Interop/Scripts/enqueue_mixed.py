"""Enqueues a range of the thousand jobs.

Usage: enqueue_mixed.py REDIS_URL FIRST END
"""

import sys

import mixed
import redis
from rq import Queue

connection = redis.Redis.from_url(sys.argv[1])
queues = {name: Queue(name, connection=connection) for name in mixed.QUEUES}
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    queue, function, arguments, keywords, _ = mixed.job(number)
    queues[queue].enqueue_call(function, args=arguments, kwargs=keywords, job_id=f'mixed-{number}')
