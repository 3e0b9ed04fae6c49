"""A horse: the process that runs one job (or K of them) through the application's own rq.

A horse is forked ahead of time and waits for a job, or an errand, on its socket. It answers with
one frame, the outcome, and leaves by os._exit. It opens no connection to Redis unless the job's
code asks for one. Frames are RESP arrays of bulk strings.
"""

import fcntl
import os
import resource
import signal
import socket
import sys
import time
import traceback

# The outcome could not be delivered: the job closed or replaced our descriptors.
EXIT_UNREPORTED = 83

# Seconds that RQ's worker lets its connection, which is also its jobs', wait for an answer.
PATIENCE = 415

# What user code may change on the job while it runs, and what then has to reach Redis.
TRACKED = (
    'description',
    'timeout',
    'result_ttl',
    'failure_ttl',
    'ttl',
    'retries_left',
    'retry_intervals',
    'repeats_left',
    'repeat_intervals',
    'number_of_retries',
    'enqueue_at_front',
    'enqueue_at_front_on_retry',
    'group_id',
    'origin',
    'allow_dependency_failures',
    'rate_limit_key',
    'rate_limit_concurrency',
    '_success_callback_name',
    '_failure_callback_name',
    '_stopped_callback_name',
)
# Fields that the worker writes itself, or that are too dear to compare.
UNTRACKED_FIELDS = frozenset(
    (
        'created_at',
        'data',
        'status',
        'started_at',
        'ended_at',
        'last_heartbeat',
        'worker_name',
        'enqueued_at',
        'meta',
        'result',
        'exc_info',
    )
)


class Application:
    """The application's rq, looked at once, before the first fork.

    `settings` are the decoded settings: redis, serializer, job_class, queue_class,
    connection_class, death_penalty_class, exception_handlers, work_horse_killed_handler.
    `kind` is the class of RQ's that stands for the worker.
    """

    def __init__(self, settings, kind):
        import rq
        import rq.job
        from rq.timeouts import (
            BaseTimeoutException,
            JobTimeoutException,
            UnixSignalDeathPenalty,
        )
        from rq import utils
        from rq.utils import import_attribute

        self.version = getattr(rq, '__version__', None) or rq.version.VERSION
        self.release = tuple(int(number) for number in self.version.split('.')[:2])
        self.major = self.release[0]
        self.module = rq.job
        self.timeout_exception = JobTimeoutException
        self.timeouts = BaseTimeoutException
        self.was_broken_off = False  # by a timeout, and who knows what the job has left half done
        self.retry_class = getattr(rq.job, 'Retry', None) if self.major >= 2 else None
        self.job_class = import_attribute(settings.get('job_class') or 'rq.job.Job')
        penalty = settings.get('death_penalty_class')
        self.death_penalty_class = import_attribute(penalty) if penalty else UnixSignalDeathPenalty
        self.queue_class = import_attribute(settings.get('queue_class') or 'rq.Queue')
        self.default_timeout = getattr(self.queue_class, 'DEFAULT_TIMEOUT', 180)
        connection_class = import_attribute(settings.get('connection_class') or 'redis.Redis')
        self.connection = redis_client(settings['redis'], connection_class)
        options = self.connection.connection_pool.connection_kwargs
        if (options.get('socket_timeout') or 0) < PATIENCE:  # redis-py 8 gives up after 5 s
            options['socket_timeout'] = PATIENCE
        self.serializer = settings.get('serializer') or None
        handlers = settings.get('exception_handlers') or []
        self.exception_handlers = [import_attribute(name) for name in handlers]
        self.now = utils.utcnow if self.major < 2 else utils.now
        self.status_class = rq.job.JobStatus
        self.stack = getattr(rq.job, '_job_stack', None)
        # Whether it is RQ's own that calls the function, and nobody looks on.
        self.plain_perform = not hooked(self.job_class, JOB_METHODS + CALLBACKS)
        try:
            from rq import callbacks

            self.on_success = callbacks.execute_success_callback
            self.on_failure = callbacks.execute_failure_callback
            self.on_stopped = callbacks.execute_stopped_callback
        except (ImportError, AttributeError):  # rq before 3.0: methods of the job
            self.on_success = lambda job, *a: job.execute_success_callback(*a)
            self.on_failure = lambda job, *a: job.execute_failure_callback(*a)
            self.on_stopped = lambda job, *a: job.execute_stopped_callback(*a)
        try:
            from rq.defaults import UNSERIALIZABLE_RETURN_VALUE_PAYLOAD as payload
        except ImportError:
            payload = 'Unserializable return value'
        self.unserializable = payload
        self.rehearsal = None
        self.recorder = None  # where a failure is recorded before the handlers are asked
        self.most_bytes = 1 << 62  # of a result, unless an order says less
        self.flush_timeout = settings['flush_timeout']
        self.hooks = HorseWorker(self, kind)
        self.pid = os.getpid()  # the process that answers; what a job forks is another
        killed = settings.get('work_horse_killed_handler')
        self.killed_handler = import_attribute(killed) if killed else None
        if self.major < 2:
            from rq.connections import push_connection

            push_connection(self.connection)

    def restore(self, job_id, fields):
        """The Job from its hash. An id that this rq's grammar refuses still runs."""
        try:
            job = self.job_class(job_id, connection=self.connection, serializer=self.serializer)
        except ValueError:
            job = self.job_class('id', connection=self.connection, serializer=self.serializer)
            job._id = job_id
        job.restore(fields)
        if self.major < 2:  # which has a word in its place until the job is prepared
            job._status = self.status_class(job._status)
        return job

    def perform(self, job):
        """Calls the function, with get_current_job() in place and without a round trip to Redis."""
        if self.stack is None or not self.plain_perform:
            return job.perform()
        self.stack.push(job)
        try:
            job._result = job._execute()
        finally:
            self.stack.pop()
        return job._result

    def ask_handlers(self, job, info):
        """Asks the exception handlers in order, until one returns something false but None.

        Returns a complaint, if one of them raises: the job's own failure is what is recorded.
        """
        if self.recorder is not None:
            self.recorder.record(job, info)
        for handler in self.exception_handlers:
            try:
                goes_on = handler(job, *info)
            except BaseException as error:
                return text_bytes('exception handler %r: %s' % (handler, last_line(error)))
            if goes_on is not None and not goes_on:
                break
        return b''

    def encode(self, job, value):
        """The value as the job's serializer writes it, and a complaint if it could not."""
        try:
            return job.serializer.dumps(value), b''
        except Exception as error:  # what a serializer raises is its own affair
            why = 'the return value cannot be serialized: %s: %s' % (type(error).__name__, error)
            return job.serializer.dumps(self.unserializable), why.encode('utf-8', 'replace')


