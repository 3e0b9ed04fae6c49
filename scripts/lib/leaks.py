"""Does anything of rqd grow, over many jobs, crashes and reloads?

    leaks.py --rqd PATH [--jobs N] [--crashes N] [--reloads N] [--workers N] [--rounds N]
             [--csv FILE] [--svg FILE]

Starts a Redis and an rqd of its own. First the jobs run and nobody disturbs them, then processes of
every kind are killed in turn and the service is reloaded, with jobs running. After each round, when
all is quiet again, the processes, their descriptors and memory and the keys of Redis are counted.
Exits with 1 if after the first third of either part something has grown beyond its bound.
"""

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from leaks_picture import draw
from redis import Redis
from rq import Queue

# What may come and go between two quiet moments, beyond the most that the first third has shown.
# A worker holds four descriptors more while a horse waits for it.
BOUNDS = {'processes': 0, 'descriptors': 8, 'keys': 2, 'members': 4, 'clients': 2}
# The memory of one process of a kind, in kB; only told of in short runs.
MEMORY_BOUND = 3072
KINDS = ['master', 'worker', 'scheduler', 'stable', 'slot_stable', 'horse']

TASKS = '''
import os

def nothing():
    pass

def value(size):
    return 'x' * size

def talk(lines):
    for line in range(lines):
        print('line', line)

def fail():
    raise ValueError('as it should')

def leave(status):
    os._exit(status)

def fork():
    if os.fork() == 0:
        os._exit(0)
    os.wait()
'''
MIX = [('nothing',), ('nothing',), ('nothing',), ('value', 2000), ('talk', 3), ('fail',),
       ('leave', 7), ('fork',)]


def read(path):
    try:
        with open(path, 'rb') as file:
            return file.read().decode('utf-8', 'replace')
    except OSError:
        return ''


def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ''


