# Hooks: what monitoring agents and applications put around the methods of RQ's Worker and Job.
#
# A horse calls no method of Worker as long as nobody looks at one. Where somebody does, it runs
# the job through the methods of the application's own RQ, whose bookkeeping writes nothing: what
# becomes of the job in Redis is the worker's.

import contextlib
import functools
import os
import socket
import sys
import time
import types

# What runs in the horse, in any release of RQ.
WORKER_METHODS = (
    'main_work_horse',
    'setup_work_horse_signals',
    'perform_job',
    'prepare_job_execution',
    'handle_execution_ended',
    'handle_job_success',
    'handle_job_failure',
    'handle_job_retry',
    'handle_exception',
    '_finalize_success',
    '_finalize_failure',
)
JOB_METHODS = ('perform', '_execute')
CALLBACKS = ('execute_success_callback', 'execute_failure_callback')

# RQ's bookkeeping of the worker, which here is done elsewhere.
NOT_OURS = (
    'heartbeat',
    'procline',
    'set_state',
    'cleanup_execution',
    'set_current_job_id',
    'set_current_job_working_time',
    'increment_failed_job_count',
    'increment_successful_job_count',
    'increment_total_working_time',
    '_enqueue_dependents_safely',
    '_release_slot_safely',
)


def nothing(*_, **__):
    """Stands for a method whose work is done elsewhere."""


def is_of_rq(function):
    """Whether it is a function of RQ's own, around which nobody has put anything."""
    if type(function) is not types.FunctionType or hasattr(function, '__wrapped__'):
        return False
    return function.__globals__.get('__name__', '').partition('.')[0] == 'rq'


def hooked(owner, names):
    """Which of these methods somebody has replaced or wrapped."""
    found = [(name, getattr(owner, name, None)) for name in names]
    return [name for name, function in found if function is not None and not is_of_rq(function)]


class SilentPipeline:
    """Takes any command of a pipeline's, and sends none."""

    explicit_transaction = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def __iter__(self):
        return iter(())

    def execute(self, *_, **__):
        return []

    def command(self, *_, **__):
        return self

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return self.command


def bookkeeping_client(connection):
    """A copy of a client whose pipelines are silent for RQ's worker, and real for all others."""
    kind = type(connection)

    def pipeline(self, *args, **kwargs):
        caller = sys._getframe(1).f_globals.get('__name__', '')
        if caller == 'rq.worker' or caller.startswith('rq.worker.'):
            return SilentPipeline()
        return kind.pipeline(self, *args, **kwargs)

    client = kind.__new__(type(kind.__name__, (kind,), {'pipeline': pipeline}))
    client.__dict__.update(connection.__dict__)
    return client


def worker_class():
    """The class that `rq worker` takes: a subclass, where one was in its place from the start."""
    import rq
    import rq.worker

    kinds = (rq.Worker, rq.worker.Worker)
    return next((k for k in kinds if k.__module__.partition('.')[0] != 'rq'), kinds[0])


class LeftHorse(BaseException):
    """RQ's main_work_horse() has come to its end, which is os._exit() there."""