def changed_fields(job, before, raw):
    """What user code changed on the job, as wire fields; a flat list of name, value."""
    now = job.__dict__
    for name, value in before:
        if now.get(name) != value:
            break
    else:
        return []
    try:
        fields = job.to_dict(include_meta=False, include_result=False)
    except TypeError:  # an older signature
        fields = job.to_dict(include_meta=False)
    changed = []
    for name, value in fields.items():
        if name in UNTRACKED_FIELDS:
            continue
        value = value if isinstance(value, bytes) else str(value).encode('utf-8', 'surrogateescape')
        if raw.get(name.encode()) != value:
            changed += [b'field:' + name.encode(), value]
    return changed


def runs_again(job, kind):
    """Whether the job is going to be queued again, as far as it knows."""
    if kind == b'raised':
        return bool(job.retries_left)
    return kind == b'retry' or bool(getattr(job, 'repeats_left', None))


def changed_meta(job, raw):
    """What the next run finds in `meta`: rq saves it with a job that runs again."""
    if not job.meta:
        return []
    serialize = getattr(job, '_serialize_meta', None)
    meta = serialize() if serialize else job.serializer.dumps(job.meta)
    return [b'field:meta', meta] if meta != raw.get(b'meta') else []


def run(app, frame, set_title, hooks=None):
    """Runs the job of a frame [worker, execution, job id, queue, field, value, …].

    The outcome as the parts of a frame. With `hooks`, through the methods of RQ's Worker, where
    somebody has put something around one of them.
    """
    job = None
    raw = dict(zip(frame[4::2], frame[5::2]))
    job_id = frame[2].decode('utf-8', 'surrogateescape')
    try:
        os.environ['RQ_WORKER_ID'] = frame[0].decode('utf-8', 'surrogateescape')
        os.environ['RQ_JOB_ID'] = job_id  # which may hold a NUL: then this job fails
        job = app.restore(job_id, raw)
    except BaseException:
        return failure(app, job, sys.exc_info(), time.time())
    now = job.__dict__
    before = [
        (n, list(now[n]) if isinstance(now[n], list) else now[n]) for n in TRACKED if n in now
    ]

    def changes(job, kind):
        out = changed_fields(job, before, raw)
        return out + changed_meta(job, raw) if runs_again(job, kind) else out

    if app.recorder is not None:
        app.recorder.begin(changes, frame[1])
    if hooks is not None and hooks.found:
        out = hooks.perform(job, frame[1].decode('utf-8', 'surrogateescape'), set_title)
    else:
        out = perform(app, job, set_title, hooks)
    try:
        out += changes(job, out[0])
    except Exception as error:
        out += [b'warning', text_bytes('changes to the job are not kept: %r' % (error,))]
    return out


