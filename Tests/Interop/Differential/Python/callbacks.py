"""Callbacks that look around, and that change what becomes of their job."""

import os

from deeds import connect, give, trace
from rq import Queue, get_current_job


async def succeed_later(job, connection, result):
    trace(job, 'succeeded')


def look_succeeded(job, connection, result):
    current = get_current_job()
    trace(job, 'current', current and current.id, job.ended_at is not None, job.is_finished)
    trace(job, 'in', os.environ.get('RQ_JOB_ID'), os.environ.get('RQ_WORKER_ID'))
    trace(job, 'result', job.worker_name, sorted(job.meta))


def look_failed(job, connection, kind, value, trace_back):
    current = get_current_job()
    trace(job, 'current', current and current.id, job.ended_at is not None, job.is_failed)


def enqueue_succeeded(job, connection, result):
    queue = Queue(job.origin, connection=connection)
    queue.enqueue(give, result, job_id=job.id + '-next')


def meta_failed(job, connection, kind, value, trace_back):
    job.meta['failed'] = str(value)
    job.save_meta()


def forgive(job, connection, kind, value, trace_back):
    """Gives a job one more try."""
    if not connect().incr('forgiven:' + job.id) > 1:
        job.retries_left = 1
