"""What jobs do to themselves while they run, and to other jobs."""

from datetime import datetime, timedelta, timezone

from deeds import connect, give, note
from rq import Queue, Retry, get_current_job
from rq.job import Job


def read_itself_anew():
    job = get_current_job()
    job.meta['lost'] = True
    job.refresh()
    return job.get_status() == 'started', job.meta, job.get_meta(), job.get_position()


def cancel_another(name):
    Job.fetch(name, connection=connect()).cancel()


def delete_another(name):
    Job.fetch(name, connection=connect()).delete()


def fail_once_only():
    note('runs')
    if connect().incr('count:' + get_current_job().id) == 1:
        raise ValueError('once')


def requeue_another(name):
    Job.fetch(name, connection=connect()).requeue()


def schedule_others():
    job = get_current_job()
    queue = Queue(job.origin, connection=connect())
    queue.enqueue_in(timedelta(seconds=900), give, 1, job_id=job.id + '-later')
    queue.enqueue_at(datetime(2099, 1, 1, tzinfo=timezone.utc), give, 1, job_id=job.id + '-far')


def retry_or_fail(then):
    """Returns a Retry the first time, raises the second, and returns the third."""
    note('runs')
    turn = connect().incr('count:' + get_current_job().id)
    if turn == 1:
        return Retry(max=2, interval=then)
    if turn == 2:
        raise ValueError('the second time')
    return 'the third time'


def count_notes():
    job = get_current_job()
    job.meta['turns'] = job.meta.get('turns', 0) + 1
    job.save_meta()
    if job.meta['turns'] < 3:
        raise ValueError('turn %d' % job.meta['turns'])
    return job.meta['turns']
