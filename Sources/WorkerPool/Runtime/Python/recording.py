# A failure that is recorded before the exception handlers are asked, as rq 1 does it.


class Recorder:
    """Has the worker record the failure of the present job, and waits until that is done.

    The handlers find it in Redis then, and what they do with the job is not undone afterwards.
    """

    def __init__(self, app, sock, identity):
        self.app = app
        self.sock = sock
        self.identity = identity
        self.begin(None, b'')

    def begin(self, changes, execution):
        """Another job. `changes` tells what its code has changed on it, as parts of a frame."""
        self.changes = changes
        self.execution = execution
        self.times = None

    def record(self, job, info):
        """Once for each job. Where the worker is gone there is nothing more to do."""
        if self.changes is None:
            return
        times = self.times or times_between(time.time(), time.time())
        out = failed_outcome(info) + times + self.changes(job, b'raised')
        out += [b'handlers', b'1', b'execution', self.execution]
        self.begin(None, b'')
        flush_output()
        if not same_socket(self.sock, self.identity):
            os._exit(EXIT_UNREPORTED)
        self.sock.sendall(pack(out))
        if unpack(self.sock) is None:
            os._exit(0)
        self.look(job)

    def look(self, job):
        """What has become of the job: a retry may be granted already, and handlers save it."""
        try:
            status, left = self.app.connection.hmget(job.key, 'status', 'retries_left')
        except Exception as error:  # a handler that needs Redis hears of that itself
            complain('cannot read what became of job %s: %s' % (job.id, last_line(error)))
            return
        if status is not None:
            job._status = status.decode()
        if left is not None:
            job.retries_left = int(left)


def times_between(started, ended):
    return [b'started', b'%.6f' % started, b'ended', b'%.6f' % ended]
