"""Prints what RQ shows of the workers, as JSON.

Usage: observe.py REDIS_URL QUEUE
"""

import json
import sys
from datetime import timezone

import redis
from rq import Queue, Worker


def moment(time):
    return time.replace(tzinfo=time.tzinfo or timezone.utc).timestamp()


def view(worker):
    job = worker.get_current_job()
    return {
        'name': worker.name,
        'hostname': worker.hostname,
        'pid': worker.pid,
        'queues': worker.queue_names(),
        'state': worker.get_state(),
        'birth': moment(worker.birth_date),
        'heartbeat': moment(worker.last_heartbeat),
        'succeeded': worker.successful_job_count,
        'failed': worker.failed_job_count,
        'working_time': worker.total_working_time,
        'version': worker.version,
        'python_version': worker.python_version,
        'job_id': worker.get_current_job_id(),
        'job': job and job.func_name,
    }


connection = redis.Redis.from_url(sys.argv[1])
queue = Queue(sys.argv[2], connection=connection)
workers = sorted(Worker.all(connection=connection), key=lambda worker: worker.name)
print(
    json.dumps(
        {
            'workers': [view(worker) for worker in workers],
            'count': Worker.count(connection=connection),
            'of_queue': sorted(worker.name for worker in Worker.all(queue=queue)),
            'count_of_queue': Worker.count(queue=queue),
        }
    )
)
