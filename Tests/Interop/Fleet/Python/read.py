"""Reads a range of the fleet's jobs with the installed rq; prints what is wrong, a line each.

Usage: read.py REDIS_URL FIRST END PRODUCER

The file FLEET_LOG has a line for each run: the job's id and the worker's name.
"""

import collections
import os
import sys

import fleet
import redis
from rq.job import Job

ran = collections.defaultdict(list)
with open(os.environ['FLEET_LOG']) as log:
    for line in log:
        job_id, worker = line.split()
        ran[job_id].append(worker)
connection = redis.Redis.from_url(sys.argv[1])
numbers = range(int(sys.argv[2]), int(sys.argv[3]))
ids = [f'fleet-{number}' for number in numbers]
for number, job in zip(numbers, Job.fetch_many(ids, connection=connection)):
    kind = fleet.kind_of(number, sys.argv[4])
    if job is None:
        print(f'fleet-{number} ({kind}): there is no such job')
        continue
    runs, value, error = fleet.expected(number, kind)
    if len(ran[job.id]) != runs:
        print(f'{job.id} ({kind}): ran {len(ran[job.id])} times, not {runs}, by {ran[job.id]}')
    result = job.latest_result()
    found = (job.get_status(), result and result.type.name, result and result.return_value)
    text = (result and result.exc_string or '').strip().rsplit('\n', 1)[-1]
    wanted = ('failed', 'FAILED', None) if error else ('finished', 'SUCCESSFUL', value)
    if found != wanted or text != (error or ''):
        print(f'fleet-{number} ({kind}): {found} {text!r}')
