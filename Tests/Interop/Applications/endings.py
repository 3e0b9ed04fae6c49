"""What hears of a job's end: callbacks and an exception handler, each in its own words."""

import time

from rq import get_current_job
from rq.command import send_stop_job_command


def stop_itself():
    job = get_current_job()
    send_stop_job_command(job.connection, job.id)
    time.sleep(60)


def good():
    return 1


def bad():
    raise ValueError('no')


def told(connection, *words):
    connection.rpush('told', ' '.join(str(word) for word in words))


def stopped(job, connection):
    told(connection, 'stopped', job.id)


def succeeded(job, connection, result):
    told(connection, 'succeeded', job.id, result, job.get_status(refresh=False).value)


def failed(job, connection, kind, value, trace_back):
    told(connection, 'failed', job.id, value, job.get_status(refresh=False).value)


def handler(job, kind, value, trace_back):
    told(job.connection, 'handled', job.id, kind.__name__)
