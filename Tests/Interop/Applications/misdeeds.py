"""Jobs that no application should have, and some have."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

from rq import Queue, Retry, get_current_job


def exit_seven():
    os._exit(7)


def kill_itself(number):
    os.kill(os.getpid(), number)
    time.sleep(60)


def read_nowhere():
    ctypes.string_at(0)


def print_one_line(size):
    sys.stdout.write('x' * size)


def print_lines(count, size):
    line = 'y' * (size - 1) + '\n'
    for _ in range(count):
        sys.stdout.write(line)


def return_a_function():
    return lambda: None


def return_bytes(size):
    return b'z' * size


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError('no text')

    __repr__ = __str__


def raise_unprintable():
    raise Unprintable


def leave():
    raise SystemExit(3)


def interrupt():
    raise KeyboardInterrupt


def leave_a_child_behind():
    """A process that would run for a minute, with this job's output still open."""
    return subprocess.Popen(['sleep', '60']).pid


def close_descriptors(first):
    os.closerange(first, 256)
    return 'closed'


def recurse(depth=0):
    return recurse(depth + 1)


def swallow_alarms():
    """Sleeps on when its time is up."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(1)


def wander():
    """Leaves nothing of its process as it was."""
    os.chdir('/')
    os.umask(0o777)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    os.environ.clear()
    sys.path.clear()
    sys.modules.pop('work', None)
    return 'wandered'


def start_a_thread():
    """The thread is no daemon: an interpreter that ends in the usual way would wait for it."""
    threading.Thread(target=threading.Event().wait, args=(60,)).start()
    return 'started'


def delete_itself():
    get_current_job().delete()


def cancel_itself():
    get_current_job().cancel()


def queue_itself_again():
    job = get_current_job()
    runs = job.connection.incr('test:runs:' + job.id)
    if runs == 1:
        Queue(job.origin, connection=job.connection).enqueue_job(job)
    return runs


def ask_for_odd_retries():
    return Retry(max=float('inf'), interval=[float('inf'), float('nan')])
