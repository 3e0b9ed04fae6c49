"""Reads the demo's jobs back with Python RQ.

Usage: results.py wait REDIS_URL JOBS SECONDS   until every job has an outcome
       results.py check REDIS_URL JOBS          prints a table; exit status 0 if all is right

JOBS is the file that enqueue.py wrote.
"""

import json
import signal
import sys
import time

import redis
from rq import Queue, Worker
from rq.job import Job
from rq.results import Result

QUEUES = ("high", "default", "low")


def wait(expected, connection, seconds):
    """Returns whether every job finished or failed in time."""
    deadline = time.monotonic() + seconds
    ids = [entry["id"] for entry in expected]
    while True:
        jobs = Job.fetch_many(ids, connection=connection)
        open_jobs = [job for job in jobs if job and not (job.is_finished or job.is_failed)]
        if not open_jobs:
            return True
        if time.monotonic() > deadline:
            print(f"{len(open_jobs)} jobs have no outcome after {seconds} s", file=sys.stderr)
            return False
        time.sleep(0.05)


def outcome(entry, connection):
    """What became of one job, or how it differs from what was expected."""
    queue = Queue(entry["queue"], connection=connection)
    job = Job.fetch(entry["id"], connection=connection)
    result = job.latest_result()
    if result is None:
        return f"no result, status {job.get_status()}"
    if "returns" in entry:
        right = job.is_finished and result.type == Result.Type.SUCCESSFUL
        right = right and job.return_value() == entry["returns"]
        registry = queue.finished_job_registry
    else:
        right = job.is_failed and result.type == Result.Type.FAILED
        right = right and entry["raises"] in result.exc_string
        registry = queue.failed_job_registry
    if not right:
        return f"wrong: {job.get_status()}, {result.return_value or result.exc_string}"
    if job.id not in registry.get_job_ids():
        return f"not in the registry {registry.key}"
    return "returned" if "returns" in entry else "raised"


def leftovers(connection):
    """What should be gone after a stop, and is not."""
    for name in QUEUES:
        queue = Queue(name, connection=connection)
        if queue.count:
            yield f"{queue.count} jobs still on the queue {name}"
        if queue.started_job_registry.count:
            yield f"{queue.started_job_registry.count} jobs still started on {name}"
    for worker in Worker.all(connection=connection):
        yield f"the worker {worker.name} is still registered"


def check(expected, connection):
    """Prints queue by queue what was expected and what came; returns whether it is the same."""
    wanted, got, wrong = {}, {}, []
    for entry in expected:
        row = (entry["queue"], "returned" if "returns" in entry else "raised")
        found = outcome(entry, connection)
        wanted[row] = wanted.get(row, 0) + 1
        got[row] = got.get(row, 0) + (found == row[1])
        if found != row[1]:
            wrong.append(f"job {entry['id']} on {entry['queue']}: {found}")
    wrong.extend(leftovers(connection))

    print(f"{'queue':<10}{'outcome':<10}{'expected':>9}{'got':>5}")
    for row in sorted(wanted, key=lambda row: (QUEUES.index(row[0]), row[1])):
        print(f"{row[0]:<10}{row[1]:<10}{wanted[row]:>9}{got[row]:>5}")
    print(f"{'all':<20}{sum(wanted.values()):>9}{sum(got.values()):>5}")
    for line in wrong:
        print(line)
    return not wrong


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback.
    command, url, file = sys.argv[1:4]
    with open(file, encoding="utf-8") as lines:
        jobs_expected = [json.loads(line) for line in lines]
    redis_connection = redis.Redis.from_url(url)
    if command == "wait":
        done = wait(jobs_expected, redis_connection, float(sys.argv[4]))
    else:
        done = check(jobs_expected, redis_connection)
    sys.exit(0 if done else 1)
