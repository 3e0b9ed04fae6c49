"""What the jobs of the hazards do, under rq and under rqd; `redis` is that of the job."""
import os
import signal
import time

from rq import get_current_job


def redis():
    return get_current_job().connection


def count():
    """Counts its runs in the key `runs`."""
    redis().incr('runs')


def fail():
    redis().incr('runs')
    raise ValueError('as it should')


def fail_after_the_first_run():
    if redis().incr('runs') > 1:
        raise ValueError('in the second run')


def hold():
    """Shows that it has begun, waits until it is let go, and shows that it has ended."""
    redis().set('began', os.getpid())
    deadline = time.monotonic() + 20
    while not redis().exists('go') and time.monotonic() < deadline:
        time.sleep(0.02)
    redis().set('ended', 1)


def outlive(key):
    """Waits until a key has expired."""
    deadline = time.monotonic() + 20
    while redis().exists(key) and time.monotonic() < deadline:
        time.sleep(0.05)


def leave(status):
    os._exit(status)


def note_and_die_once():
    """Saves a note and is killed; in the second run it shows what it finds of the note."""
    job = get_current_job()
    if redis().incr('runs') == 1:
        job.meta['progress'] = 'half'
        job.save_meta()
        os.kill(os.getpid(), signal.SIGKILL)
    redis().set('found', repr(job.meta))


def arguments_of_its_process():
    with open('/proc/self/cmdline', 'rb') as file:
        redis().set('arguments', file.read())


def told(job, *_):
    job.connection.set('told', job.id)