class HorseWorker:
    """The Worker of RQ's that a horse runs hooked jobs with."""

    def __init__(self, app, kind):
        import rq.worker

        self.app = app
        self.module = sys.modules[getattr(rq.worker, 'BaseWorker', rq.worker.Worker).__module__]
        self.kind = kind
        self.loggers = Loggers(app.major)
        self.worker = None
        self.found = []
        self.failure = None

    def look(self):
        """Finds what is hooked: methods of the worker's, or its logger.

        Once, when the application is loaded: a horse that looked at all of them would have to copy
        the pages in which they lie.
        """
        self.found = hooked(self.kind, WORKER_METHODS) + hooked(self.module, CALLBACKS)
        self.found += ['rq.worker'] if self.loggers.have_listeners() else []

    def make(self):
        """The worker, made when it is first needed."""
        if self.worker is None:
            app = self.app
            worker = self.kind(
                [],
                name='horse',
                connection=app.connection,
                job_class=app.job_class,
                queue_class=app.queue_class,
                serializer=app.serializer,
                prepare_for_work=False,
            )
            worker._is_horse = True
            worker._exc_handlers = [self.ask_handlers]
            worker.connection = bookkeeping_client(app.connection)
            worker.hostname = socket.gethostname()
            worker.death_penalty_class = functools.partial(UserCode, self)
            for name in NOT_OURS:
                if hasattr(worker, name):
                    setattr(worker, name, nothing)
            self.worker = worker
        return self.worker

    def handle_exception(self, job, info):
        """Has RQ log the failure and ask the exception handlers; the complaints about them.

        For a job that has run without the worker's other methods.
        """
        worker = self.make()
        worker.name = os.environ.get('RQ_WORKER_ID', 'horse')
        self.complaints, self.failure, self.job = [], None, None
        trace = own_frames_dropped(info[2])
        try:
            worker.handle_exception(job, info[0], info[1], trace)
        except BaseException as error:
            self.complaints.append(text_bytes('handle_exception: ' + last_line(error)))
            if self.failure is None:
                self.complaints.append(self.app.ask_handlers(job, info))
        return self.complaints

    def ask_handlers(self, job, *info):
        """Stands among the worker's exception handlers for those that are configured."""
        self.failure = info
        if self.app.recorder is not None and self.job is not None:
            now = time.time()
            self.app.recorder.times = times_between(self.started or now, self.ended or now)
        with contextlib.nullcontext() if self.job is None else self.aside():
            self.complaints.append(self.app.ask_handlers(job, info))
        return False

    # What the job looks like to its own code, and to RQ's bookkeeping.

    def stand_in(self):
        """Has RQ's bookkeeping, and its wrappers, find the outcome in the job, not in Redis."""
        job = self.job
        self.tracked = {name: job.__dict__[name] for name in TRACKED if name in job.__dict__}

        def set_status(status, pipeline=None):
            job._status = status

        def get_status(refresh=True):
            return job._status

        def refresh():
            kept = {name: job.__dict__.get(name) for name in ('_status', 'started_at', 'ended_at')}
            type(job).refresh(job)
            job.__dict__.update(kept)

        def return_value(refresh=False):
            is_finished = job._status == self.app.status_class.FINISHED
            return job._result if is_finished else None

        def handle_success(*_, **__):
            job._status = self.app.status_class.FINISHED

        def cleanup(ttl=None, pipeline=None, remove_from_queue=True):
            if ttl == 0 and not remove_from_queue:  # its key is not kept
                job._status = self.app.status_class.FINISHED

        shown = {
            'set_status': set_status,
            'get_status': get_status,
            'refresh': refresh,
            'return_value': return_value,
            '_handle_success': handle_success,
            '_handle_failure': nothing,
            'prepare_for_execution': nothing,
            'heartbeat': nothing,
            'cleanup': cleanup,
            'send_webhooks': nothing,
        }
        self.shown = [name for name in shown if hasattr(type(job), name)]
        job.__dict__.update((name, shown[name]) for name in self.shown)
        if self.tracked.get('rate_limit_key'):
            job.rate_limit_key = None  # its slot is released elsewhere

    def stand_back(self):
        """Gives the job back as its own code knows it: what RQ has counted down is undone."""
        for name in self.shown:
            self.job.__dict__.pop(name, None)
        self.job.__dict__.update(self.tracked)

    @contextlib.contextmanager
    def aside(self):
        """While the application's own code has the job."""
        self.stand_back()
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            self.stand_in()

    # One run.

    def perform(self, job, execution_id, set_title):
        """Runs a job through the worker's methods; the outcome as the parts of a frame."""
        app = self.app
        worker = self.make()
        self.job, self.failure, self.complaints, self.depth = job, None, [], 0
        self.started = self.ended = None
        worker.name = os.environ['RQ_WORKER_ID']
        worker.pid = os.getpid()
        complaint = b''
        try:
            set_title('rqd: horse %s %s' % (job.func_name, job.id))
        except Exception:
            set_title('rqd: horse %s' % job.id)  # RQ finds that out itself, and records it
        self.stand_in()
        try:
            queue = self.queue_of(job)
            worker.queues = [queue]
            self.call(worker, job, queue, self.execution(worker, job, execution_id))
        except BaseException as error:
            complaint = text_bytes('perform_job as it is wrapped: ' + last_line(error))
        finally:
            self.stand_back()
        if self.started is None and self.failure is None:
            out = perform(app, job, set_title)  # nobody has called RQ's own
        else:
            out = self.outcome(job)
        for each in filter(None, self.complaints + [complaint]):
            out += [b'warning', each]
        return out

    def queue_of(self, job):
        queue = self.app.queue_class(job.origin, connection=self.app.connection)
        queue.enqueue_dependents = queue.enqueue_ready_jobs_by_queue = nothing
        queue.move_dependents_to_ready = lambda *_, **__: {}
        return queue

    def execution(self, worker, job, execution_id):
        """What RQ calls this run, from release 2 on."""
        if self.app.major < 2:  # 1.15.1 has a module of that name, which cannot be imported
            return None
        from rq.executions import Execution

        execution = Execution(execution_id, job.id, self.app.connection)
        worker.execution = None
        worker.execution = execution
        return execution

    def call(self, worker, job, queue, execution):
        kind = type(worker)
        if hooked(kind, ('main_work_horse', 'setup_work_horse_signals')):
            self.call_main(worker, job, queue)
        elif self.app.major < 3:
            worker.perform_job(job, queue)
        else:
            worker.perform_job(job, queue, execution)

    def call_main(self, worker, job, queue):
        """RQ's own ends the process; who has wrapped it sees that end as an exception."""
        theirs = sys.modules['os']  # ours is a copy
        leave = theirs._exit

        def left(code):
            if self.depth:
                leave(code)
            raise LeftHorse(code)

        theirs._exit = left
        try:
            worker.main_work_horse(job, queue)
        except LeftHorse:
            return
        finally:
            theirs._exit = leave

    def outcome(self, job):
        app = self.app
        started = self.started or time.time()
        ended = self.ended or time.time()
        times = times_between(started, ended)
        if self.failure is not None:
            return failed_outcome(self.failure) + times
        value = job._result
        if app.retry_class is not None and isinstance(value, app.retry_class):
            return retry_outcome(value) + returned_value(app, job, value) + times
        job._status = app.status_class.FINISHED
        return [b'returned'] + returned_value(app, job, value) + times


