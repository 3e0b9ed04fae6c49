"""What hears of a job's end: callbacks and an exception handler, each in its own words."""

import functools
import os
import time

from rq import Retry, Worker, get_current_job
from rq.command import send_stop_job_command


def stop_itself():
    job = get_current_job()
    send_stop_job_command(job.connection, job.id)
    time.sleep(60)


def good():
    return 1


def bad():
    raise ValueError('no')


def told(connection, *words):
    connection.rpush('told', ' '.join(str(word) for word in words))


def stopped(job, connection):
    told(connection, 'stopped', job.id)


def succeeded(job, connection, result):
    told(connection, 'succeeded', job.id, result, job.get_status(refresh=False).value)


def failed(job, connection, kind, value, trace_back):
    told(connection, 'failed', job.id, value, job.get_status(refresh=False).value)


def die_by(number):
    os.kill(os.getpid(), number)


def leave_with(code):
    os._exit(code)


def horse_killed(job, pid, status, usage):
    used = usage.ru_utime + usage.ru_stime > 0 and usage.ru_maxrss > 1000 and usage.ru_minflt > 0
    how = ['signal', os.WTERMSIG(status)] if os.WIFSIGNALED(status) else ['exit', status >> 8]
    is_gone = pid != os.getpid() and not os.path.exists('/proc/%d/exe' % pid)
    state = getattr(job.get_status(), 'value', job.get_status())
    told(job.connection, 'killed', job.id, *how, used, is_gone, state)


def horse_killed_badly(job, *_):
    raise ValueError('no handler of ' + job.id)


def handler(job, kind, value, trace_back):
    told(job.connection, 'handled', job.id, kind.__name__)


def ask_again():
    """Wants to run once more, each time."""
    return Retry(max=1)


def execute_job(site, method):
    """As Frappe's: the function that is meant comes among the arguments."""
    return {'endings.good': good, 'endings.bad': bad}[method]()


def requeue_handler(job, kind, value, trace_back):
    """As of rq 1: the failure is recorded, and a job may be queued again."""
    result = job.latest_result()
    status = job.connection.hget(job.key, 'status').decode()
    told(job.connection, 'handled', job.id, status, result and result.type.name)
    if job.id == 'ends':
        os._exit(3)
    if job.connection.incr('handled:' + job.id) == 1:
        job.requeue()


if os.environ.get('WRAPPED'):

    def wrap(perform_job):
        @functools.wraps(perform_job)
        def wrapped(self, job, *rest):
            told(job.connection, 'wrapped', job.id)
            return perform_job(self, job, *rest)

        return wrapped

    Worker.perform_job = wrap(Worker.perform_job)
