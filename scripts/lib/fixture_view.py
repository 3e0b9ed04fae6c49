"""What rq itself reports about jobs, workers and results: the truth the tests compare with."""

import base64
from datetime import datetime, timedelta, timezone

from rq.job import Job
from rq.worker import Worker

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def micros(moment):
    """Microseconds since 1970; rq 1 reports UTC without saying so."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - EPOCH) // timedelta(microseconds=1)


def encoded(value):
    return None if value is None else base64.b64encode(value).decode()


def word(value):
    """The plain text of an enum member or a string."""
    return getattr(value, 'value', value)


def job_view(id, connection, serializer):
    job = Job.fetch(id, connection=connection, serializer=serializer)
    view = {
        'id': job.id,
        'status': str(word(job.get_status())),
        'origin': job.origin,
        'description': job.description,
        'function': job.func_name,
        'data': encoded(job.data),
        'timeout': job.timeout,
        'result_ttl': job.result_ttl,
        'failure_ttl': job.failure_ttl,
        'ttl': job.ttl,
        'worker_name': job.worker_name,
        'retries_left': job.retries_left,
        'retry_intervals': job.retry_intervals,
        'dependency_ids': [str(id) for id in job._dependency_ids],
        'allow_dependency_failures': job.allow_dependency_failures,
        'enqueue_at_front': job.enqueue_at_front,
        'meta': encoded(connection.hget(job.key, 'meta')),
        'exc_info': job._exc_info,
        'callbacks': callbacks(job),
    }
    for name in ('created_at', 'enqueued_at', 'started_at', 'ended_at', 'last_heartbeat'):
        view[name] = micros(getattr(job, name))
    for name in (
        'group_id',
        'number_of_retries',
        'repeats_left',
        'repeat_intervals',
        'enqueue_at_front_on_retry',
        'rate_limit_key',
        'rate_limit_concurrency',
    ):
        view[name] = getattr(job, name, None)
    view['results'] = [result_view(result, job) for result in reversed(job.results())]
    return view


def callbacks(job):
    names = {
        'success': job._success_callback_name,
        'failure': job._failure_callback_name,
        'stopped': job._stopped_callback_name,
    }
    return {
        event: {'name': name, 'timeout': getattr(job, f'_{event}_callback_timeout')}
        for event, name in names.items()
        if name
    }


def result_view(result, job):
    stored = dict(job.connection.xrange(result.get_key(job.id)))[result.id.encode()]
    value = stored.get(b'return_value')
    return {
        'id': result.id,
        'type': result.type.value,
        'written_at': micros(result.created_at),
        'is_none': result.return_value is None,
        'return_value': None if value is None else encoded(base64.b64decode(value)),
        'exception': result.exc_string,
        'worker_name': getattr(result, 'worker_name', None) or None,
        'execution_id': getattr(result, 'execution_id', None),
        'started_at': micros(getattr(result, 'execution_started_at', None)),
        'ended_at': micros(getattr(result, 'execution_ended_at', None)),
    }


def worker_view(worker):
    current = worker.get_current_job_id()
    return {
        'name': worker.name,
        'state': str(word(worker.get_state())),
        'queues': worker.queue_names(),
        'pid': worker.pid,
        'hostname': worker.hostname,
        'ip_address': worker.ip_address,
        'version': worker.version,
        'python_version': worker.python_version,
        'birth': micros(worker.birth_date),
        'last_heartbeat': micros(worker.last_heartbeat),
        'successful_job_count': worker.successful_job_count,
        'failed_job_count': worker.failed_job_count,
        'total_working_micros': round(worker.total_working_time * 1e6),
        'current_job': current,
    }


def worker_views(connection):
    return [worker_view(worker) for worker in sorted(Worker.all(connection), key=lambda w: w.name)]


def execution_views(job_ids, connection):
    """The runs rq sees; rq 1 has none."""
    try:
        from rq.executions import ExecutionRegistry
    except ImportError:
        return []
    views = []
    for id in job_ids:
        job = Job.fetch(id, connection=connection)
        for execution in job.get_executions():
            views.append(
                {
                    'id': execution.id,
                    'job_id': execution.job_id,
                    'composite': execution.composite_key,
                    'created_at': micros(execution.created_at),
                    'last_heartbeat': micros(execution.last_heartbeat),
                    'worker_name': getattr(execution, 'worker_name', None) or None,
                }
            )
    return views
