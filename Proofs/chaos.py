"""Two hosts with rqd and a worker of rq on one Redis, while everything is killed, stopped and cut.

    chaos.py --rqd PROGRAM [--seed N] [--jobs N] [--minutes N] [--pause SECONDS] [--schedule]
             [--keep]

Every job keeps a log of its own runs, and at the end each is accounted for. The faults are decided
by the seed and printed before they begin; --schedule prints them and does nothing. Needs root, for
network namespaces.
"""
import argparse
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time

import acts
import faults
import processes
from accounts import Accounts
from crowd import Crowd
from hosts import Host
from processes import await_true
from redis.exceptions import RedisError
from stage import Master, Rqd, Server


class PythonWorker(Master):
    """`rq worker` on the shared queue, started again when it ends."""

    def __init__(self, place, path):
        self.place = place
        self.log = place + '/python.log'
        self.path = path
        self.restarts = -1

    def start(self):
        self.restarts += 1
        program = os.path.join(os.path.dirname(sys.executable), 'rq')
        self.launch([sys.executable, program, 'worker', '--url', 'unix://' + self.path,
                     '--name', 'python-%d' % self.restarts, '--quiet', 'shared'], self.place)

    def horse(self):
        return next(iter(processes.children(self.process.pid)), None)


class Chaos:
    def __init__(self, arguments):
        self.arguments = arguments
        self.schedule = faults.schedule(
            arguments.seed, arguments.minutes * 60, arguments.pause)
        self.place = tempfile.mkdtemp(prefix='chaos-')
        self.hosts, self.server, self.python = {}, None, None
        self.redis_lock = threading.Lock()  # who enqueues, or is about to take Redis away
        self.running, self.threads = [], []
        self.done = {}  # kind: how often it happened
        self.missed = 0
        self.enqueued = 0
        self.is_over = False

    def build(self):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        for number, letter in enumerate(faults.HOSTS, 1):
            host = Host(self.place, letter, number, port, faults.WORKERS)
            self.hosts[letter] = host
            host.build()
        addresses = [host.gateway for host in self.hosts.values()]
        self.server = Server(
            self.place, '--port', str(port), '--bind', *addresses, '--protected-mode', 'no')
        self.python = PythonWorker(self.place, self.server.path)
        for system in [*self.hosts.values(), self.python]:
            system.start()
        for host in self.hosts.values():
            await_true('host %s is idle' % host.letter, host.is_idle, 60)
        self.crowd = Crowd(self.place, self.server.redis, self.arguments.jobs)

    # What goes on meanwhile.

    def produce(self):
        """Enqueues at an even pace, and is done a little before the faults are."""
        begun, span = time.monotonic(), self.arguments.minutes * 60 * 0.9
        for number in range(self.arguments.jobs):
            pause = begun + span * number / self.arguments.jobs - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            while True:
                with self.redis_lock:
                    if self.crowd.try_to_enqueue(number):
                        break
                time.sleep(0.05)
            self.enqueued = number + 1

    def mind(self):
        """Starts again what has ended, as systemd would do it."""
        while not self.is_over:
            for system in [*self.hosts.values(), self.python]:
                if system.process.poll() is not None:
                    system.start()
            time.sleep(0.05)

    def afflict(self):
        begun = time.monotonic()
        for fault in self.schedule:
            time.sleep(max(0.0, begun + fault.at - time.monotonic()))
            thread = threading.Thread(target=self.happen, args=(fault,))
            thread.start()
            self.threads.append(thread)
        for thread in self.threads:
            thread.join()

    def happen(self, fault):
        verb, what = fault.kind.split(' ', 1)
        host = self.hosts[fault.host]
        if what == 'redis':
            took_place = self.take_redis_away(verb, fault.seconds)
        elif what == 'network':
            host.pull()
            time.sleep(fault.seconds)
            host.plug()
            took_place = True
        elif what == 'connections':
            took_place = self.kill_connections()
        elif what == 'horse of rq':
            took_place = self.strike(self.python.horse(), verb, 0)
        else:
            took_place = self.strike(host.find_of(what, fault.slot), verb, fault.seconds)
        if took_place:
            self.done[fault.kind] = self.done.get(fault.kind, 0) + 1
        else:
            self.missed += 1

    def strike(self, pid, verb, seconds):
        if pid is None:
            return False
        if verb == 'kill':
            processes.send(pid, signal.SIGKILL)
            return True
        start = processes.stat(pid)
        processes.send(pid, signal.SIGSTOP)
        time.sleep(seconds)
        if start and (processes.stat(pid) or (0, 0, 0))[2] == start[2]:
            processes.send(pid, signal.SIGCONT)
        return True

    def take_redis_away(self, verb, seconds):
        with self.redis_lock:
            if verb == 'kill':
                self.server.kill()
                time.sleep(seconds)
                self.server.start()
            else:
                self.server.process.send_signal(signal.SIGSTOP)
                time.sleep(seconds)
                self.server.process.send_signal(signal.SIGCONT)
        return True

    def kill_connections(self):
        """Those of the two hosts: what comes over TCP."""
        with self.redis_lock:
            try:
                for client in self.server.redis.client_list():
                    if 'U' not in client['flags']:
                        self.server.redis.client_kill_filter(_id=client['id'])
            except RedisError:
                return False
        return True

    def run(self):
        parts = [threading.Thread(target=part) for part in (self.produce, self.afflict)]
        minding = threading.Thread(target=self.mind)
        for thread in [*parts, minding]:
            thread.start()
        for thread in parts:
            thread.join()
        calm = time.monotonic()
        numbers = list(range(self.arguments.jobs))
        deadline = calm + 240
        self.settled, self.settled_rqd = 0.0, None
        while numbers and time.monotonic() < deadline:
            numbers = self.crowd.outstanding(numbers)
            self.settled = time.monotonic() - calm
            if self.settled_rqd is None and all(map(self.crowd.is_shared, numbers)):
                self.settled_rqd = self.settled
            time.sleep(0.1)
        self.is_over = True
        minding.join()
        endings = [host.stop_warmly() for host in self.hosts.values()]
        self.python.process.send_signal(signal.SIGTERM)
        self.python.process.wait(60)
        return Accounts(self, numbers, endings)

    def end(self, keep):
        self.is_over = True
        acts.end_orphans()
        for host in self.hosts.values():
            host.demolish()
        if not keep:
            shutil.rmtree(self.place, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rqd', required=True)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=20000)
    parser.add_argument('--minutes', type=float, default=10.0)
    parser.add_argument('--pause', type=float, default=1.0)
    parser.add_argument('--schedule', action='store_true')
    parser.add_argument('--keep', action='store_true')
    arguments = parser.parse_args()
    Rqd.program = os.path.abspath(arguments.rqd)
    acts.become_guardian()
    chaos = Chaos(arguments)
    keep = arguments.keep
    try:
        for fault in chaos.schedule:
            print(fault)
        if arguments.schedule:
            return
        sys.stdout.flush()
        chaos.build()
        accounts = chaos.run()
        print(accounts.text())
        if accounts.complaints():
            print('\n'.join(accounts.complaints()))
            print('all that was left is in ' + chaos.place)
            keep = True
            sys.exit(1)
    finally:
        chaos.end(keep)


if __name__ == '__main__':
    main()
