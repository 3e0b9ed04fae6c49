"""A Redis, the proxy before it, and who runs the jobs: all in one directory, gone at the end."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import processes
import work
from processes import await_true
from proxy import Proxy
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

HERE = os.path.dirname(os.path.abspath(__file__))
QUEUES = ['high', 'default']


class Server:
    """A redis-server that forgets nothing that it has confirmed."""

    def __init__(self, place, *options):
        self.place = place
        self.path = place + '/redis.sock'
        self.options = options
        self.redis = Redis(unix_socket_path=self.path)
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.environ.get('TEST_REDIS_SERVER') or 'redis-server', '--port', '0',
             '--unixsocket', self.path, '--dir', self.place, '--save', '', '--appendonly', 'yes',
             '--appendfsync', 'always', '--logfile', self.place + '/redis.log', *self.options],
            stdout=subprocess.DEVNULL)
        await_true('Redis answers', self.answers)

    def answers(self):
        try:
            return self.redis.ping()
        except RedisError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def restart(self):
        self.kill()
        self.start()


class Master:
    """What the systems have in common: a process from which all others descend."""

    process = None
    log = None

    def launch(self, command, directory):
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith(('RQ_', 'RQD_', 'PYTHON'))}
        clean['PYTHONPATH'] = HERE
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                command, cwd=directory, env=clean, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)

    def family(self):
        return [self.process.pid] + processes.below(self.process.pid)

    def find(self, beginning):
        """The process whose title begins like this, or None."""
        for pid in processes.below(self.process.pid):
            if processes.title(pid).startswith(beginning):
                return pid
        return None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        family = self.family()
        for pid in family:
            processes.send(pid, signal.SIGKILL)
        self.process.wait()
        await_true('the end of all', lambda: not any(map(processes.runs, family)))


class Rqd(Master):
    """rqd with one worker, as its service would run it."""

    name = 'rqd'
    victims = ('horse', 'slot stable', 'stable', 'worker', 'scheduler', 'master', 'redis',
               'network')
    program = os.environ.get('RQD_PROGRAM', '')

    def __init__(self, place, url, pool='', workers=1, more='', name='rqd', queues=QUEUES):
        self.place = place
        self.url = url
        self.log = '%s/%s.log' % (place, name)
        self.workers = workers
        self.file = '%s/%s.conf' % (place, name)
        with open(self.file, 'w') as file:
            file.write(
                '[redis]\nurl = "%s"\ntimeout = "2s"\n'
                '[python]\ninterpreter = "%s"\ndirectory = "%s"\n'
                'path = ["%s"]\npreload = ["work"]\n[control]\nsocket = "%s/%s.control"\n'
                '%s\n[pool.default]\nworkers = %d\nqueues = %s\n%s\n'
                % (url, sys.executable, place, HERE, place, name, more, workers,
                   json.dumps(queues), pool))

    def start(self):
        self.launch(self.command(), self.place)

    def command(self):
        return [self.program, 'run', '-c', self.file, '--set', 'log.level=debug']

    def is_idle(self):
        family = processes.below(self.process.pid)
        titles = [processes.title(pid) for pid in family]
        # A slot stable that sleeps has told of the horse that it has forked.
        if not all((processes.stat(pid) or 'X')[0] == 'S' for pid, title in zip(family, titles)
                   if title.startswith('rqd: stable default/')):
            return False
        idle = [t for t in titles if t.startswith('rqd: worker') and t.endswith(' idle')]
        return (len(idle) == self.workers and 'rqd: scheduler' in titles
                and any(t.endswith(' waiting') for t in titles))

    def horse(self):
        horses = [pid for pid in processes.below(self.process.pid)
                  if processes.title(pid).startswith('rqd: horse')]
        busy = [pid for pid in horses
                if not processes.title(pid).endswith((' waiting', ' loading'))]
        return next(iter(busy or horses), None)

    def victim(self, kind):
        titles = {'slot stable': 'rqd: stable default/0', 'stable': 'rqd: stable work',
                  'worker': 'rqd: worker default/0', 'scheduler': 'rqd: scheduler'}
        return self.horse() if kind == 'horse' else self.find(titles[kind])


class Spawn(Rqd):
    """rqd with one worker, whose horses are started and load the application themselves."""

    victims = ('horse', 'spare', 'slot stable', 'stable', 'worker', 'scheduler', 'master', 'redis',
               'network')

    def __init__(self, place, url, pool='', **options):
        super().__init__(place, url, pool + '\nisolation = "spawn"', **options)

    def victim(self, kind):
        if kind != 'spare':
            return super().victim(kind)
        titles = ['rqd: horse default/0 ' + state for state in ('loading', 'waiting')]
        return next(filter(None, map(self.find, titles)), None)


class Hosted(Rqd):
    """rqd with one worker of RQ's own class, which it looks after."""

    victims = ('horse', 'interpreter', 'worker', 'scheduler', 'master', 'redis', 'network')

    def __init__(self, place, url, pool='', **options):
        super().__init__(place, url, pool + '\nworker_class = "classes.OwnWorker"', **options)

    def is_idle(self):
        return self.find('rqd: scheduler') and self.find('rqd: worker default/0 idle') \
            and waits_in_pop(self.place)

    def victim(self, kind):
        if kind == 'interpreter':
            return self.find('rqd: hosted default/0')
        return super().victim(kind)


