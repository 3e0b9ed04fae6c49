"""What the jobs of the differential test do. What they notice goes to the list trace:<kind>."""

import asyncio
import operator
import os
import signal
import sys
import time

from redis import Redis
from rq import Queue, Retry, Worker, get_current_job
from rq.command import send_stop_job_command
from rq.registry import FailedJobRegistry, StartedJobRegistry


def connect():
    return Redis.from_url(os.environ['DIFFERENTIAL_REDIS'])


def trace(job, *words):
    """Notes something under the job's kind, which is its id up to the first hyphen."""
    words = (job.id,) + words
    connect().rpush('trace:' + job.id.partition('-')[0], ' '.join(str(word) for word in words))


def note(*words):
    trace(get_current_job(), *words)


def give(value):
    note('runs')
    return value


def echo(*arguments, **named):
    return [list(arguments), named]


def give_lambda():
    return lambda: 1


def give_bytes():
    return b'\x00\xff'


def give_error():
    return ValueError('a value')


def give_patience():
    """How long the job's connection waits for an answer, in seconds."""
    return get_current_job().connection.connection_pool.connection_kwargs['socket_timeout']


class Thing:
    def __init__(self, name):
        self.name = name

    def __call__(self, more):
        return '%s is called %s' % (self.name, more)

    async def wait(self, more):
        await asyncio.sleep(0)
        return '%s waits %s' % (self.name, more)

    def method(self, more):
        return '%s has a method %s' % (self.name, more)

    @staticmethod
    def static(more):
        return 'static ' + more

    @classmethod
    def of_class(cls, more):
        return cls.__name__ + ' ' + more


def give_thing():
    return Thing('a thing')


class OwnError(Exception):
    pass


def fail(text='no'):
    note('runs')
    raise ValueError(text)


def fail_own():
    raise OwnError('mine', 2)


def fail_from():
    try:
        operator.truediv(1, 0)
    except ZeroDivisionError as error:
        raise OwnError('outer') from error


def fail_twice_then_give():
    """Succeeds the third time."""
    key = 'count:' + get_current_job().id
    note('runs')
    if connect().incr(key) < 3:
        raise ValueError('not yet')
    return 'at last'


def leave(status):
    sys.exit(status)


def interrupt():
    raise KeyboardInterrupt


def ask_again(**options):
    note('runs', get_current_job().number_of_retries)
    return Retry(**options)


def ask_again_once(**options):
    note('runs', get_current_job().number_of_retries)
    if connect().incr('count:' + get_current_job().id) == 1:
        return Retry(**options)
    return 'enough'


def keep_meta(then='return'):
    job = get_current_job()
    job.meta['kept'] = [1, 'two']
    job.save_meta()
    job.meta['unsaved'] = True
    if then == 'raise':
        raise ValueError('after the meta')
    if then == 'die':
        os.kill(os.getpid(), signal.SIGKILL)
    return then


def change_meta_only():
    get_current_job().meta['unsaved'] = True


def change(failing=False, **attributes):
    job = get_current_job()
    for name, value in attributes.items():
        setattr(job, name, value)
    if failing:
        raise ValueError('changed')
    return sorted(attributes)


def save_itself(failing=False):
    job = get_current_job()
    job.description = 'saved by itself'
    job.meta['saved'] = 1
    job.save()
    if failing:
        raise ValueError('saved')


def stop_itself():
    job = get_current_job()
    note('runs')
    send_stop_job_command(connect(), job.id)
    time.sleep(60)


def die(signal_number=signal.SIGKILL):
    note('runs')
    os.kill(os.getpid(), signal_number)


def exit_hard(status):
    note('runs')
    os._exit(status)


def oversleep():
    note('runs')
    time.sleep(30)


def swallow_timeout():
    try:
        time.sleep(30)
    except Exception as error:
        return repr(error)


def look_around():
    job = get_current_job()
    note('job', job.id, job.func_name, job.origin, job.get_status(), job.timeout, job.is_started)
    note('environment', os.environ.get('RQ_WORKER_ID'), os.environ.get('RQ_JOB_ID'))
    note('times', *(bool(t) for t in (job.created_at, job.enqueued_at, job.started_at)))
    note('worker', job.worker_name, job.ended_at, job.meta, job.args, job.kwargs)
    note('queue', Queue(job.origin, connection=connect()).count)
    note('connected', job.connection.ping())


