"""An application with its environment, and the two sides on which its jobs run."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from place import Redis

HERE = os.path.dirname(os.path.abspath(__file__))
SETTLED = ('finished', 'failed', 'stopped', 'canceled', 'scheduled', 'deferred')


class Failed(Exception):
    """An application could not be tried; the text says why."""


def run(command, directory, environment, timeout=900):
    """Runs a command to its end; returns what it printed. Raises with its last lines."""
    try:
        finished = subprocess.run(
            command, cwd=directory, env=environment, text=True, timeout=timeout,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired as error:
        raise Failed('%s: not done in %d s' % (' '.join(command)[:200], timeout)) from error
    if finished.returncode != 0:
        lines = (finished.stdout + finished.stderr).strip().splitlines()[-12:]
        raise Failed('%s: ended with %s\n%s' % (
            ' '.join(command)[:200], finished.returncode, '\n'.join(lines)))
    return finished.stdout


class Side:
    """One copy of the application's folder, with a Redis and a database of its own."""

    def __init__(self, application, venv, prepared, postgres):
        self.application = application
        self.venv = venv
        self.top = tempfile.mkdtemp(prefix='applications-')
        self.directory = os.path.join(self.top, 'site')
        shutil.copytree(prepared, self.directory)
        self.redis = Redis()
        self.postgres = postgres
        self.database = None
        if postgres is not None and getattr(application, 'DATABASE', False):
            template = application.NAME.replace('-', '_')
            self.database = template + '_tried'
            postgres.sql('DROP DATABASE IF EXISTS %s' % self.database)
            postgres.sql('CREATE DATABASE %s TEMPLATE %s' % (self.database, template))

    def environment(self):
        found = clean(self.venv)
        found.update(self.application.environment(
            self.directory, self.redis.port, self.postgres and self.postgres.port, self.database))
        return found

    def python(self, code, *arguments):
        """Runs code in the application's folder with its Python; returns what it printed."""
        return run([self.venv + '/bin/python', '-c', code, *arguments], self.directory,
                   self.environment())

    def enqueue(self):
        """Enqueues the jobs; returns their ids by name."""
        line = self.python(self.application.ENQUEUE).strip().splitlines()[-1]
        return json.loads(line)

    def facts(self, ids):
        with open(HERE + '/facts.py') as opened:
            code = opened.read()
        url = 'redis://127.0.0.1:%d/%d' % (
            self.redis.port, getattr(self.application, 'REDIS_DATABASE', 0))
        named = ['%s=%s' % item for item in ids.items()]
        found = json.loads(self.python(code, url, *named).replace(self.directory, '<here>'))
        if hasattr(self.application, 'LOOK'):
            text = self.python(self.application.LOOK, json.dumps(ids)).strip().splitlines()[-1]
            text = text.replace(self.directory, '<here>')
            for name, id in ids.items():
                text = text.replace(id, '<%s>' % name)
            found['application'] = json.loads(text)
        return found

    def own_worker(self):
        """Runs the jobs with the application's own command until there are none."""
        started = time.monotonic()
        run(self.application.worker(self.venv), self.directory, self.environment())
        return time.monotonic() - started

    def rqd(self, program, configuration, files):
        """Runs the jobs with rqd; returns the seconds and the log."""
        for name, text in files.items():
            with open(os.path.join(self.directory, name), 'w') as opened:
                opened.write(self.here(text))
        path = os.path.join(self.top, 'rqd.conf')
        with open(path, 'w') as opened:
            opened.write(self.here(configuration))
        environment = self.environment()
        if hasattr(self.application, 'BEFORE'):
            self.python(self.application.BEFORE)
        environment['RQD_CONTROL_SOCKET'] = self.top + '/control'
        try:
            run([program, 'check', '--connect', '--config', path], '/', environment)
        except Failed as failure:
            # On a machine that has other things to do; the service itself waits longer.
            if 'not done with its imports' not in str(failure):
                raise
        log = open(self.top + '/rqd.log', 'w+')
        started = time.monotonic()
        process = subprocess.Popen([program, 'run', '--config', path], cwd='/', env=environment,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            while not self.settled():
                if process.poll() is not None or time.monotonic() - started > 600:
                    raise Failed('rqd: the jobs are not done, %s\n%s' % (
                        process.poll(), tail(self.top + '/rqd.log')))
                time.sleep(0.25)
            seconds = time.monotonic() - started
            process.send_signal(signal.SIGTERM)
            if process.wait(60) != 0:
                raise Failed('rqd ended with %s\n%s' % (
                    process.returncode, tail(self.top + '/rqd.log')))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        return seconds

    def settled(self):
        """Whether each job has come to an end, or waits for its time."""
        client = ['redis-cli', '-p', str(self.redis.port), '-n',
                  str(getattr(self.application, 'REDIS_DATABASE', 0))]

        def ask(*words):
            return subprocess.run([*client, *words], stdout=subprocess.PIPE, text=True,
                                  check=True).stdout.split()

        for key in ask('--scan', '--pattern', 'rq:job:*'):
            status = ask('hget', key, 'status') if key.count(':') == 2 else ['finished']
            if status and status[0] not in SETTLED:
                return False
        return True

    def here(self, text):
        """A text of the page, with the places of this side in it."""
        for written, real in self.application.places(
                self.venv, self.directory, self.redis.port).items():
            if written not in text:
                continue
            text = text.replace(written, real)
        return text

    def close(self):
        self.redis.close()
        if self.database:
            self.postgres.sql('DROP DATABASE %s WITH (FORCE)' % self.database)
        shutil.rmtree(self.top)


def clean(venv):
    """This environment without anything of rqd's, RQ's or another Python's."""
    found = {name: value for name, value in os.environ.items()
             if not name.startswith(('RQD_', 'RQ_', 'PYTHON', 'DJANGO_'))}
    found.update(PATH=venv + '/bin:' + os.environ['PATH'], VIRTUAL_ENV=venv, LC_ALL='C.UTF-8',
                 PYTHONDONTWRITEBYTECODE='1')
    return found


def tail(path, count=25):
    with open(path, errors='replace') as opened:
        return ''.join(opened.readlines()[-count:])
