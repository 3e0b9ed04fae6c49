"""Redash, which is in no package registry: a worker that does what its own adds to RQ's.

Written anew after its public files (redash/tasks/worker.py, redash/cli/rq.py): job and queue
classes, numbers of jobs kept while they run, a running job that is cancelled gets SIGINT, one that
does not hear its time limit is killed 15 s later. With the rq of its releases, 1.16.
"""

NAME = 'redash'
SECTION = 'Redash'
PYTHON = '3.8'
REQUIREMENTS = ['rq==1.16.2']
VENV = 'rq-1.16.2'
VERSIONS = ('rq',)

WORKER = '''
import os
import signal
import time

from redis import Redis
from rq import Queue as RQQueue
from rq.job import Job as RQJob
from rq.worker import HerokuWorker

connection = Redis(port=int(os.environ['SITE_REDIS']))


def count(name, queue, by=1):
    connection.hincrby('numbers', name + '.' + queue, by)


class Job(RQJob):
    def cancel(self, *args, **kwargs):
        self.meta['cancelled'] = True
        self.save_meta()
        super().cancel(*args, **kwargs)


class Queue(RQQueue):
    job_class = Job

    def enqueue_job(self, *args, **kwargs):
        job = super().enqueue_job(*args, **kwargs)
        count('created', self.name)
        return job


class Worker(HerokuWorker):
    queue_class = Queue
    job_class = Job
    grace = 15

    def execute_job(self, job, queue):
        count('running', queue.name)
        try:
            super().execute_job(job, queue)
        finally:
            count('running', queue.name, -1)
            count(str(getattr(job.get_status(), 'value', job.get_status())), queue.name)

    def monitor_work_horse(self, job, queue):
        self.began = time.monotonic()
        super().monitor_work_horse(job, queue)

    def heartbeat(self, *args, **kwargs):
        super().heartbeat(*args, **kwargs)
        job = self.get_current_job() if self.horse_pid else None
        if job is None:
            return
        if job.meta.get('cancelled'):
            os.kill(self.horse_pid, signal.SIGINT)
        elif job.timeout != -1 and time.monotonic() - self.began > job.timeout + self.grace:
            self.kill_horse()
'''

TASKS = '''
import signal
import time

from rq import get_current_job
from site_redash import Job, connection


class Interrupted(Exception):
    pass


def interrupted(*_):
    raise Interrupted


def query(text):
    """As execute_query: what goes wrong is its result."""
    signal.signal(signal.SIGINT, interrupted)
    job = get_current_job()
    try:
        if text == 'wrong':
            raise ValueError('no such table')
        if text == 'cancelled':
            # What the web process does when somebody cancels.
            Job.fetch(job.id, connection=connection).cancel()
            time.sleep(60)
        return [text, job.origin, type(job).__name__]
    except Exception as error:
        return repr(error)


def fail():
    raise ValueError('as asked')
'''

RUN = '''
import sys
from site_redash import Worker, connection
Worker(sys.argv[1:], connection=connection, log_job_description=False,
       job_monitoring_interval=5).work(burst=True)
'''

ENQUEUE = '''
import json
import site_tasks
from site_redash import Queue, connection
queries = Queue('queries', connection=connection)
found = {
    'good': queries.enqueue(site_tasks.query, 'select 1', job_timeout=60),
    'wrong': queries.enqueue(site_tasks.query, 'wrong', job_timeout=60),
    'cancelled': queries.enqueue(site_tasks.query, 'cancelled', job_timeout=100),
    'scheduled': Queue('scheduled_queries', connection=connection).enqueue(
        site_tasks.query, 'select 2', job_timeout=-1),
    'failed': Queue('default', connection=connection).enqueue(site_tasks.fail),
}
print(json.dumps({name: job.id for name, job in found.items()}))
'''

LOOK = '''
import json
from site_redash import connection
print(json.dumps({key.decode(): int(value)
                  for key, value in connection.hgetall('numbers').items()}))
'''


def environment(directory, redis, postgres, database):
    return {'SITE_REDIS': str(redis), 'PYTHONPATH': directory}


def prepare(folder, run):
    for name, text in (('site_redash', WORKER), ('site_tasks', TASKS), ('run', RUN)):
        with open('%s/%s.py' % (folder, name), 'w') as opened:
            opened.write(text)


def worker(venv):
    return [venv + '/bin/python', 'run.py', 'queries', 'scheduled_queries', 'default']


def places(venv, directory, redis):
    return {'/usr/local/bin/python3': venv + '/bin/python', '"/app"': '"%s"' % directory,
            'redash.tasks.worker': 'site_redash', 'redash.tasks': 'site_tasks',
            '127.0.0.1:6379': '127.0.0.1:%d' % redis}
