"""The application's own classes: each leaves a trace of having acted."""

import pickle

from redis import Redis
from rq import Queue, get_current_job
from rq.job import Job
from rq.timeouts import BaseDeathPenalty, UnixSignalDeathPenalty


class OwnJob(Job):
    def perform(self):
        return [type(self).__name__, super().perform()]


class OwnQueue(Queue):
    DEFAULT_TIMEOUT = 77


class OwnRedis(Redis):
    pass


class OwnSerializer:
    """Pickles, with a mark in front."""

    @staticmethod
    def dumps(*arguments, **keywords):
        return b'own' + pickle.dumps(*arguments, **keywords)

    @staticmethod
    def loads(data, *arguments, **keywords):
        assert data[:3] == b'own'
        return pickle.loads(data[3:], *arguments, **keywords)


class OwnTimeout(Exception):
    pass


class OwnPenalty(UnixSignalDeathPenalty):
    """Raises an exception of its own, and tells the job its timeout."""

    def __init__(self, timeout, exception, **keywords):
        super().__init__(timeout, OwnTimeout, **keywords)
        OwnPenalty.last = timeout


class NoPenalty(BaseDeathPenalty):
    """Ends no job."""

    def setup_death_penalty(self):
        """Does nothing."""

    cancel_death_penalty = setup_death_penalty


def look():
    return [type(get_current_job().connection).__name__, getattr(OwnPenalty, 'last', None)]
