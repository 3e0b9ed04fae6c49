"""Classes of the application's own for the differential test."""

from rq import Queue
from rq.job import Job
from rq.timeouts import UnixSignalDeathPenalty


class OwnJob(Job):
    """Notes that it was performed by this class."""

    def perform(self):
        self.meta['performed'] = type(self).__name__
        self.save_meta()
        return super().perform()


class OwnQueue(Queue):
    DEFAULT_TIMEOUT = 77


class OwnPenalty(UnixSignalDeathPenalty):
    pass