class Service:
    """A Redis and an rqd in a directory of their own."""

    def __init__(self, rqd, workers, directory):
        self.rqd, self.workers, self.directory = rqd, workers, directory
        socket = f'{directory}/redis.sock'
        self.server = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', socket, '--save', '', '--dir',
             directory],
            stdout=subprocess.DEVNULL)
        while not os.path.exists(socket):
            time.sleep(0.05)
        self.redis = Redis(unix_socket_path=socket)
        self.queue = Queue(connection=self.redis)
        with open(f'{directory}/leak_tasks.py', 'w') as file:
            file.write(TASKS)
        self.configure(0)
        self.log = open(f'{directory}/log', 'w')
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(('RQ', 'PYTHON'))}
        self.process = subprocess.Popen(
            [rqd, 'run', '-c', f'{directory}/rqd.conf'], stdout=self.log, stderr=self.log,
            env=environment)
        self.wait(lambda: len(self.states()) == workers, 'workers')

    def configure(self, turn):
        """Each turn has another environment, so that a reload brings new interpreters."""
        with open(f'{self.directory}/rqd.conf', 'w') as file:
            file.write(f'''
[redis]
url = "unix://{self.directory}/redis.sock"
[python]
interpreter = "{sys.executable}"
directory = "{self.directory}"
preload = ["leak_tasks"]
environment = {{ TURN = "{turn}" }}
[control]
socket = "{self.directory}/control"
[scheduler]
maintenance_interval = "1s"
[log]
level = "warning"
[pool.default]
workers = {self.workers}
quarantine_after = 1000
''')

    def wait(self, condition, what, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                family = {kind: len(pids) for kind, pids in self.family().items()}
                sys.exit(f'leaks: no {what}, but {family}, {self.states()}, '
                         f'{self.places()}; the end of the log:\n'
                         + read(f'{self.directory}/log')[-4000:])
            time.sleep(0.05)

    def states(self):
        names = self.redis.smembers('rq:workers')
        return [state for name in names if (state := self.redis.hget(name, 'state'))]

    def enqueue(self, count):
        for start in range(0, count, 500):
            self.queue.enqueue_many([
                Queue.prepare_data(f'leak_tasks.{call[0]}', call[1:], result_ttl=1, failure_ttl=1)
                for number in range(start, min(start + 500, count))
                for call in [MIX[number % len(MIX)]]
            ])

    def family(self):
        """The pids by kind: the master, all below it, and what an interpreter has left behind."""
        parents = {}
        for entry in os.listdir('/proc'):
            if entry.isdigit():
                fields = read(f'/proc/{entry}/stat').rpartition(') ')[2].split()
                if fields:
                    parents.setdefault(int(fields[1]), []).append(int(entry))
        found = {kind: [] for kind in KINDS}
        below = [self.process.pid]
        for pid in below:
            below += parents.get(pid, [])
        for pid in (pid for pids in parents.values() for pid in pids):
            if link(f'/proc/{pid}/cwd') != self.directory and pid not in below:
                continue
            words = read(f'/proc/{pid}/cmdline').replace('\0', ' ').split()
            if words[:1] == ['rqd:'] and len(words) > 1:
                kind = words[1]
                if kind == 'stable' and len(words) > 2 and '/' in words[2]:
                    kind = 'slot_stable'
                found.setdefault(kind, []).append(pid)
            elif words and pid != self.server.pid:
                found.setdefault('other', []).append(pid)
        return found

    def places(self):
        """How many jobs are where."""
        sets = {name: self.redis.zcard(f'rq:{name}:default') for name in
                ('wip', 'finished', 'failed')}
        return {'queue': self.redis.llen('rq:queue:default'), **sets}

    def is_quiet(self):
        family = self.family()
        return (
            not any(self.places().values()) and self.states() == [b'idle'] * self.workers
            and [len(family[kind]) for kind in KINDS][:-1]
            == [1, self.workers, 1, 1, self.workers]
            # The leader of a pool has a horse that waits; others may have one.
            and len(family['horse']) <= self.workers
            and not family.get('other')
            and not any(self.redis.exists(key) for key in self.redis.scan_iter('rq:job:*'))
            and not any(self.redis.exists(key) for key in self.redis.scan_iter('rq:results:*'))
        )

    def reload(self, turn):
        self.configure(turn)
        done = subprocess.run([self.rqd, 'reload', '-c', f'{self.directory}/rqd.conf'],
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            print(f'leaks: reload: {done.stderr}', file=sys.stderr)
        return done.returncode == 0

    def crash(self, kind):
        """Kills a process of this kind; False if there is none at the moment."""
        pids = self.family()[kind]
        if pids:
            os.kill(random.choice(pids), signal.SIGKILL)
        return bool(pids)

    def kill(self):
        """Ends what is left of it, whatever state that is in."""
        self.process.kill()
        self.server.kill()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        keys = [key.decode() for key in lasting_keys(self.redis)]
        left = [key for key in keys if key.startswith(('rq:worker', 'rq:rqd', 'rq:execution'))
                and not self.is_of_the_dead(key)]
        if status or left:
            sys.exit(f'leaks: it ended with {status} and left {left}')

    def is_of_the_dead(self, key):
        """The hash of a worker that has ended stays for a minute."""
        is_hash = key.startswith('rq:worker:') and self.redis.type(key) == b'hash'
        return is_hash and self.redis.hexists(key, 'death')


def lasting_keys(redis):
    """All but what ended within the last hour, which is remembered for so long."""
    return [key for key in redis.scan_iter() if key != b'rq:rqd:ended']


def memory(pid):
    """What it has written to, shared with its relatives or not, in kB."""
    for line in read(f'/proc/{pid}/smaps_rollup').splitlines():
        if line.startswith('Anonymous:'):
            return int(line.split()[1])
    return 0


def sample(service):
    family = service.family()
    pids = [pid for kind in family if kind != 'horse' for pid in family[kind]]
    descriptors = {
        pid: len(os.listdir(f'/proc/{pid}/fd')) for pid in pids + family['horse']}
    redis = service.redis
    # What a scheduler that was killed has said of itself expires after two minutes.
    keys = [key for key in lasting_keys(redis) if not key.startswith(b'rq:scheduler:')]
    row = {
        'processes': len(pids),
        'descriptors': sum(descriptors[pid] for pid in pids),
        'keys': len(keys),
        'members': sum(count(redis, key) for key in keys),
        'clients': len(redis.client_list()),
    }
    for kind in KINDS:
        row[f'{kind}_fds'] = max((descriptors[pid] for pid in family[kind]), default=0)
        row[f'{kind}_kb'] = max((memory(pid) for pid in family[kind]), default=0)
    return row


def count(redis, key):
    """How many members or fields a key has."""
    counts = {b'zset': redis.zcard, b'hash': redis.hlen, b'set': redis.scard, b'list': redis.llen}
    return counts.get(redis.type(key), lambda _: 1)(key)


def judge(rows, columns):
    """What has grown after the first third, by more than its bound."""
    faults = []
    for part in ('jobs', 'crashes'):
        mine = [row for row in rows if row['part'] == part]
        third = max(1, len(mine) // 3)
        for column, bound in columns.items():
            first = max((row[column] for row in mine[:third]), default=0)
            rest = max((row[column] for row in mine[third:]), default=0)
            if rest > first + bound:
                faults.append(f'{column} grew from {first} to {rest} ({part})')
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rqd', required=True)
    for name, default in [('jobs', 2000), ('crashes', 20), ('reloads', 6), ('workers', 2),
                          ('rounds', 12)]:
        parser.add_argument(f'--{name}', type=int, default=default)
    parser.add_argument('--csv')
    parser.add_argument('--svg')
    given = parser.parse_args()
    random.seed(1)
    rows, done, start = [], {'jobs': 0, 'crashes': 0, 'reloads': 0}, time.monotonic()
    with tempfile.TemporaryDirectory(prefix='rqd-leaks-') as directory:
        service = Service(given.rqd, given.workers, directory)

        def close_round(part):
            service.wait(service.is_quiet, 'quiet')
            row = {'part': part, **done, 'seconds': round(time.monotonic() - start, 1)}
            rows.append({**row, **sample(service)})
            print(json.dumps(rows[-1]), flush=True)

        def share(total, number):
            return total * (number + 1) // given.rounds - total * number // given.rounds

        def run():
            for number in range(given.rounds):
                count = share(given.jobs - given.jobs // 5, number)
                service.enqueue(count)
                done['jobs'] += count
                close_round('jobs')
            for number in range(given.rounds):
                count = share(given.jobs // 5, number)
                service.enqueue(count)
                done['jobs'] += count
                crashes, reloads = share(given.crashes, number), share(given.reloads, number)
                for step in range(max(crashes, reloads)):
                    if step < crashes:
                        kind = KINDS[1:][(done['crashes'] + step) % 5]
                        service.wait(lambda: service.crash(kind), kind)
                    if step < reloads and service.reload(done['reloads'] + 1):
                        done['reloads'] += 1
                done['crashes'] += crashes
                close_round('crashes')
            service.end()

        try:
            run()
        finally:
            service.kill()
    if given.csv:
        with open(given.csv, 'w', newline='') as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)
    if given.svg:
        with open(given.svg, 'w') as file:
            file.write(draw(rows, KINDS))
    faults = judge(rows, BOUNDS)
    larger = judge(rows, {f'{kind}_kb': MEMORY_BOUND for kind in KINDS})
    for fault in faults + larger:
        print(f'leaks: {fault}', file=sys.stderr)
    sys.exit(1 if faults or (larger and given.csv) else 0)


if __name__ == '__main__':
    main()
