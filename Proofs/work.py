"""The application of the proofs: jobs that tell in a file when they run, and stop where asked.

The first argument of each job is the directory in which it leaves its traces: `runs`, a line for
each event (O_APPEND: a line is written whole), and `lock-NAME`, locked while the job runs. The
kernel takes that lock back when the process is gone, so it tells whether two runs overlap, however
they end.
"""
import fcntl
import os
import time

locks = []


def tell(place, event, name):
    worker = os.environ.get('RQ_WORKER_ID', '-')
    line = '%s %s %d %.6f %s\n' % (event, name, os.getpid(), time.monotonic(), worker)
    file = os.open(place + '/runs', os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(file, line.encode())
    os.close(file)


def begin(place, name):
    tell(place, 'start', name)
    lock = os.open('%s/lock-%s' % (place, name), os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        tell(place, 'overlap', name)
    locks.append(lock)


def end(place, name, event='end'):
    tell(place, event, name)
    while locks:
        os.close(locks.pop())


def pass_gate(place, gate, name):
    """Says that it is at a gate, and waits there as long as somebody holds it shut."""
    path = '%s/gate-%s' % (place, gate)
    if not os.path.exists(path):
        return
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(file, True)
    tell(place, 'at-' + gate, name)
    while os.read(file, 1):
        pass
    os.close(file)


# In the stable's directory, which is where its jobs run too.
os.register_at_fork(before=lambda: pass_gate('.', 'fork', 'none'))


class Slow:
    """A value that passes a gate while it is written down."""

    def __init__(self, place, name):
        self.place = place
        self.name = name

    def __reduce__(self):
        pass_gate(self.place, 'value', self.name)
        end(self.place, self.name)
        return str, ('done',)


def run(place, name, fails_first=False):
    """Passes the gate `run`; fails the first time if asked to."""
    begin(place, name)
    pass_gate(place, 'run', name)
    if fails_first and first_time(place, name):
        end(place, name, 'fail')
        raise ValueError('the first time')
    end(place, name)
    return 'done'


def first_time(place, name):
    try:
        os.close(os.open('%s/failed-%s' % (place, name), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def run_and_value(place, name):
    """Its value passes the gate `value`."""
    begin(place, name)
    return Slow(place, name)


def run_and_callback(place, name):
    """Its callback passes the gate `callback`."""
    begin(place, name)
    return 'done'


def succeeded(job, connection, value):
    pass_gate(job.args[0], 'callback', job.id)
    end(job.args[0], job.id)


def sleep(place, name, seconds):
    begin(place, name)
    time.sleep(seconds)
    end(place, name)


def fail(place, name):
    begin(place, name)
    end(place, name, 'fail')
    raise ValueError('as it should')
