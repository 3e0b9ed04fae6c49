"""Who is measured: how each is started, seen to be ready, and stopped."""

import contextlib
import os
import signal
import subprocess
import time

from .backlog import QUEUE, Wrong
from .machine import process_tree, stat_fields

HERE = os.path.dirname(os.path.abspath(__file__))
APPLICATION = os.path.join(os.path.dirname(HERE), "application")


class Fleet:
    """A running service with its workers."""

    def __init__(self, name, arguments, server, directory):
        self.name = name
        self.connection = server.connection
        self.log_path = os.path.join(directory, "log")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("RQ_", "RQD_"))}
        with open(self.log_path, "wb") as log:
            self.started = time.monotonic()
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=APPLICATION, env=environment, start_new_session=True,
            )

    def check(self):
        if self.process.poll() is not None:
            raise Wrong(f"{self.name} has ended with status {self.process.returncode}")

    def await_registered(self, workers, seconds=60):
        """Waits until so many are in Redis' set of workers. Returns seconds since the start."""
        while self.connection.scard("rq:workers") < workers:
            self.check()
            if time.monotonic() - self.started > seconds:
                raise Wrong(f"{workers} workers of {self.name} are not there after {seconds} s")
            time.sleep(0.004)
        return time.monotonic() - self.started

    def await_idle(self, workers, seconds=60):
        """Waits until all are registered as idle, and a little longer."""
        self.await_registered(workers, seconds)
        deadline = time.monotonic() + seconds
        while True:
            keys = self.connection.smembers("rq:workers")
            states = [self.connection.hget(key, "state") for key in keys]
            if states.count(b"idle") == workers:
                break
            self.check()
            if time.monotonic() > deadline:
                raise Wrong(f"the workers of {self.name} are not idle: {states}")
            time.sleep(0.02)
        time.sleep(0.5)

    def await_horse(self, seconds=60):
        """Waits until a process of rqd's is ready for the next job."""
        deadline = time.monotonic() + seconds
        while not any(map(_waits, self.pids())):
            self.check()
            if time.monotonic() > deadline:
                raise Wrong(f"no process of {self.name} is ready for a job after {seconds} s")
            time.sleep(0.02)

    def pids(self):
        return process_tree(self.process.pid)

    def stop(self, seconds=30):
        """Asks for a warm stop. Whatever is left after that is killed, and said to be wrong."""
        births = {pid: _birth(pid) for pid in self.pids()}
        tree = {pid: birth for pid, birth in births.items() if birth is not None}
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass  # Then it is among those that are left.
        deadline = time.monotonic() + 2
        left = list(tree)
        while left and time.monotonic() < deadline:
            left = [pid for pid in left if _birth(pid) == tree[pid]]
            time.sleep(0.01 if left else 0)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if left:
            self.process.wait()
            raise Wrong(f"{len(left)} processes of {self.name} outlived its stop")

    def last_words(self):
        with open(self.log_path, "rb") as log:
            return log.read()[-2000:].decode("utf-8", "replace")


def _waits(pid):
    """Whether it is a horse without a job."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            title = file.read().rstrip(b"\0 ")
    except OSError:
        return False
    return title.startswith(b"rqd: horse") and title.endswith(b" waiting")


def _birth(pid):
    """When a process began; None if it is gone or a zombie."""
    fields = stat_fields(pid)
    return int(fields[19]) if fields and fields[0] != b"Z" else None


class Rq:
    """rq worker-pool, as its package installs it."""

    name = kind = "rq"

    def __init__(self, python, server, directory):
        self.python, self.server, self.directory = python, server, directory

    def start(self, workers, preload=False, module="noop", reuse=None):
        if preload:
            program = [self.python, os.path.join(APPLICATION, "preloaded_rq.py")]
        else:
            program = [os.path.join(os.path.dirname(self.python), "rq")]
        arguments = program + ["worker-pool", "--url", self.server.url, "--path", APPLICATION]
        arguments += ["--num-workers", str(workers)]
        if reuse:
            arguments += ["--worker-class", "rq.worker.SimpleWorker"]
        return Fleet(self.name, arguments + [QUEUE], self.server, self.directory)


class Rqd:
    """rqd run, with a configuration file."""

    kind = "rqd"

    def __init__(self, rqd, python, server, directory, name="rqd", isolation="fork"):
        self.name, self.isolation = name, isolation
        self.rqd, self.python = os.path.abspath(rqd), python
        self.server, self.directory = server, directory

    def start(self, workers, preload=False, module="noop", reuse=None):
        path = os.path.join(self.directory, "rqd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                f'[redis]\nurl = "{self.server.url}"\n'
                f'[control]\nsocket = ""\n'
                f'[python]\ninterpreter = "{self.python}"\ndirectory = "{APPLICATION}"\n'
                f'preload = ["{module}"]\n'
                f'[pool.default]\nworkers = {workers}\nqueues = ["{QUEUE}"]\n'
                f'jobs_per_horse = {reuse or 1}\n'
            )
            if self.isolation != "fork":  # builds of before do not know the key
                file.write(f'isolation = "{self.isolation}"\n')
        arguments = [self.rqd, "run", "--config", path]
        return Fleet(self.name, arguments, self.server, self.directory)
