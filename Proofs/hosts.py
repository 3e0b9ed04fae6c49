"""Two hosts in one machine: each a network of its own (a namespace and a pair of interfaces), a
host name of its own, and an rqd."""
import os
import signal
import subprocess
import threading

import processes
from stage import Rqd


def ip(*words):
    subprocess.run(['ip', *words], check=True, capture_output=True)


def tidy():
    """Removes what runs have left that were killed; a cable goes with its namespace."""
    names = subprocess.run(['ip', 'netns', 'list'], check=True, capture_output=True, text=True)
    for line in names.stdout.splitlines():
        name = line.split()[0]
        pid = name.split('-')[1] if name.startswith('proof-') else ''
        if pid.isdigit() and not processes.runs(int(pid)):
            subprocess.run(['ip', 'netns', 'del', name], check=False, capture_output=True)


class Host(Rqd):
    """A host whose cable can be pulled; the gateway is where Redis listens."""

    def __init__(self, place, letter, number, port, workers):
        self.space = 'proof-%d-%s' % (os.getpid(), letter)
        self.cable = 'pr%d%s' % (os.getpid() % 10**7, letter)
        # Four addresses of its own, also beside another run.
        block = (os.getpid() * 2 + number) % 2**14
        self.net = '10.213.%d.%%d' % (block // 64)
        self.first = block % 64 * 4
        self.gateway = self.net % (self.first + 1)
        self.letter = letter
        self.cut_lock = threading.Lock()
        self.cuts = 0
        url = 'redis://%s:%d/0' % (self.gateway, port)
        pool = 'heartbeat_interval = "1s"\nquarantine_after = 1000'
        super().__init__(place, url, pool, workers, name=letter,
                         queues=['main', 'shared'],
                         more='[scheduler]\nmaintenance_interval = "10s"')

    def build(self):
        tidy()
        ip('netns', 'add', self.space)
        ip('link', 'add', self.cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', self.space)
        ip('address', 'add', self.gateway + '/30', 'dev', self.cable)
        ip('link', 'set', self.cable, 'up')
        ip('-n', self.space, 'address', 'add', self.net % (self.first + 2) + '/30', 'dev', 'eth0')
        ip('-n', self.space, 'link', 'set', 'eth0', 'up')
        ip('-n', self.space, 'link', 'set', 'lo', 'up')

    def demolish(self):
        for words in (['link', 'del', self.cable], ['netns', 'del', self.space]):
            subprocess.run(['ip', *words], check=False, capture_output=True)

    def command(self):
        return ['ip', 'netns', 'exec', self.space, 'unshare', '--uts', 'sh', '-c',
                'hostname host-%s; exec "$0" run -c "$1"' % self.letter, self.program, self.file]

    def find_of(self, kind, slot):
        titles = {'slot stable': 'rqd: stable default/%d' % slot, 'stable': 'rqd: stable work',
                  'worker': 'rqd: worker default/%d' % slot, 'scheduler': 'rqd: scheduler'}
        if kind == 'master':
            return self.process.pid
        if kind != 'horse':
            return self.find(titles[kind])
        above = self.find('rqd: stable default/%d' % slot)
        horses = processes.children(above) if above else []
        return next((pid for pid in horses if not processes.title(pid).endswith(' waiting')), None)

    def find(self, beginning):
        """Also one that the stable has left behind when it died: not by descent, but by host."""
        ours = self.host_of(self.process.pid)
        for pid in processes.below(os.getpid()):
            if processes.title(pid).startswith(beginning) and self.host_of(pid) == ours:
                return pid
        return None

    def host_of(self, pid):
        try:
            return os.readlink('/proc/%d/ns/uts' % pid)
        except OSError:
            return None

    def pull(self):
        with self.cut_lock:
            self.cuts += 1
            ip('link', 'set', self.cable, 'down')

    def plug(self):
        with self.cut_lock:
            self.cuts -= 1
            if self.cuts == 0:
                ip('link', 'set', self.cable, 'up')

    def stop_warmly(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)