def perform(app, job, set_title, hooks=None):
    """Runs a job and its callback; the outcome as the parts of a frame."""
    started = time.time()
    try:
        set_title('rqd: horse %s %s' % (job.func_name, job.id))
        timeout = job.timeout or app.default_timeout
        started = time.time()
        with app.death_penalty_class(timeout, app.timeout_exception, job_id=job.id):
            value = app.perform(job)
        if os.getpid() != app.pid:
            leave_to_parent()
        ended = time.time()
        job.ended_at = app.now()
        job._result = value
        if app.retry_class is not None and isinstance(value, app.retry_class):
            out = retry_outcome(value)
        else:
            out = [b'returned']
            if app.release >= (2, 7):  # before that, a callback sees the job started
                job._status = app.status_class.FINISHED
            app.on_success(job, app.death_penalty_class, value)
            job._status = app.status_class.FINISHED
        out += returned_value(app, job, value)
    except BaseException:  # SystemExit and KeyboardInterrupt are the job's failures too
        return failure(app, job, sys.exc_info(), started, hooks)
    return out + times_between(started, ended)


def returned_value(app, job, value):
    """What the job has returned, unless it is None."""
    if value is None:
        return []
    data, complaint = app.encode(job, value)
    if len(data) > app.most_bytes:
        return [b'excess', b'%d' % len(data)]
    return [b'value', data] + ([b'warning', complaint] if complaint else [])


def failed_outcome(info, where=''):
    """The job has raised, or could not be made."""
    whole, line = describe_failure(*info)
    return [b'raised', b'exc', text_bytes(whole), b'line', text_bytes(where + line)]


def failure(app, job, info, started, hooks=None):
    """Has everybody hear of a failure; the outcome as the parts of a frame."""
    if os.getpid() != app.pid:
        leave_to_parent(info)
    ended = time.time()
    complaints = []
    app.was_broken_off = app.was_broken_off or isinstance(info[1], app.timeouts)
    if job is None:
        out = failed_outcome(info, 'its hash cannot be read: ')
    else:
        job.ended_at = app.now()
        if app.major >= 2:
            job._status = app.status_class.FAILED
        try:
            app.on_failure(job, app.death_penalty_class, *info)
        except BaseException:  # a failing callback replaces the recorded failure, as in rq
            info = sys.exc_info()
        job._status = app.status_class.FAILED
        if os.getpid() != app.pid:  # forked by the callback
            leave_to_parent()
        if app.recorder is not None:
            app.recorder.times = times_between(started, ended)
        if hooks is None:
            complaints.append(app.ask_handlers(job, info))
        else:
            complaints += hooks.handle_exception(job, info)
        out = failed_outcome(info)
    for complaint in filter(None, complaints):
        out += [b'warning', complaint]
    return out + times_between(started, ended)


def flush_output():
    """What the job printed must be in the pipe before the outcome is in the socket."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the job closed or replaced it
            continue


def horse(app, sock, life, jobs, set_title):
    """The horse's life: wait for an order, obey, answer; `jobs` times. Never returns.

    A frame is [order, detail, …]: `run` with the most bytes of a result, or an errand; the rest
    is as `run` takes it.
    """
    code = 0
    try:
        where = os.fstat(sock.fileno())
        identity = (where.st_dev, where.st_ino)
        if not die_with_worker(life):
            os._exit(0)
        if app.pid != os.getpid():  # forked, with all that was made before that
            seed_anew()
        app.pid = os.getpid()
        if app.major < 2 and app.exception_handlers:
            app.recorder = Recorder(app, sock, identity)
        if not is_readable(sock.fileno()):
            rehearse(app)
        while jobs > 0:
            frame = unpack(sock)
            if frame is None:
                break  # the worker has no job for us, or is gone
            jobs -= 1
            app.hide(False)
            if frame[0] == b'run':
                app.most_bytes = int(frame[1] or app.most_bytes)
                out = run(app, frame[2:], set_title, app.hooks)
            else:
                out = run_errand(app, frame[0], frame[1], frame[2:], set_title)
            if os.getpid() != app.pid:  # forked by a callback, a handler, an agent
                leave_to_parent()
            flush_output()
            out += [b'execution', frame[3]]
            if app.was_broken_off:
                out += [b'last', b'1']
                jobs = 0
            out += [b'rss', b'%d' % resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]
            if not same_socket(sock, identity):
                code = EXIT_UNREPORTED
                break
            signal.alarm(0)
            if jobs:
                app.hide(True)
            sock.sendall(pack(out))
        await_senders(app.flush_timeout)
    except BrokenPipeError:
        code = 0  # the worker is gone; it is its successor that settles the job
    except BaseException:
        code = EXIT_UNREPORTED
        try:
            traceback.print_exc()
        except BaseException:
            code = EXIT_UNREPORTED
    os._exit(code)
