"""The hosted runtime: the application's interpreter runs an RQ worker class itself.

Descriptors at the start: SETTINGS_FD holds the settings as JSON; into STACK_FD, a pipe, threads
write their stacks at a signal (see stacks.py); through REPORT_FD, a socket, the slot's process is
told what happens, in RESP arrays of bulk strings:

    hello rq                                   the class is loaded
    state word                                 as RQ names it
    taken queue id seconds                     an id was taken from a queue, at this epoch second
    started id queue function description waited
                                               its job is about to be run; after so many seconds
    execution id execution                     what RQ calls this run (RQ 2 and later)
    horse pid                                  the job's process, where the class makes one
    ended id succeeded failed kilobytes        the worker's counts, and the most memory so far
    leaving word text                          why work() has returned

Into its output, where the job's own lines are, it writes where a job begins and ends: a line of
the setting `mark`, + or -, and the id in hexadecimal.

The class is used as it is, for SpawnWorker pickles it by name and a subclass overrides what it
likes. What rqd must know is learnt by wrapping methods of the one instance, and of the queue class.
"""

import contextlib
import datetime
import faulthandler
import fcntl
import functools
import importlib
import io
import json
import logging
import os
import re
import resource
import signal
import sys
import time
import traceback
from _signal import SIG_DFL
from _signal import signal as set_handler

MAIN = os.getpid()
PARENT = os.getppid()
COLOURS = re.compile(r'\x1b\[[0-9;]*m')


def tell(*parts):
    """Reports; from the interpreter itself only, never from a process that it forked."""
    if os.getpid() != MAIN:
        return
    frame = [b'*%d\r\n' % len(parts)]
    for part in parts:
        if not isinstance(part, bytes):
            part = str(part).encode('utf-8', 'surrogateescape')
        frame.append(b'$%d\r\n%s\r\n' % (len(part), part))
    data = memoryview(b''.join(frame))
    while data:
        try:
            data = data[os.write(REPORT_FD, data) :]
        except OSError:
            return  # nobody listens any more: the end is near


def wrap(target, name, make):
    """Puts make(method) in the place of a method of this one object."""
    method = getattr(target, name, None)
    if method is not None:
        setattr(target, name, functools.wraps(method)(make(method)))


@contextlib.contextmanager
def forgiving():
    """What is done for a report may fail, and no job with it. But RQ's signal handler ends an idle
    worker by an exception, wherever that comes up."""
    try:
        yield
    except Exception as error:
        if type(error).__name__ == 'StopRequested':
            raise


class Lines(logging.Formatter):
    """Lines without colours, each with its priority in front as systemd's sd-daemon(3) has it."""

    def format(self, record):
        text = COLOURS.sub('', super().format(record)).rstrip('\n')
        level = record.levelno
        priority = 3 if level >= 40 else 4 if level >= 30 else 6 if level >= 20 else 7
        return '\n'.join('<%d>%s' % (priority, line) for line in text.split('\n'))