def whole_number(number):
    """A number of a `Retry`, cut to a whole one from 0 to 10**10; what is none counts as 0."""
    try:
        return min(max(int(number), 0), 10**10)
    except OverflowError:  # endless
        return 10**10 if number > 0 else 0
    except (TypeError, ValueError):
        return 0


def retry_outcome(value):
    """The job has returned a Retry."""
    intervals = ','.join(str(whole_number(i)) for i in value.intervals).encode()
    front = b'1' if getattr(value, 'enqueue_at_front', False) else b'0'
    most = str(whole_number(value.max)).encode()
    return [b'retry', b'max', most, b'intervals', intervals, b'front', front]


class UserCode:
    """RQ's time limit around what is the application's: the function and its callbacks."""

    def __init__(self, horse_worker, *args, **kwargs):
        self.horse_worker = horse_worker
        self.limit = horse_worker.app.death_penalty_class(*args, **kwargs)

    def __enter__(self):
        one = self.horse_worker
        self.aside = one.aside()
        self.aside.__enter__()
        self.is_job = one.started is None
        if self.is_job:
            one.started = time.time()
        return self.limit.__enter__()

    def __exit__(self, *info):
        one = self.horse_worker
        try:
            return self.limit.__exit__(*info)
        finally:
            if self.is_job:
                one.ended = time.time()
            if info[0] is not None:
                one.failure = info
            self.aside.__exit__(None, None, None)
