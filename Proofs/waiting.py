"""Single jobs at random moments, while workers die, stand still, come and go.

    waiting.py --rqd PROGRAM [--seed N] [--minutes N | --seconds N] [--pause SECONDS] [--keep]

Shows how long a job stays in its queue beside an idle worker that serves this queue. Whatever dies,
hangs or is slow, that is at most 2 s; and no job is lost. An idle worker is one that says so in its
title and does not stand still.
"""
import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import acts
import processes
import work
from disturbances import WEIGHTS, Disturbances
from redis import Redis
from rq import Queue, Retry
from stage import HERE, Master, Server

LIMIT = 2.0  # seconds that a job may wait beside an idle worker
SAMPLE = 0.025  # seconds between two looks
AFTERMATH = 2.0  # a disturbance is blamed for waits that begin so long after its end
STALL = 0.5  # a gap between two looks that is the machine's fault
QUEUES = ['x', 'y', 'z', 'shared']


class Service(Master):
    """rqd with up to three pools whose queues overlap."""

    def __init__(self, place, path, source):
        self.place, self.path = place, path
        self.log = place + '/rqd.log'
        self.file = place + '/rqd.conf'
        served = [['x', 'shared'], ['y', 'shared', 'z'], ['z', 'x']]
        count = source.choice([1, 2, 3, 3])
        served[count - 1] = served[count - 1] + [
            queue for queue in QUEUES if not any(queue in some for some in served[:count])]
        self.pools = {'abc'[number]: [source.randint(2, 4), served[number]]
                      for number in range(count)}
        self.lock = threading.Lock()  # one order at a time
        self.write()

    def write(self):
        with open(self.file, 'w') as file:
            file.write(
                '[redis]\nurl = "unix://rqd:p@%s"\n[python]\ninterpreter = "%s"\n'
                'directory = "%s"\npath = ["%s"]\npreload = ["loading", "work"]\n'
                '[control]\nsocket = "%s/control"\n[log]\nlevel = "debug"\n'
                % (self.path, sys.executable, self.place, HERE, self.place))
            for name, (workers, queues) in self.pools.items():
                file.write('[pool.%s]\nworkers = %d\nqueues = %s\n' % (
                    name, workers, json.dumps(queues)))

    def start(self):
        self.launch([self.program, 'run', '-c', self.file], self.place)

    def restart(self):
        with self.lock:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.end()
            self.start()

    def order(self, *words):
        with self.lock:
            done = subprocess.run(
                [self.program, *words, '-c', self.file], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=90)
        return done.returncode == 0

    def change_queues(self):
        """Turns the order of each pool's queues round."""
        for pool in self.pools.values():
            pool[1] = pool[1][::-1]
        self.write()

    def load_for(self, seconds):
        with open(self.place + '/load-seconds', 'w') as file:
            file.write('%.2f' % seconds)

    # Who is there.

    def titles(self):
        """The master's children, by pid."""
        return {pid: processes.title(pid) for pid in children(self.process.pid)}

    def titled(self, beginning, below_master=True):
        if below_master:
            return [pid for pid, title in self.titles().items() if title.startswith(beginning)]
        # Those whose stable has died are children of ours.
        return [pid for parent in [*self.titled('rqd: stable '), os.getpid()]
                for pid in children(parent) if processes.title(pid).startswith(beginning)]

    def workers(self):
        return self.titled('rqd: worker ')

    def idle_workers(self):
        return [pid for pid, title in self.titles().items()
                if title.startswith('rqd: worker ') and title.endswith(' idle')]

    def idle_pools(self):
        """Pools with a worker that is idle and does not stand still."""
        return {self.titles_pool(title) for pid, title in self.titles().items()
                if title.startswith('rqd: worker ') and title.endswith(' idle')
                and (processes.stat(pid) or 'X')[0] in 'SRD'}

    @staticmethod
    def titles_pool(title):
        return title.split()[2].split('/')[0]

    def all_are_idle(self):
        return len(self.idle_workers()) == sum(workers for workers, _ in self.pools.values())


def children(pid):
    """In one read."""
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


class Watcher:
    """Looks at the queues and the workers, again and again, and adds up how long jobs wait."""

    def __init__(self, service, redis):
        self.service, self.redis = service, redis
        self.since = {}  # by job: from when on it has waited beside an idle worker
        self.waits = {}  # by job: the longest such wait, and when it began
        self.in_queue = {}  # by job: how long it was seen in a queue
        self.longest_gap = 0.0
        self.is_over = False

    def watch(self):
        last = time.monotonic()
        while not self.is_over:
            time.sleep(SAMPLE)
            jobs = self.queued()
            idle = self.service.idle_pools()
            now = time.monotonic()
            gap = now - last
            self.longest_gap = max(self.longest_gap, gap)
            if gap > STALL:
                self.since = {}  # nobody knows what was in between
            self.note(jobs, idle, last, now)
            last = now

    def queued(self):
        pipeline = self.redis.pipeline(transaction=False)
        for queue in QUEUES:
            pipeline.lrange('rq:queue:' + queue, 0, -1)
        return {job.decode(): queue for queue, jobs in zip(QUEUES, pipeline.execute())
                for job in jobs}

    def note(self, jobs, idle, last, now):
        beside = {job for job, queue in jobs.items()
                  if any(queue in self.service.pools[pool][1] for pool in idle
                         if pool in self.service.pools)}
        self.since = {job: self.since.get(job, last) for job in beside}
        for job, since in self.since.items():
            if now - since > self.waits.get(job, (0, 0))[0]:
                self.waits[job] = now - since, since
        for job in jobs:
            self.in_queue[job] = self.in_queue.get(job, 0.0) + now - last