class Hosting:
    """What is done to one worker so that its slot's process knows what it does."""

    def __init__(self, worker, settings):
        self.worker = worker
        self.burst = settings['burst']
        self.max_jobs = settings.get('max_jobs')
        self.mark_word = settings['mark'].encode()
        self.output = os.dup(2) if settings['marks_lines'] else None
        self.executed = 0
        self.looked = False
        self.found = None
        self.is_stopping = self.is_cold = False
        wrap(worker, 'set_state', self.set_state)
        wrap(worker, 'dequeue_job_and_maintain_ttl', self.dequeue)
        wrap(worker, 'prepare_execution', self.prepare_execution)
        wrap(worker, 'execute_job', self.execute_job)
        wrap(worker, 'fork_work_horse', self.fork_work_horse)
        wrap(worker, 'handle_execution_ended', self.unless_cold)
        wrap(worker, 'handle_job_failure', self.unless_cold)
        wrap(worker, 'request_stop', self.request_stop)
        wrap(worker, 'request_force_stop', self.request_force_stop)
        for name in ('lpop', 'lmove'):
            self.watch_queue(worker.queue_class, name)

    def watch_queue(self, queue_class, name):
        method = getattr(queue_class, name, None)
        if method is None:
            return

        @functools.wraps(method)
        def take(cls, *args, **kwargs):
            result = method.__func__(cls, *args, **kwargs)
            if result:
                key, job_id = result
                key = key.decode() if isinstance(key, bytes) else key
                # Told at once: until the run has begun, no key of Redis says who has the id.
                prefix = getattr(cls, 'redis_queue_namespace_prefix', 'rq:queue:')
                queue = key[len(prefix) :] if key.startswith(prefix) else key
                tell('taken', queue, job_id, '%.6f' % time.time())
            return result

        setattr(queue_class, name, classmethod(take))

    def set_state(self, method):
        def set_state(state, *args, **kwargs):
            result = method(state, *args, **kwargs)
            tell('state', getattr(state, 'value', state))
            return result

        return set_state

    def dequeue(self, method):
        def dequeue_job_and_maintain_ttl(*args, **kwargs):
            self.looked, self.found = True, 'nothing yet'
            self.found = method(*args, **kwargs)
            return self.found

        return dequeue_job_and_maintain_ttl

    def prepare_execution(self, method):
        def prepare_execution(job, *args, **kwargs):
            execution = method(job, *args, **kwargs)
            tell('execution', job.id, getattr(execution, 'id', ''))
            self.mark(b'+', job)
            return execution

        return prepare_execution

    def execute_job(self, method):
        def execute_job(job, queue, *args, **kwargs):
            function = ''
            with forgiving():  # its data may be unreadable; RQ will say so
                function = job.func_name
            description = (job.description or '')[:1024]
            tell('started', job.id, queue.name, function or '', description, waited(job))
            if not hasattr(self.worker, 'prepare_execution'):
                self.mark(b'+', job)
            try:
                return method(job, queue, *args, **kwargs)
            finally:
                self.executed += 1
                self.mark(b'-', job)
                self.tell_end(job)

        return execute_job

    def mark(self, sign, job):
        """Lines in between are the job's."""
        if self.output is None or os.getpid() != MAIN:
            return
        flush()
        with contextlib.suppress(OSError):
            job_id = job.id.encode('utf-8', 'surrogateescape').hex().encode()
            os.write(self.output, b'%s%s%s\n' % (self.mark_word, sign, job_id))

    def tell_end(self, job):
        """The counts are asked of Redis: with most classes another process has counted."""
        succeeded = failed = b''
        with forgiving():
            fields = ('successful_job_count', 'failed_job_count')
            succeeded, failed = self.worker.connection.hmget(self.worker.key, *fields)
        memory = max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        tell('ended', job.id, succeeded or b'', failed or b'', memory)

    def fork_work_horse(self, method):
        def fork_work_horse(*args, **kwargs):
            with spawning_safely():
                result = method(*args, **kwargs)
            tell('horse', self.worker.horse_pid)
            return result

        return fork_work_horse

    def unless_cold(self, method):
        """A cold stop inside the job is no failure of the job: rqd decides what becomes of it."""

        def before(*args, **kwargs):
            if self.is_cold and os.getpid() == MAIN:
                flush()
                tell('leaving', 'stopped', '')
                os._exit(0)
            return method(*args, **kwargs)

        return before

    def request_stop(self, method):
        def request_stop(*args, **kwargs):
            self.is_stopping = True
            return method(*args, **kwargs)

        return request_stop

    def request_force_stop(self, method):
        def request_force_stop(*args, **kwargs):
            try:
                return method(*args, **kwargs)
            except SystemExit:
                self.is_cold = True
                raise

        return request_force_stop

    def reason(self):
        """Why work() has returned: it returns after a failure of its own as well."""
        if self.is_stopping or self.is_cold:
            return 'stopped'
        if self.max_jobs and self.executed >= self.max_jobs:
            return 'max_jobs'
        if self.looked and self.found is None:
            return 'burst' if self.burst else 'idle'
        if not self.looked and self.burst:
            return 'burst'
        return 'unexpected'


