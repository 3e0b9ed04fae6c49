"""A Redis and a PostgreSQL of one's own on the loopback interface, gone in the end."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for(port, process, what):
    """Waits until something listens at the port; raises when the process ends before."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return
        if process is not None and process.poll() is not None:
            raise RuntimeError('%s has ended with %s' % (what, process.returncode))
        time.sleep(0.05)
    raise RuntimeError('%s does not listen' % what)


class Redis:
    """A redis-server with an empty memory."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix='applications-redis-')
        self.port = free_port()
        self.process = subprocess.Popen(
            ['redis-server', '--bind', '127.0.0.1', '--port', str(self.port), '--save', '',
             '--dir', self.directory], stdout=subprocess.DEVNULL)
        wait_for(self.port, self.process, 'redis-server')

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory)


class Postgres:
    """A cluster in a folder that is kept, as Debian's user `postgres` where we are root."""

    def __init__(self, folder):
        programs = sorted(glob.glob('/usr/lib/postgresql/*/bin'))
        if not programs:
            raise SystemExit('applications: no PostgreSQL here: apt-get install postgresql')
        self.programs = programs[-1]
        self.folder = folder
        self.port = free_port()
        self.sockets = tempfile.mkdtemp(prefix='applications-sockets-')
        os.chmod(self.sockets, 0o777)
        new = not os.path.exists(folder + '/PG_VERSION')
        if new:
            os.makedirs(folder, mode=0o700)
            if os.getuid() == 0:
                shutil.chown(folder, 'postgres', 'postgres')
            self.run('initdb', '--auth=trust', '--username=postgres', '--encoding=UTF8',
                     '--locale=C.UTF-8', '-D', folder)
        options = '-c listen_addresses=127.0.0.1 -p %d -k %s -c fsync=off' % (
            self.port, self.sockets)
        self.run('pg_ctl', '-D', folder, '-w', '-l', folder + '/log', '-o', options, 'start')

    def run(self, program, *arguments):
        """Runs one of its programs as the user that the cluster belongs to."""
        user = {}
        if os.getuid() == 0:
            entry = pwd.getpwnam('postgres')
            user = {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}
        finished = subprocess.run(
            [self.programs + '/' + program, *arguments], cwd='/', stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if program == 'pg_ctl' else subprocess.PIPE,
            stderr=subprocess.STDOUT if program != 'pg_ctl' else None, text=True, **user)
        if finished.returncode != 0:
            raise RuntimeError('%s: %s' % (program, finished.stdout))
        return finished.stdout

    def sql(self, statement):
        """Runs a statement; returns its rows, a line each."""
        return self.run('psql', '-h', '127.0.0.1', '-p', str(self.port), '-U', 'postgres',
                        '-AtqX', '-v', 'ON_ERROR_STOP=1', '-c', statement)

    def close(self):
        self.run('pg_ctl', '-D', self.folder, '-w', '-m', 'fast', 'stop')
        shutil.rmtree(self.sockets)
