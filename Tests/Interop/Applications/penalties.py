"""A death penalty of the application's own: it names the job, and it notes what it was given."""

import time

from rq.timeouts import UnixSignalDeathPenalty

given = []


class Overdue(Exception):
    pass


class Penalty(UnixSignalDeathPenalty):
    def __init__(self, timeout, exception, **named):
        super().__init__(timeout, exception, **named)
        self._job_id = named['job_id']
        given.append((self._job_id, timeout))

    def handle_death_penalty(self, number, frame):
        raise Overdue('%s had %d s' % (self._job_id, self._timeout))


def hold():
    time.sleep(30)


def told(job, connection, result):
    job.meta['penalties'] = [one for one in given if one[0] == job.id]
    job.save_meta()