def waited(job):
    """How many seconds it has waited in its queue; empty when nobody knows."""
    with forgiving():
        if job.enqueued_at is not None:
            # RQ 1 has moments of UTC without a zone.
            enqueued = job.enqueued_at
            if enqueued.tzinfo is None:
                enqueued = enqueued.replace(tzinfo=datetime.timezone.utc)
            return '%.6f' % (time.time() - enqueued.timestamp())
    return ''


def flush():
    for stream in (sys.stdout, sys.stderr):
        with forgiving():
            stream.flush()


class Unbuffered(io.RawIOBase):
    """Standard error without a buffer of Python's: that refuses a signal's handler which logs while
    the buffer is being written, and RQ would not hear that it is to stop."""

    def writable(self):
        return True

    def fileno(self):
        return 2

    def write(self, data):
        left = memoryview(data).cast('B')
        size = len(left)
        while left:
            left = left[os.write(2, left) :]
        return size


def open_streams():
    sys.stdout.reconfigure(line_buffering=True, errors='backslashreplace')
    sys.stderr.flush()
    sys.stderr = io.TextIOWrapper(
        Unbuffered(), sys.stderr.encoding, errors='backslashreplace', write_through=True
    )


def log_lines(settings):
    """Gives RQ's loggers a handler whose lines say how bad they are, unless the application has
    seen to its logging itself."""
    if not settings['marks_lines'] or logging.getLogger('rq.worker').hasHandlers():
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines('%(message)s'))
    logger = logging.getLogger('rq')
    logger.addHandler(handler)
    logger.setLevel(settings['log_level'])


def hosted():
    title = Title()
    title.name('rqd:hosted')
    with os.fdopen(SETTINGS_FD, 'rb') as stream:
        settings = json.loads(stream.read().decode())
    title.set('rqd: hosted %s' % settings['place'])
    os.set_inheritable(REPORT_FD, False)
    be_a_worker_of_rq()
    os.close(SOURCE_FD)
    open_streams()

    stacks = Stacks(*settings['stack_signals'])
    stacks.write_to(STACK_FD)

    def bind():
        # A horse ends with its interpreter; what the horse itself forks does as it likes.
        if os.getppid() == MAIN:
            stacks.is_in_horse = True
            title.set('rqd: horse %s' % settings['place'])
            title.die_with_parent()
            if os.getppid() != MAIN:
                os._exit(1)

    os.register_at_fork(after_in_child=bind)
    what = 'rq'
    try:
        set_path(settings)
        import rq

        if settings.get('settings'):
            what = settings['settings']
            configure_logging(what)
        for module in settings['preload']:
            what = '%s (preload)' % module
            importlib.import_module(module)
        if settings.get('sentry_dsn'):
            what = 'sentry_sdk'
            start_sentry(settings)
        log_lines(settings)
        what = 'the worker class'
        worker = make_worker(settings)
        warning = early_end(worker, settings['stop_timeout'])
        if warning:
            complain(warning)
    except BaseException as error:
        flush_streams()
        for line in ''.join(traceback.format_list(application_frames(error))).splitlines():
            complain(line)
        tell('leaving', 'cannot', loading_failure(what, error, settings.get('sentry_dsn')))
        os._exit(78)
    hosting = Hosting(worker, settings)
    tell('hello', getattr(rq, '__version__', '') or rq.version.VERSION)
    values = {
        'burst': settings['burst'],
        'logging_level': settings['log_level'],
        'max_jobs': settings.get('max_jobs'),
        'max_idle_time': settings.get('max_idle_time'),
        'with_scheduler': False,
    }
    if not settings['marks_lines']:
        values['log_format'] = settings['line_format']
        values['date_format'] = settings['date_format']
    if settings['dequeue_strategy'] != 'default':
        values['dequeue_strategy'] = settings['dequeue_strategy']
    names = accepted(*split(methods(type(worker), 'work')))
    try:
        worker.work(**chosen(values, names))
    except SystemExit:
        hosting.is_cold = hosting.is_cold or hosting.is_stopping
        tell('leaving', hosting.reason(), '')
        raise
    except BaseException as error:
        traceback.print_exc()
        tell('leaving', 'unexpected', '%s: %s' % (type(error).__name__, error))
        sys.exit(1)
    tell('leaving', hosting.reason(), '')


hosted()
