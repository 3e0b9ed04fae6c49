"""Jobs put on the queue by rq, and read back by rq: every one must have run, as it should."""

import time
from typing import NamedTuple

from rq import Queue
from rq.job import Job, JobStatus
from rq.results import Result

QUEUE = "default"
KEPT = 3600
AT_ONCE = 500


class Wrong(Exception):
    """A measurement that does not count, because something did not run as it should."""


class Run(NamedTuple):
    """What a job said of itself: when it began (monotonic ns), in which process."""

    begun: int
    pid: int


class Backlog:
    """Equal jobs, enqueued before anybody works on them."""

    def __init__(self, server, function, count):
        self.connection = server.connection
        self.queue = Queue(QUEUE, connection=self.connection)
        self.ids = [f"bench-{number}" for number in range(count)]
        for first in range(0, count, AT_ONCE):
            self.queue.enqueue_many(
                Queue.prepare_data(function, job_id=name, result_ttl=KEPT, timeout=60)
                for name in self.ids[first:first + AT_ONCE]
            )

    def finished(self):
        """How many have finished; one command."""
        return self.connection.zcard(f"rq:finished:{QUEUE}")

    def await_finished(self, fleet, count, seconds=120):
        """Waits until so many have finished. Returns how many commands of ours that took."""
        deadline = time.monotonic() + seconds
        asked = 1
        while self.finished() < count:
            if time.monotonic() > deadline:
                raise Wrong(f"{self.finished()} of {count} jobs finished in {seconds} s")
            fleet.check()
            time.sleep(0.05)
            asked += 1
        return asked

    def runs(self):
        return runs_of(self.queue, self.ids)


def runs_of(queue, ids):
    """What every job returned, in the order in which they ran.

    Raises Wrong unless each is finished with a result, and nothing is left on the way.
    """
    connection = queue.connection
    runs = []
    for job in Job.fetch_many(ids, connection=connection):
        if job is None or job.get_status(refresh=False) != JobStatus.FINISHED:
            raise Wrong(f"a job that is not finished: {job and job.get_status(refresh=False)}")
        result = Result.fetch_latest(job)
        if result is None or result.type != Result.Type.SUCCESSFUL:
            raise Wrong(f"job {job.id} has no result")
        runs.append(Run(*result.return_value))
    registries = queue.finished_job_registry, queue.failed_job_registry
    finished, failed = (registry.get_job_count(cleanup=False) for registry in registries)
    if (finished, failed, queue.count) != (len(ids), 0, 0):
        raise Wrong(f"of {len(ids)} jobs: {finished} finished, {failed} failed, {queue.count} left")
    return sorted(runs)


def require_processes(runs, jobs_per_process):
    """Raises Wrong unless so many jobs shared a process, at most and nearly always."""
    processes = len({run.pid for run in runs})
    if jobs_per_process == 1 and processes != len(runs):
        raise Wrong(f"{len(runs)} jobs ran in {processes} processes, not in one each")
    if jobs_per_process > 1 and processes > len(runs) / jobs_per_process + 2:
        raise Wrong(f"{len(runs)} jobs ran in {processes} processes, they should be shared")


def rate(runs):
    """Jobs per second from the beginning of the first to the beginning of the last."""
    return (len(runs) - 1) * 1e9 / (runs[-1].begun - runs[0].begun)