def waits_in_pop(place):
    """Whether a worker of rq's waits for the next job."""
    with Redis(unix_socket_path=place + '/redis.sock') as redis:
        return any(client['cmd'] == 'blpop' for client in redis.client_list())


class RqPool(Master):
    """`rq worker-pool` of rq 3.0 with one worker, as a service with Restart= would run it."""

    name = 'rq'
    victims = ('horse', 'worker', 'scheduler', 'master', 'redis', 'network')

    def __init__(self, place, url, pool='', name='rq'):
        self.place = place
        self.url = url
        self.log = '%s/%s.log' % (place, name)

    def start(self):
        program = os.path.join(os.path.dirname(sys.executable), 'rq')
        self.launch([sys.executable, program, 'worker-pool', '-n', '1', '--url', self.url,
                     *QUEUES], self.place)

    def is_idle(self):
        with Redis(unix_socket_path=self.place + '/redis.sock') as redis:
            names = redis.smembers('rq:workers')
            return names and all(redis.hget(name, 'state') == b'idle' for name in names) \
                and waits_in_pop(self.place)

    def kill(self):
        """As systemd does: what is left of the service ends with its main process."""
        family = self.family()
        super().kill()
        for pid in family[1:]:
            processes.send(pid, signal.SIGKILL)

    def victim(self, kind):
        """Below the master is the worker, below that its scheduler and then its horse."""
        workers = processes.children(self.process.pid)
        below = processes.children(workers[0]) if workers else []
        place = {'worker': workers[:1], 'scheduler': below[:1], 'horse': below[1:2]}
        return next(iter(place.get(kind, [])), None)


class Stage:
    """Everything for one act."""

    def __init__(self, system, **options):
        self.place = tempfile.mkdtemp(prefix='proof-')
        self.stopped = []  # until go_on
        self.gates = {}
        self.ids = []
        self.system = None
        self.proxy = None
        self.server = Server(self.place)
        self.redis = self.server.redis
        self.queue = Queue('default', connection=self.redis)
        self.proxy = Proxy(self.place + '/proxy.sock', self.server.path)
        url = 'unix://%s/proxy.sock' % self.place
        self.system = system(self.place, url, **options)

    def start(self):
        self.system.start()
        await_true('all is idle', self.system.is_idle, seconds=30)

    # Jobs.

    def enqueue(self, name='job', function=work.run, *arguments, **options):
        self.ids.append(name)
        return self.queue.enqueue(function, self.place, name, *arguments, job_id=name, **options)

    def status(self, name):
        return (self.redis.hget('rq:job:' + name, 'status') or b'gone').decode()

    def are_over(self):
        return all(self.status(name) in ('finished', 'failed') for name in self.ids)

    def shut(self, gate):
        path = '%s/gate-%s' % (self.place, gate)
        os.mkfifo(path)
        self.gates[gate] = os.open(path, os.O_RDWR)

    def unhinge(self, *gates):
        """Who comes now passes; who waits before a gate goes on waiting."""
        for gate in gates:
            path = '%s/gate-%s' % (self.place, gate)
            if os.path.exists(path):
                os.unlink(path)

    def open_gates(self, but=''):
        self.unhinge(*self.gates)
        for gate in [gate for gate in self.gates if gate != but]:
            os.close(self.gates.pop(gate))

    def events(self):
        """Lists (event, job, pid, moment)."""
        try:
            with open(self.place + '/runs') as file:
                lines = [line.split() for line in file]
        except FileNotFoundError:
            return []
        return [(event, name, int(pid), float(at)) for event, name, pid, at, _ in lines]

    def await_event(self, event, name='job'):
        await_true('%s of %s' % (event, name), lambda: any(
            found[:2] == (event, name) for found in self.events()))

    def await_runs(self, count):
        """Waits until so many runs have come to the gate."""
        await_true('%d runs' % count, lambda: sum(
            event == 'at-run' for event, *_ in self.events()) >= count)

    # Processes.

    def stop(self, pid):
        processes.stop(pid)
        self.stopped.append(pid)

    def go_on(self):
        for pid in self.stopped:
            processes.send(pid, signal.SIGCONT)
        self.stopped = []

    def end(self, keep=False):
        self.open_gates()
        self.go_on()
        if self.system is not None and self.system.process is not None:
            self.system.end()
        if self.proxy is not None:
            self.proxy.end()
        self.server.kill()
        if not keep:
            shutil.rmtree(self.place, ignore_errors=True)
