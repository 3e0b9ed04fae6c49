"""Jobs that look around, and use what RQ gives them."""

import os

from rq import Queue, get_current_job

import work


def look():
    """The job as its own code sees it, and the environment."""
    job = get_current_job()
    return (
        job.id,
        job.origin,
        job.func_name,
        job.args,
        job.worker_name,
        getattr(job.get_status(), 'value', job.get_status()),
        os.environ['RQ_JOB_ID'],
        os.environ['RQ_WORKER_ID'],
        os.getcwd(),
    )


def remember(key, value):
    job = get_current_job()
    job.meta[key] = value
    job.save_meta()


def enqueue_another(job_id):
    """A job that enqueues a job."""
    job = get_current_job()
    Queue(job.origin, connection=job.connection).enqueue(work.add, 20, 22, job_id=job_id)


async def wait_for(value):
    """A coroutine function."""
    import asyncio

    await asyncio.sleep(0)
    return value, get_current_job().id


def nothing_left():
    """What is left of earlier jobs in this process."""
    return get_current_job().meta, getattr(work, 'left', None)


def leave_something():
    work.left = 'something'
