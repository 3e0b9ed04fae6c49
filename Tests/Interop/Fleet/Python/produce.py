"""Enqueues a range of the fleet's jobs with the installed rq.

Usage: produce.py REDIS_URL FIRST END
"""

import sys

import fleet
import redis
import rq
from rq import Queue, Retry
from rq.job import Dependency

RETRIES = {
    'retried': Retry(max=2),
    'retried_later': Retry(max=1, interval=1),
    'out_of_retries': Retry(max=1),
}


def options(kind, number):
    """What Queue.enqueue_call gets beside the function."""
    if kind in RETRIES:
        return {'retry': RETRIES[kind]}
    if kind == 'repeated':
        return {'repeat': rq.Repeat(times=2)}
    if kind == 'child':  # of the parent before it
        return {'depends_on': f'fleet-{number - 1}'}
    if kind == 'heir':  # of the job before the parent, which fails
        failing = Dependency(jobs=[f'fleet-{number - 3}'], allow_failure=True)
        return {'depends_on': failing}
    return {}


connection = redis.Redis.from_url(sys.argv[1])
queues = {name: Queue(name, connection=connection) for name in ('common', 'modern')}
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    kind = fleet.kind_of(number, rq.VERSION)
    queues[fleet.queue_of(kind)].enqueue_call(
        fleet.run,
        args=(number, kind),
        job_id=f'fleet-{number}',
        result_ttl=3600,
        **options(kind, number),
    )
