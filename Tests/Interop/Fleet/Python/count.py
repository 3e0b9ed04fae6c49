"""Counts, with the installed rq, what is in the queues and registries and who works.

Usage: count.py REDIS_URL QUEUE..

Prints JSON: `queues` and `workers` by name.
"""

import json
import sys

import redis
from rq import Queue, Worker


def counts(queue):
    return {
        'count': queue.count,
        'executing': queue.started_job_registry.count,
        'finished': queue.finished_job_registry.count,
        'failed': queue.failed_job_registry.count,
        'deferred': queue.deferred_job_registry.count,
        'scheduled': queue.scheduled_job_registry.count,
        'canceled': queue.canceled_job_registry.count,
    }


def view(worker):
    return {
        'state': str(getattr(worker.get_state(), 'value', worker.get_state())),
        'queues': worker.queue_names(),
        'pid': worker.pid,
        'current_job': worker.get_current_job_id(),
        'successful_job_count': worker.successful_job_count,
        'failed_job_count': worker.failed_job_count,
    }


connection = redis.Redis.from_url(sys.argv[1])
queues = {name: counts(Queue(name, connection=connection)) for name in sys.argv[2:]}
workers = {worker.name: view(worker) for worker in Worker.all(connection=connection)}
print(json.dumps({'queues': queues, 'workers': workers}))
