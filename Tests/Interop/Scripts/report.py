"""Prints what RQ reports about jobs, as JSON: an object for each id, in their order.

Usage: report.py REDIS_URL IDS

IDS is JSON. A value is told by its repr, of which the first 1000 characters are kept.
"""

import json
import sys

import redis
from rq.exceptions import NoSuchJobError
from rq.job import Job


def report(job_id, connection):
    facts = {'id': job_id}
    try:
        job = Job.fetch(job_id, connection=connection)
    except NoSuchJobError:
        return {**facts, 'status': 'missing'}
    except Exception as error:
        return {**facts, 'status': f'unreadable: {error!r}'}
    facts['status'] = str(getattr(job.get_status(), 'value', job.get_status()))
    facts['meta'] = repr(job.meta)
    facts['worker'] = job.worker_name
    result = job.latest_result()
    if result is not None:
        facts['type'] = result.type.name
        facts['value'] = repr(result.return_value)[:1000]
        facts['error'] = result.exc_string
        if isinstance(result.return_value, (bytes, str)):
            facts['length'] = len(result.return_value)
    return facts


connection = redis.Redis.from_url(sys.argv[1])
print(json.dumps([report(job_id, connection) for job_id in json.loads(sys.argv[2])]))