class Waiting:
    def __init__(self, arguments):
        self.seconds = arguments.seconds or arguments.minutes * 60
        self.pause = arguments.pause
        self.source = random.Random(arguments.seed)
        self.place = tempfile.mkdtemp(prefix='waiting-')
        self.server = Server(self.place)
        self.redis = self.server.redis
        self.redis.execute_command(
            'ACL', 'SETUSER', 'rqd', 'on', '>p', '~*', '&*', '+@all')
        self.service = Service(self.place, self.server.path, self.source)
        self.watcher = Watcher(self.service, Redis(unix_socket_path=self.server.path))
        self.happened = []  # (name, begin, end)
        self.pushed = {}  # job: when
        self.complaints = []

    def run(self):
        self.service.start()
        processes.await_true('all are idle', self.service.all_are_idle, 60)
        watching = threading.Thread(target=self.watcher.watch)
        watching.start()
        end = time.monotonic() + self.seconds
        parts = [threading.Thread(target=part, args=(end, random.Random(self.source.random())))
                 for part in (self.produce, self.disturb)]
        for part in parts:
            part.start()
        for part in parts:
            part.join()
        try:
            processes.await_true('all is over', self.are_over, 60, pause=0.1)
        except TimeoutError:
            left = [job for job in self.pushed if self.status(job) != 'finished']
            self.complaints += ['%s is %s' % (job, self.status(job)) for job in left[:20]]
        self.watcher.is_over = True
        watching.join()

    def produce(self, end, source):
        queues = {name: Queue(name, connection=self.redis) for name in QUEUES}
        while time.monotonic() < end:
            time.sleep(source.expovariate(4))
            name = 'j-%d' % len(self.pushed)
            kind = source.random()
            function, arguments = work.sleep, [0.0 if kind < 0.8 else kind - 0.8]
            if kind > 0.93:
                function, arguments = work.run, [True]
            queues[source.choice(QUEUES)].enqueue(
                function, self.place, name, *arguments, job_id=name, result_ttl=86400,
                retry=Retry(max=50))
            self.pushed[name] = time.monotonic()

    def disturb(self, end, source):
        kinds = Disturbances(self.service, self.redis, source)
        names, weights = zip(*WEIGHTS.items())
        while time.monotonic() < end:
            time.sleep(source.expovariate(1 / self.pause))
            name = source.choices(names, weights)[0]
            begun = time.monotonic()
            if getattr(kinds, name)():
                self.happened.append((name, begun, time.monotonic()))

    def status(self, job):
        return (self.redis.hget('rq:job:' + job, 'status') or b'gone').decode()

    def are_over(self):
        return all(self.status(job) == 'finished' for job in self.pushed)

    # The figures.

    def blamed(self, begun, ended):
        names = {name for name, begin, end in self.happened
                 if begin < ended and begun < end + AFTERMATH}
        return names or {'none'}

    def text(self):
        table = collections.defaultdict(list)
        for job, pushed in self.pushed.items():
            wait, since = self.watcher.waits.get(job, (0.0, pushed))
            for name in self.blamed(min(pushed, since), since + wait):
                table[name].append(wait)
            if wait > LIMIT:
                self.complaints.append('%s waited %.2f s beside an idle worker, %.2f s after its '
                                       'push, in: %s' % (job, wait, since - pushed, ', '.join(
                                           sorted(self.blamed(since, since + wait)))))
        times = collections.Counter(name for name, _, _ in self.happened)
        lines = ['| disturbance | times | jobs | longest wait | p99 |',
                 '| --- | --- | --- | --- | --- |']
        for name, waits in sorted(table.items()):
            waits.sort()
            lines.append('| %s | %s | %d | %.2f s | %.2f s |' % (
                name.replace('_', ' '), times.get(name, '–'), len(waits), waits[-1],
                waits[int(len(waits) * 0.99)]))
        pools = ', '.join('%s: %d on %s' % (name, workers, ' '.join(queues))
                          for name, (workers, queues) in self.service.pools.items())
        lines += ['', '%d jobs, %d disturbances, %.0f s; pools %s; longest time in a queue %.2f s; '
                  'longest gap between two looks %.2f s' % (
                      len(self.pushed), len(self.happened), self.seconds, pools,
                      max(self.watcher.in_queue.values(), default=0), self.watcher.longest_gap)]
        return '\n'.join(lines)

    def end(self, keep):
        self.watcher.is_over = True
        if self.service.process is not None:
            self.service.end()
        acts.end_orphans()
        self.server.kill()
        if not keep:
            shutil.rmtree(self.place, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rqd', required=True)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--minutes', type=float, default=10.0)
    parser.add_argument('--seconds', type=float, default=0.0)
    parser.add_argument('--pause', type=float, default=0.7)
    parser.add_argument('--keep', action='store_true')
    arguments = parser.parse_args()
    Service.program = os.path.abspath(arguments.rqd)
    acts.become_guardian()
    waiting, keep = Waiting(arguments), True
    try:
        waiting.run()
        print(waiting.text())
        keep = arguments.keep or bool(waiting.complaints)
        print('\n'.join(waiting.complaints) or 'no job waited longer, none is lost')
    finally:
        waiting.end(keep)
        if keep:
            print('all that was left is in ' + waiting.place)
    sys.exit(1 if waiting.complaints else 0)


if __name__ == '__main__':
    main()