async def wait_and_give(value):
    await asyncio.sleep(0)
    note('runs')
    return value


async def wait_and_fail():
    await asyncio.sleep(0)
    raise OwnError('in a coroutine')


def enqueue_others(count):
    job = get_current_job()
    queue = Queue(job.origin, connection=connect())
    for number in range(count):
        queue.enqueue(give, number, job_id='%s-child%d' % (job.id, number))


def enqueue_dependent_of_itself(function, then=None):
    job = get_current_job()
    queue = Queue(job.origin, connection=connect())
    queue.enqueue(function, 'child', job_id=job.id + '-child', depends_on=job)
    if then:
        raise ValueError(then)


def delete_itself():
    get_current_job().delete()


def cancel_itself():
    get_current_job().cancel()


def look_at_itself_from_outside():
    """As a dashboard of this release of rq sees the job that runs."""
    job = get_current_job()
    registry = StartedJobRegistry(job.origin, connection=connect())
    note('listed', registry.get_job_ids(), registry.count, job in registry)
    for worker in Worker.all(connection=connect()):
        current = worker.get_current_job()
        words = (current and current.id, worker.get_current_job_id(), worker.queue_names() != [])
        note('worker', worker.name, worker.get_state(), *words)


def count_of_workers_jobs():
    worker = os.environ['RQ_WORKER_ID']
    counts = connect().hmget('rq:worker:' + worker, 'successful_job_count', 'failed_job_count')
    note('counts', *(int(count or 0) for count in counts))


def succeeded(job, connection, result):
    trace(job, 'succeeded', repr(result), connection.ping(), job.get_status(refresh=False))


def failed(job, connection, kind, value, trace_back):
    trace(job, 'failed', kind.__name__, value, trace_back is not None, job.retries_left)


def stopped(job, connection):
    trace(job, 'stopped', connection.ping(), job.func_name)


def fail_succeeded(job, connection, result):
    trace(job, 'succeeded')
    raise OwnError('in the callback')


def fail_failed(job, connection, kind, value, trace_back):
    trace(job, 'failed')
    raise OwnError('in the callback')


def fail_stopped(job, connection):
    trace(job, 'stopped')
    raise OwnError('in the callback')


def slow_succeeded(job, connection, result):
    trace(job, 'succeeded')
    time.sleep(30)


def slow_failed(job, connection, kind, value, trace_back):
    trace(job, 'failed')
    time.sleep(30)


def slow_stopped(job, connection):
    trace(job, 'stopped')
    time.sleep(30)


def meta_succeeded(job, connection, result):
    job.meta['callback'] = result
    job.save_meta()


def change_succeeded(job, connection, result):
    job.result_ttl = 3000
    job.description = 'changed by the callback'


def change_failed(job, connection, kind, value, trace_back):
    job.failure_ttl = 3000
    job.description = 'changed by the callback'


def first_handler(job, kind, value, trace_back):
    trace(job, 'first handler', kind.__name__, value, trace_back is not None)


def second_handler(job, kind, value, trace_back):
    trace(job, 'second handler', kind.__name__)
    job.meta['handled'] = str(value)
    job.save_meta()
    if job.retries_left is None and job.id.endswith('-given'):
        job.retries_left = 1
    return 'stop here' not in str(value)


def third_handler(job, kind, value, trace_back):
    trace(job, 'third handler')
    if 'break' in str(value):
        raise OwnError('in the handler')


def after_handler(job, kind, value, trace_back):
    """Tells what Redis holds of the failure, and queues a job again that is called so."""
    registry = FailedJobRegistry(job.origin, connection=connect())
    result = job.latest_result()
    status = connect().hget(job.key, 'status')
    known = job.get_status(refresh=False)
    trace(job, 'handler', kind.__name__, status and status.decode(), getattr(known, 'value', known))
    trace(job, 'left', job.retries_left, job.id in registry.get_job_ids(), bool(result))
    if job.id.endswith('-again'):
        job.requeue()
