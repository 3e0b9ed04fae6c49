"""An agent that looks at each call of RQ's methods in a horse, and notes it in Redis.

As a settings module it comes after `import rq`; `early/sitecustomize.py` comes before it.
"""

import json
import os

import redis
import rq
import rq.worker
from rq.job import Job
from rq.worker import Worker

HORSE_METHODS = (
    'perform_job',
    'prepare_job_execution',
    'handle_job_success',
    'handle_job_failure',
    'handle_job_retry',
    'handle_exception',
)
SAYS_STATUS = ('perform_job', 'handle_job_success', 'handle_job_failure', 'handle_job_retry')


def note(*what):
    redis.Redis.from_url(os.environ['WATCHED_BY']).rpush('watched', json.dumps(what))


def kinds(arguments):
    return [type(each).__name__ for each in arguments]


def watch(owner, name, is_before=False):
    plain = getattr(owner, name, None)
    if plain is None:
        return

    def watched(self, *args, **kwargs):
        job = self if isinstance(self, Job) else (args[0] if args else kwargs['job'])
        if is_before:
            note(name, job.id, kinds(args))
            return plain(self, *args, **kwargs)
        result = 'an exception'
        try:
            result = plain(self, *args, **kwargs)
            return result
        finally:
            status = None
            if name in SAYS_STATUS:
                status = job.get_status()
                status = [getattr(status, 'value', status), job.is_failed, job.is_finished]
            shown = 'Retry' if isinstance(result, rq.Retry) else repr(result)
            note(name, job.id, kinds(args), sorted(kwargs), shown, status)

    setattr(owner, name, watched)


class Subclass(Worker):
    def perform_job(self, job, queue, *args):
        result = super().perform_job(job, queue, *args)
        note('subclass', job.id, queue.name, self.name == os.environ['RQ_WORKER_ID'], result)
        return result


if os.environ.get('WATCHED_AS') == 'subclass':
    rq.Worker = rq.worker.Worker = Subclass
else:
    for method in HORSE_METHODS:
        watch(Worker, method)
    watch(Worker, 'main_work_horse', is_before=True)
    watch(Job, 'perform')
    watch(Job, '_execute')


def again(times):
    return rq.Retry(max=times)


def told(job, connection, value):
    note('callback', job.id, value)
