"""Records what the installed rq writes; called by scripts/record-fixtures.

Usage: record_fixtures.py PLACE, where PLACE has venv/, redis/ and the modules beside this one.
Writes one JSON document to standard output.
"""

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timezone

import fixture_values as values
import fixture_view as view
import rq
from fixture_redis import Server, Wire, dump, text
from redis import Redis
from rq import Queue, Retry
from rq.job import Callback, Dependency
from rq.serializers import JSONSerializer

VERSION = tuple(int(part) for part in rq.VERSION.split('.'))


class Recorder:
    def __init__(self, place):
        self.place = place
        self.server = Server(os.path.join(place, 'redis'))
        self.connection = Redis(unix_socket_path=self.server.path)
        self.wire = Wire(self.server.path)
        self.log = open(os.path.join(place, 'redis', 'worker.log'), 'ab')
        self.jobs = []
        self.snapshots = []
        self.commands = []

    def queue(self, name, serializer=None):
        return Queue(name, connection=self.connection, serializer=serializer)

    def enqueue(self, queue, id, function, *args, kwargs=None, **options):
        job = queue.enqueue(
            f'fixture_tasks.{function}' if isinstance(function, str) else function,
            args=args, kwargs=kwargs or {}, job_id=id, **options,
        )
        self.jobs.append((id, queue.serializer))
        return job

    def worker(self, name, *arguments):
        """Starts `rq worker` of the version that is recorded."""
        return subprocess.Popen(
            [os.path.join(self.place, 'venv/bin/python'), '-W', 'ignore']
            + ['-c', 'from rq.cli import main; main()', 'worker', '--name', name, '--quiet']
            + ['--url', f'unix://{self.server.path}', '--path', self.place, *arguments],
            cwd=self.place, stdout=self.log, stderr=self.log,
        )

    def work_off(self, name, *arguments):
        if self.worker(name, '--burst', *arguments).wait(timeout=120) != 0:
            with open(self.log.name) as log:
                raise SystemExit(f'record-fixtures: worker {name} failed:\n{log.read()}')

    def snapshot(self, name):
        jobs, seen = [], []
        for id, serializer in self.jobs:
            # A job that its result_ttl has already deleted has no view.
            if self.connection.exists(f'rq:job:{id}'):
                jobs.append(view.job_view(id, self.connection, serializer))
                seen.append(id)
        runs = view.execution_views(seen, self.connection) if name == 'running' else []
        self.snapshots.append({
            'name': name,
            'jobs': jobs,
            'workers': view.worker_views(self.connection),
            'executions': runs,
            'keys': dump(self.wire),
        })

    def forget(self):
        self.wire.ask('FLUSHALL')
        self.jobs = []

    def await_state(self, worker, state):
        """A worker says what it does in its hash and nowhere else."""
        deadline = time.monotonic() + 30
        while self.wire.ask('HGET', f'rq:worker:{worker}', 'state') != state.encode():
            if time.monotonic() > deadline:
                raise SystemExit(f'record-fixtures: worker {worker} never became {state}')
            time.sleep(0.01)

    def await_running(self):
        if self.wire.ask('BLPOP', 'fixture:running', 30) is None:
            raise SystemExit('record-fixtures: the job was not started')


def enqueue_everything(recorder):
    """Jobs with every field a producer of this version can set."""
    from fixture_tasks import Greeter

    queue = recorder.queue('default')
    add = recorder.enqueue
    add(queue, 'returns', 'report', 'größe')
    add(queue, 'returns-none', 'nothing')
    add(queue, 'returns-unpicklable', 'unpicklable')
    words = 'Überweisung → 日本 🎉'
    add(queue, 'fails', 'fail', 'boom ü', description=words, failure_ttl=3600)
    add(queue, 'kwargs', 'add', 1, kwargs={'right': 2}, description='')
    add(queue, 'discarded', 'add', 1, 2, result_ttl=0)
    add(queue, 'kept', 'add', 1, 2, result_ttl=-1, failure_ttl=-1)
    add(queue, 'kept-failure', 'fail', 'kept', failure_ttl=-1)
    add(queue, 'one-hour', 'add', 1, 2, job_timeout='1h', ttl=600, result_ttl=60)
    add(queue, 'no-limit', 'add', 1, 2, job_timeout=-1)
    add(queue, 'front', 'add', 1, 2, at_front=True)
    add(queue, 'retries-now', 'fail', 'again', retry=Retry(max=2))
    add(queue, 'retries-later', 'fail', 'later', retry=Retry(max=3, interval=[10, 30, 60]))
    add(queue, 'meta', 'note', 'progress', 'halb ½', meta={'user': 7})
    add(queue, 'method', Greeter('hello').greet, 'world')
    add(queue, 'missing-function', 'no_such_function')
    callbacks = {
        'on_success': Callback('fixture_tasks.on_success', timeout=5),
        'on_failure': Callback('fixture_tasks.on_failure'),
        'on_stopped': Callback('fixture_tasks.on_stopped', timeout='2m'),
    }
    add(queue, 'callbacks', 'add', 1, 2, **callbacks)
    add(queue, 'child', 'add', 1, 2, depends_on='returns')
    add(queue, 'children', 'add', 1, 2, depends_on=['returns', 'kept'])
    add(queue, 'waits', 'add', 1, 2, depends_on='fails')
    add(queue, 'forgives', 'add', 1, 2, depends_on=Dependency(['fails'], allow_failure=True))
    add(queue, 'canceled', 'add', 1, 2).cancel()
    add(recorder.queue('high prio'), 'other-queue', 'add', 1, 2)
    add(recorder.queue('json', JSONSerializer), 'json', 'report', 'größe')
    queue.enqueue_at(
        datetime(2040, 2, 29, 12, 30, tzinfo=timezone.utc), 'fixture_tasks.add', args=(1, 2),
        job_id='scheduled', meta={'user': 7},
    )
    recorder.jobs.append(('scheduled', queue.serializer))
    enqueue_by_version(recorder, queue)


