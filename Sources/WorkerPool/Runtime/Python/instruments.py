

# Instruments: what watches jobs by wrapping methods of rq's Worker, above all Sentry.


class Instruments:
    """Lets wrappers of Worker.perform_job and Worker.handle_exception see a horse's jobs.

    A horse calls no method of Worker. So these two are replaced, before anybody wraps them, by
    functions that do a horse's work for the horse, and rq's own for every other worker.
    """

    def __init__(self):
        from rq.worker import Worker

        self.worker_class = Worker
        # Never initialised: it is there to be looked at.
        self.worker = Worker.__new__(type('Horse', (Worker,), {}))
        self.worker._is_horse = True
        self.work = None
        self.own = [
            self.replace('perform_job', lambda *_: self.work()),
            self.replace('handle_exception', lambda *_: None),
        ]

    def replace(self, name, ours):
        owner = next(c for c in self.worker_class.__mro__ if name in vars(c))
        theirs = vars(owner)[name]

        @functools.wraps(theirs)
        def method(worker, *args, **kwargs):
            if worker is self.worker:
                return ours()
            return theirs(worker, *args, **kwargs)

        setattr(owner, name, method)
        return method

    def are_present(self):
        """Whether somebody has wrapped the methods since."""
        names = ('perform_job', 'handle_exception')
        return [getattr(self.worker_class, name) for name in names] != self.own

    def prepare(self, app):
        self.app = app
        self.worker.name = 'horse'
        self.worker.connection = app.connection

    def watch(self, job, perform):
        """Runs a job under the wrappers' eyes; what goes wrong with them is a warning."""
        outcome = []

        def work():
            outcome.extend(perform())
            return outcome[0] == b'returned'

        self.work = work
        complaint = b''
        try:
            queue = self.app.queue_class(job.origin, connection=self.app.connection)
            self.worker.name = os.environ['RQ_WORKER_ID']
            self.worker_class.perform_job(self.worker, job, queue)
        except BaseException as error:
            complaint = text_bytes('perform_job as it is wrapped: ' + last_line(error))
        if not outcome:
            work()
        return outcome + ([b'warning', complaint] if complaint else [])

    def failed(self, job, info):
        """Tells the wrappers of a failure; a job that runs again has not failed, as in rq."""
        status = job._status
        if runs_again(job, b'raised'):
            job._status = self.app.status_class.QUEUED
        job.get_status = lambda *_, **__: job._status  # not what Redis says before the outcome
        try:
            trace = own_frames_dropped(info[2])
            self.worker_class.handle_exception(self.worker, job, info[0], info[1], trace)
        except BaseException as error:
            return text_bytes('handle_exception as it is wrapped: ' + last_line(error))
        finally:
            del job.get_status
            job._status = status
        return b''
