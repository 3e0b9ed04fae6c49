"""Worker classes of an application's own."""

import os
import signal
import sys

import rq
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer


class Telling(SimpleWorker):
    """Runs jobs in its own process, and says in Redis which."""

    def perform_job(self, job, *args, **kwargs):
        self.connection.rpush('test:performed', job.id)
        return super().perform_job(job, *args, **kwargs)


class Forking(Worker):
    """Runs each job in a process of its own, and says in Redis which have raised."""

    def handle_exception(self, job, *exc_info):
        self.connection.rpush('test:handled', job.id)
        return super().handle_exception(job, *exc_info)


class Loud(SimpleWorker):
    """Is asked to stop while it writes to a pipe that has no room."""

    def perform_job(self, job, *args, **kwargs):
        asked = []

        def ask(number, frame):
            asked.append(number)
            self.request_stop(number, frame)

        signal.signal(signal.SIGALRM, ask)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        while not asked:
            print('x' * 300000, file=sys.stderr)
        return super().perform_job(job, *args, **kwargs)


class NoWorker:
    """Not what its name might make somebody believe."""


def runner():
    """The process that this job runs in, and its parent."""
    return os.getpid(), os.getppid()


class OwnJob(rq.job.Job):
    """A job that has what only its worker's job class has."""

    def perform(self):
        self.connection.rpush('test:own', type(self).__name__)
        return super().perform()


class OwnQueue(rq.Queue):
    job_class = OwnJob


class Particular(SimpleWorker):
    """Names its classes itself."""

    job_class = OwnJob
    queue_class = OwnQueue
    serializer = JSONSerializer


class Naming(SimpleWorker):
    """Makes queues of the names of a site, as CKAN's worker does."""

    def __init__(self, queues, connection=None, **options):
        queues = [rq.Queue('site:' + name, connection=connection) for name in queues]
        super().__init__(queues, connection=connection, **options)