def enqueue_by_version(recorder, queue):
    """What only some versions can do."""
    add = recorder.enqueue
    if VERSION < (2, 12):
        add(queue, 'with.dots and spaces', 'add', 1, 2)
    if VERSION < (2,):
        add(queue, 'with:colon', 'add', 1, 2)
        return
    from rq import Repeat
    from rq.group import Group

    add(queue, 'repeats', 'add', 1, 2, repeat=Repeat(times=3, interval=[60, 120]))
    add(queue, 'returns-retry', 'try_again')
    group = Group.create(connection=recorder.connection, name='batch')
    data = [
        Queue.prepare_data('fixture_tasks.add', args=(n, n), job_id=f'grouped-{n}') for n in (1, 2)
    ]
    recorder.jobs += [(job.id, queue.serializer) for job in group.enqueue_many(queue, data)]
    if VERSION < (3,):
        return
    from rq import RateLimit

    for n in (1, 2):
        add(queue, f'limited-{n}', 'add', 1, 2, rate_limit=RateLimit(key='api', concurrency=1))
    retry = Retry(max=1, interval=10, enqueue_at_front=True)
    add(queue, 'retries-at-front', 'fail', 'front', retry=retry)


def record_jobs(recorder):
    enqueue_everything(recorder)
    recorder.snapshot('queued')
    recorder.work_off('fixture-worker', 'default', 'high prio')
    recorder.work_off('fixture-json', '--serializer', 'rq.serializers.JSONSerializer', 'json')
    recorder.snapshot('finished')
    recorder.forget()


def record_worker(recorder):
    """One worker that idles, runs, and is told everything a worker can be told."""
    from rq.command import send_kill_horse_command, send_shutdown_command, send_stop_job_command

    name = 'fixture-long'
    listener = Wire(recorder.server.path)
    listener.ask('SUBSCRIBE', f'rq:pubsub:{name}')

    def command(kind, send, *args, **ids):
        send(recorder.connection, *args)
        payload = listener.read()[2]
        recorder.commands.append(
            {'command': kind, 'worker': name, 'payload': text(payload), **ids})

    def run(id):
        recorder.enqueue(queue, id, 'wait', id)
        recorder.await_running()

    queue = recorder.queue('slow')
    worker = recorder.worker(name, 'slow')
    recorder.await_state(name, 'idle')
    recorder.snapshot('idle')

    run('runs')
    recorder.snapshot('running')
    recorder.wire.ask('RPUSH', 'fixture:go', 1)
    recorder.await_state(name, 'idle')

    run('killed')
    command('kill-horse', send_kill_horse_command, name)
    recorder.await_state(name, 'idle')
    run('stopped')
    command('stop-job', send_stop_job_command, 'stopped', job_id='stopped')
    recorder.await_state(name, 'idle')
    if VERSION >= (3,):
        from rq.command import send_stop_execution_command

        run('stopped-run')
        run_id = view.execution_views(['stopped-run'], recorder.connection)[0]['id']
        command('stop-execution', send_stop_execution_command, 'stopped-run', run_id,
                job_id='stopped-run', execution_id=run_id)
        recorder.await_state(name, 'idle')
    command('shutdown', send_shutdown_command, name)
    worker.wait(timeout=60)
    recorder.snapshot('stopped')


def main():
    recorder = Recorder(sys.argv[1])
    try:
        record_jobs(recorder)
        record_worker(recorder)
    finally:
        recorder.connection.close()
        recorder.log.close()
        recorder.server.stop()
    document = {
        'version': rq.VERSION,
        'pickled_calls': values.pickled_calls(),
        'moments': values.moments(),
        'floats': values.floats(),
        'strings': values.strings(),
        'commands': recorder.commands,
        'snapshots': recorder.snapshots,
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write('\n')


if __name__ == '__main__':
    main()
