"""The measurements: what is done with one contender in one round, and which figures come of it."""

import contextlib
import random
import time
from typing import NamedTuple

from rq import Queue
from rq.results import Result

from .backlog import KEPT, QUEUE, Backlog, Wrong, rate, require_processes, runs_of
from .machine import processor_seconds, proportional_set_size
from .server import Monitor


class Figure(NamedTuple):
    """One row of the table."""

    title: str
    unit: str
    more_is_better: bool = False


@contextlib.contextmanager
def running(contender, workers, **options):
    """A fleet of a contender, stopped at the end; its last words are shown when all fails."""
    fleet = contender.start(workers, **options)
    try:
        yield fleet
    except BaseException:
        with contextlib.suppress(Wrong):
            fleet.stop()
        print(fleet.last_words())
        raise
    fleet.stop()


def percentile(values, percent):
    """The smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


class Throughput:
    """A backlog is worked off: jobs per second from the first job's first line to the last's."""

    def __init__(self, title, workers, counts, module="noop", preloaded=False, reuse=None):
        self.figures = {
            "rate": Figure(title, "jobs/s", more_is_better=True),
            "cpu": Figure("its processor time per job, all processes", "ms"),
            "redis": Figure("Redis' processor time per job", "ms"),
        }
        self.workers, self.counts = workers, counts
        self.module, self.preloaded, self.reuse = module, preloaded, reuse

    def once(self, contender, server, scale):
        count = max(20, int(self.counts[contender.kind] * scale))
        if self.reuse:
            count = max(count, 4 * self.reuse)
        backlog = Backlog(server, self.module + ".job", count)
        options = {"preload": self.preloaded, "module": self.module, "reuse": self.reuse}
        with running(contender, self.workers, **options) as fleet:
            backlog.await_finished(fleet, count // 5)
            before = self._used(fleet, server, backlog)
            backlog.await_finished(fleet, count * 9 // 10)
            after = self._used(fleet, server, backlog)
            backlog.await_finished(fleet, count)
            runs = backlog.runs()
        never_replaced = self.reuse and contender.kind == "rq"
        require_processes(runs, count if never_replaced else self.reuse or 1)
        jobs, own, redis = (now - then for now, then in zip(after, before))
        return {"rate": rate(runs), "cpu": own * 1e3 / jobs, "redis": redis * 1e3 / jobs}

    @staticmethod
    def _used(fleet, server, backlog):
        """Jobs that have finished, and the processor seconds of the fleet and of Redis."""
        cpu = server.connection.info("cpu")
        own = processor_seconds(fleet.pids())
        return backlog.finished(), own, cpu["used_cpu_user"] + cpu["used_cpu_sys"]


class Latency:
    """One job at a time on an idle pool: from the producer's write to the job's first line."""

    def __init__(self, workers, module="noop", awaits_horse=False, note=""):
        start = f"enqueue to job start, idle, {workers} worker" + "s" * (workers > 1) + note
        self.figures = {
            "p50": Figure(f"{start}, p50", "ms"),
            "p99": Figure(f"{start}, p99", "ms"),
            "whole_p50": Figure(f"{start}, p50 with the call of enqueue()", "ms"),
        }
        self.workers, self.module, self.awaits_horse = workers, module, awaits_horse

    def once(self, contender, server, scale):
        queue = Queue(QUEUE, connection=server.connection)
        chance = random.Random(1)
        sent, called, ids = {}, {}, []
        with running(contender, self.workers, module=self.module) as fleet:
            fleet.await_idle(self.workers)
            for number in range(max(20, int(100 * scale))):
                if self.awaits_horse:
                    fleet.await_horse()
                time.sleep(chance.uniform(0.03, 0.05))
                name = f"bench-{number}"
                ids.append(name)
                pipeline = server.connection.pipeline()
                called[name] = time.monotonic_ns()
                job = queue.enqueue(
                    f"{self.module}.job", job_id=name, result_ttl=KEPT, pipeline=pipeline)
                sent[name] = time.monotonic_ns()
                pipeline.execute()
                result = Result.fetch_latest(job, timeout=10)
                if result is None:
                    raise Wrong("a job has no result after 10 s")
                sent[name] = (result.return_value[0] - sent[name]) / 1e6
                called[name] = (result.return_value[0] - called[name]) / 1e6
            fleet.await_idle(self.workers)
            require_processes(runs_of(queue, ids), 1)
        if min(sent.values()) <= 0:
            raise Wrong("a job began before it was sent")
        return {
            "p50": percentile(sent.values(), 50),
            "p99": percentile(sent.values(), 99),
            "whole_p50": percentile(called.values(), 50),
        }


class RedisCost:
    """What a job costs the server, counted by the server; what the producer did is taken off."""

    figures = {
        "busy_trips": Figure("writes to Redis per job, busy", ""),
        "busy_sent": Figure("commands sent per job, busy", ""),
        "busy_run": Figure("commands run by Redis per job (scripts' too), busy", ""),
        "idle_trips": Figure("writes to Redis per job, idle pool", ""),
        "idle_sent": Figure("commands sent per job, idle pool", ""),
    }
    singles = 30

    def once(self, contender, server, scale):
        server.connection.ping()
        own = Monitor(server).change(lambda: None)
        enqueuing = Monitor(server).change(lambda: self._enqueue_singly(server, "own", 0))
        server.connection.flushall()
        figures = self._busy(contender, server, scale, own)
        server.connection.flushall()
        return figures | self._idle(contender, server, enqueuing)

    def _enqueue_singly(self, server, prefix, pause):
        queue = Queue(QUEUE, connection=server.connection)
        names = [f"{prefix}-{number}" for number in range(self.singles)]
        for name in names:
            queue.enqueue("noop.job", job_id=name, result_ttl=KEPT)
            time.sleep(pause)
        return queue, names

    def _busy(self, contender, server, scale, own):
        count = max(60, int({"rq": 200, "rqd": 800}[contender.kind] * scale))
        backlog = Backlog(server, "noop.job", count)
        seen = {}

        def work():
            seen["first"] = backlog.finished()
            seen["asked"] = 2 + backlog.await_finished(fleet, count * 9 // 10)
            seen["jobs"] = backlog.finished() - seen["first"]

        with running(contender, 1) as fleet:
            backlog.await_finished(fleet, count // 10)
            change = Monitor(server).change(work)
            backlog.await_finished(fleet, count)
            backlog.runs()
        names = ("busy_trips", "busy_sent", "busy_run")
        return {
            name: (total - mine - seen["asked"]) / seen["jobs"]
            for name, total, mine in zip(names, change, own)
        }

    def _idle(self, contender, server, enqueuing):
        with running(contender, 1) as fleet:
            fleet.await_idle(1)
            change = Monitor(server).change(lambda: self._enqueue_singly(server, "bench", 0.06))
            fleet.await_idle(1)
            names = [f"bench-{number}" for number in range(self.singles)]
            runs_of(Queue(QUEUE, connection=server.connection), names)
        return {
            "idle_trips": (change[0] - enqueuing[0]) / self.singles,
            "idle_sent": (change[1] - enqueuing[1]) / self.singles,
        }


class Size:
    """Many workers that have nothing to do: how soon they are there, and what memory they take."""

    workers = 32

    def __init__(self):
        many = f"{self.workers} workers"
        self.figures = {
            "start": Figure(f"exec to {many} registered", "s"),
            "fresh": Figure(f"memory (PSS) of the whole tree, {many}, idle", "MiB"),
            "used": Figure(f"the same, idle again after {self.workers * 10} jobs", "MiB"),
        }

    def once(self, contender, server, scale):
        count = self.workers * 10
        with running(contender, self.workers) as fleet:
            start = fleet.await_registered(self.workers)
            fleet.await_idle(self.workers)
            fresh = proportional_set_size(fleet.pids())
            backlog = Backlog(server, "noop.job", count)
            backlog.await_finished(fleet, count)
            fleet.await_idle(self.workers)
            used = proportional_set_size(fleet.pids())
            require_processes(backlog.runs(), 1)
        return {"start": start, "fresh": fresh, "used": used}


def all_measures():
    """Every measurement by its name, in the table's order."""
    fresh, numeric = "a fresh process each", {"module": "numeric"}
    return {
        "noop": Throughput(
            f"no-op jobs, {fresh}, 1 worker", 1, {"rq": 200, "rqd": 1000}),
        "noop-2": Throughput(
            f"no-op jobs, {fresh}, 2 workers", 2, {"rq": 300, "rqd": 1500}),
        "numpy": Throughput(
            f"application with numpy, {fresh}, 2 workers", 2, {"rq": 60, "rqd": 1000}, **numeric),
        "numpy-preloaded": Throughput(
            "the same, rq started by a script that imports it first", 2,
            {"rq": 200, "rqd": 1000}, preloaded=True, **numeric),
        "reused": Throughput(
            "no-op jobs, process reused, 1 worker", 1, {"rq": 1200, "rqd": 5000}, reuse=100),
        "latency": Latency(1),
        "latency-4": Latency(4),
        "redis": RedisCost(),
        "size": Size(),
    }


def spawn_measures():
    """With isolation = "spawn" against "fork": what an application costs that is slow to import."""
    return {"latency-import": Latency(1, "slow_import", True, ", 1 s of import")}
