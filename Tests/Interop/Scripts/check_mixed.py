"""Reads the thousand jobs as RQ reports them, and prints what it found as JSON.

Usage: check_mixed.py REDIS_URL COUNT WORKER,…

`wrong` lists each difference from what a job must come to.
"""

import json
import sys
from datetime import datetime, timezone

import mixed
import redis
from rq import Queue
from rq.job import Job
from rq.results import Result


def differences(job, kind, value, names):
    """What is wrong with one job."""
    status = job.get_status()
    result = job.latest_result()
    if result is None:
        yield f'no result, status {status}'
        return
    if len(job.results()) != 1:
        yield f'{len(job.results())} results'
    if kind == 'returns':
        expected = ('finished', Result.Type.SUCCESSFUL)
        if result.return_value != value or job.return_value() != value:
            yield f'returned {result.return_value!r}'
        if result.exc_string:
            yield f'exc_string {result.exc_string}'
    else:
        expected = ('failed', Result.Type.FAILED)
        text = result.exc_string or ''
        last = text.strip().rsplit('\n', 1)[-1]
        if not last.startswith(value) or not text.startswith('Traceback (most recent call last)'):
            yield f'raised {text!r}'
        if 'work.py' not in text or 'File "rqd-' in text:
            yield f'traceback {text!r}'
    if (status, result.type) != expected:
        yield f'{status}, {result.type}'
    if result.worker_name not in names or job.worker_name not in names:
        yield f'worker {result.worker_name!r} {job.worker_name!r}'
    times = [job.created_at, job.enqueued_at, job.started_at, job.ended_at, result.created_at]
    times = [time.replace(tzinfo=time.tzinfo or timezone.utc) for time in times]
    # A stream's ids, the result's time, are whole milliseconds.
    floor = times[3].replace(microsecond=times[3].microsecond // 1000 * 1000)
    if times[:4] != sorted(times[:4]) or times[4] < floor or times[4] > datetime.now(timezone.utc):
        yield f'times {times}'


connection = redis.Redis.from_url(sys.argv[1])
numbers = range(int(sys.argv[2]))
workers = sys.argv[3].split(',')
wrong = []
members = {name: {'finished': set(), 'failed': set()} for name in mixed.QUEUES}
jobs = Job.fetch_many([f'mixed-{number}' for number in numbers], connection=connection)
for number, job in zip(numbers, jobs):
    queue, _, _, _, (kind, value) = mixed.job(number)
    if job is None:
        wrong.append(f'mixed-{number}: no such job')
        continue
    members[queue]['finished' if kind == 'returns' else 'failed'].add(job.id)
    wrong.extend(f'{job.id}: {text}' for text in differences(job, kind, value, workers))

registries = {}
for name in mixed.QUEUES:
    queue = Queue(name, connection=connection)
    finished = queue.finished_job_registry.get_job_ids()
    failed = queue.failed_job_registry.get_job_ids()
    if sorted(finished) != sorted(members[name]['finished']):
        wrong.append(f'{name}: finished registry')
    if sorted(failed) != sorted(members[name]['failed']):
        wrong.append(f'{name}: failed registry')
    registries[name] = {
        'queued': queue.count,
        'started': queue.started_job_registry.count,
        'finished': len(finished),
        'failed': len(failed),
        'deferred': queue.deferred_job_registry.count,
        'scheduled': queue.scheduled_job_registry.count,
        'canceled': queue.canceled_job_registry.count,
    }
print(json.dumps({'checked': len(jobs), 'wrong': wrong, 'registries': registries}))
