"""A Redis, rq's own workers in processes that may die, and a look at where a job is."""
import os
import signal
import subprocess
import sys
import time

from redis import Redis
from rq import Queue, Worker

DIE = signal.SIGKILL


def die(*_, **__):
    """Ends the process as a kill at that step would."""
    os.kill(os.getpid(), DIE)


def die_with_worker(*_, **__):
    """In a horse: ends it and its worker, as a host that fails would."""
    os.kill(os.getppid(), DIE)
    os.kill(os.getpid(), DIE)


class Rig:
    def __init__(self, url):
        self.url = url
        self.redis = Redis.from_url(url)
        self.queue = Queue(connection=self.redis)
        self.started = []

    def child(self, work):
        """Runs work(rig) in a process of its own group, with a connection of its own."""
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            try:
                work(Rig(self.url))
            except BaseException as error:
                print(f'child: {error!r}', file=sys.stderr)
                os._exit(1)
            os._exit(0)
        return os.waitpid(pid, 0)[1]

    def burst(self, queues=('default',), change=None, kind=Worker, **options):
        """Has a worker empty the queues; change(worker) before that. Returns its wait status."""

        def work(rig):
            worker = kind(list(queues), connection=rig.redis, name='w', **options)
            if change:
                change(worker)
            worker.work(burst=True, logging_level='CRITICAL')

        return self.child(work)

    def start_worker(self):
        """Starts `rq worker` and waits until it is idle."""
        worker = self.start_worker_for('rq:worker:w')
        self.wait(lambda: self.redis.hget('rq:worker:w', 'state') == b'idle')
        return worker

    def start_worker_for(self, key):
        """Starts `rq worker` and waits until a key is there."""
        program = os.path.join(os.path.dirname(sys.executable), 'rq')
        worker = subprocess.Popen(
            [program, 'worker', '--url', self.url, '--name', 'w', 'default'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append(worker)
        self.wait(lambda: self.redis.exists(key))
        return worker

    def rq(self, *arguments):
        """Runs `rq` to its end."""
        program = os.path.join(os.path.dirname(sys.executable), 'rq')
        command = [program, arguments[0], '--url', self.url, *arguments[1:]]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    def wait(self, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, 'it does not come to that'
            time.sleep(0.02)

    def expire_leases(self):
        """Lets time pass, as far as the started registry knows."""
        for member in self.redis.zrange('rq:wip:default', 0, -1):
            self.redis.zadd('rq:wip:default', {member: 1})

    def places(self, job_id):
        """The lists and registries in which a job is."""
        found = []
        for key in sorted(self.redis.scan_iter('rq:*')):
            kind = self.redis.type(key)
            if kind == b'list':
                members = self.redis.lrange(key, 0, -1)
            elif kind == b'zset':
                members = self.redis.zrange(key, 0, -1)
            else:
                continue
            ids = [member.decode().split(':')[0] for member in members]
            found += [key.decode().removeprefix('rq:')] * ids.count(job_id)
        return found

    def end(self):
        for worker in self.started:
            worker.kill()
            worker.wait()
