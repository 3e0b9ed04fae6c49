"""Making an RQ worker as `rq worker` makes one, with every release of rq and any class."""

import inspect


def accepted(function, classes=()):
    """The names of the parameters that a call may give; through **kwargs, those of a base class."""
    names = set()
    for one in [function, *classes]:
        parameters = inspect.signature(one).parameters.values()
        names.update(each.name for each in parameters)
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            break
    return names


def chosen(values, names):
    return {name: value for name, value in values.items() if name in names}


def methods(worker_class, name):
    """A method as each class of the line of descent defines it, the youngest first."""
    return [vars(each)[name] for each in worker_class.__mro__ if name in vars(each)]


def make_worker(settings):
    """The worker, made as `rq worker` makes it."""
    from rq.utils import import_attribute

    def named(key, default):
        return import_attribute(settings.get(key) or default)

    worker_class = named('worker_class', '')
    import rq.worker

    if not (isinstance(worker_class, type) and issubclass(worker_class, rq.worker.BaseWorker)):
        raise TypeError('worker_class %s is not an RQ worker class' % settings['worker_class'])
    # What the configuration does not name is the class's own, as when a program makes the worker.
    job_class, queue_class = (
        named(key, '') if settings.get(key) else getattr(worker_class, key)
        for key in ('job_class', 'queue_class')
    )
    connection = redis_client(settings['redis'], named('connection_class', 'redis.Redis'))
    if settings.get('death_penalty_class'):
        worker_class.death_penalty_class = named('death_penalty_class', '')
    serializer = settings.get('serializer') or getattr(worker_class, 'serializer', None)
    queues = settings['worker_class_queues'] or [
        queue_class(
            name,
            connection=connection,
            job_class=job_class,
            serializer=serializer,
            death_penalty_class=worker_class.death_penalty_class,
        )
        for name in settings['queues']
    ]
    handlers = [import_attribute(name) for name in settings['exception_handlers']]
    killed = settings.get('work_horse_killed_handler')
    values = {
        'name': settings['name'],
        'connection': connection,
        'default_result_ttl': settings['result_ttl'],
        'default_worker_ttl': settings['worker_ttl'],
        'worker_ttl': settings['worker_ttl'],
        'maintenance_interval': settings['maintenance_interval'],
        'job_monitoring_interval': settings['job_monitoring_interval'],
        'exception_handlers': handlers or None,
        'disable_default_exception_handler': settings['disable_default_exception_handler'],
        'work_horse_killed_handler': killed and import_attribute(killed),
        'log_job_description': settings['log_job_description'],
    }
    if settings.get('job_class'):
        values['job_class'] = job_class
    if settings.get('queue_class'):
        values['queue_class'] = queue_class
    if serializer:
        values['serializer'] = serializer
    names = accepted(*split(methods(worker_class, '__init__')))
    if 'worker_ttl' in names:
        del values['default_worker_ttl']
    return worker_class(queues, **chosen(values, names))


def early_end(worker, stop_timeout):
    """What to say of a class that ends jobs before `stop_timeout`, as for Heroku; or nothing.

    Source: RQ 3.0.0, `HerokuWorker.request_stop_sigrtmin`.
    """
    delay = getattr(worker, 'imminent_shutdown_delay', None)
    if not isinstance(delay, (int, float)) or delay >= stop_timeout:
        return ''
    return (
        'worker_class %s raises in a running job %d s after a stop, before stop_timeout = "%ds": '
        'set its imminent_shutdown_delay, or stop_timeout, or use rq.Worker'
    ) % (type(worker).__name__, delay, stop_timeout)


def split(functions):
    return functions[0], functions[1:]
