"""Classes of the application's own for the differential test."""

import pickle

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


class OwnSerializer:
    """Pickles, with a mark in front, so that no other serializer can read it."""

    @staticmethod
    def dumps(value, *arguments, **named):
        return b'own:' + pickle.dumps(value)

    @staticmethod
    def loads(data, *arguments, **named):
        if not data.startswith(b'own:'):
            raise ValueError('not written by OwnSerializer')
        return pickle.loads(data[4:])
