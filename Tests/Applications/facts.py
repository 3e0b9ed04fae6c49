"""What Redis knows of the jobs that were enqueued; run by the application's own Python.

Arguments: the server's URL, then NAME=ID for each job. Prints JSON, with ids as names. `worker`
says whether each result names a worker, not which.
"""

import json
import re
import sys

from redis import Redis
from rq import Queue
from rq import registry as registries
from rq.job import Job

redis = Redis.from_url(sys.argv[1])
ids = dict(argument.split('=', 1) for argument in sys.argv[2:])
names = {id: name for name, id in ids.items()}


def named(text):
    for id, name in names.items():
        text = text.replace(id, '<%s>' % name)
    return text


def places(id):
    """The registries and queues that have the job."""
    found = []
    for queue in Queue.all(connection=redis):
        if id in queue.get_job_ids():
            found.append('queue ' + queue.name)
        for kind in ('Started', 'Finished', 'Failed', 'Deferred', 'Scheduled', 'Canceled'):
            registry = getattr(registries, kind + 'JobRegistry')(queue=queue)
            if id in registry.get_job_ids():
                found.append('%s %s' % (kind.lower(), queue.name))
    return found


def fact(id):
    if not redis.exists(Job.key_for(id)):
        return {'gone': True, 'places': places(id)}
    job = Job.fetch(id, connection=redis)
    result = job.latest_result()
    fact = {
        'status': str(getattr(job.get_status(), 'value', job.get_status())),
        'places': places(id),
        'timeout': job.timeout,
        'ttl': redis.ttl(job.key) > 0,
        'meta': named(repr(job.meta)),
        'ended': bool(job.ended_at),
    }
    if result is not None:
        fact['type'] = result.type.name
        fact['worker'] = bool(getattr(result, 'worker_name', True) or job.worker_name)
        try:
            fact['value'] = named(repr(result.return_value))[:500]
        except Exception as error:
            fact['value'] = 'unreadable: %s' % type(error).__name__
        lines = (result.exc_string or '').strip().splitlines()
        fact['error'] = named(lines[-1]) if lines else ''
    return fact


def pattern(key):
    """A key without what is different each time."""
    text = named(key)
    text = re.sub(r'[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}', '*', text)
    return text


keys = {pattern(key.decode('utf-8', 'replace')) for key in redis.scan_iter('rq:*')}
# Who worked is another one each time; a dead worker's hash stays for a minute. What our fleet
# keeps for itself is no other reader's.
keys = sorted(key for key in keys if not re.match(
    r'rq:(workers?|rqd|scheduler-lock|clean_registries|clean_groups|executions?)\b', key))
print(json.dumps({'jobs': {name: fact(id) for name, id in ids.items()}, 'keys': keys}))
