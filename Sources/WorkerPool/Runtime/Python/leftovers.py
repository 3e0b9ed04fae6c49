# Leftovers: what a job has started and not waited for. It ends with the job.


class Leftovers:
    """Processes that their parents have left to this one: found, killed, reaped.

    A process whose parent ends becomes the child of its nearest ancestor that adopts orphans, in
    whatever process group or session it is. Threads do not matter: the kernel has the main thread
    adopt them.
    """

    def __init__(self, title):
        self.title = title
        self.is_active = False
        self.fd = -1  # the kernel's list of this process's children, for as long as it lives
        self.kept = frozenset()  # children that were here before: the application's own
        self.stuck = frozenset()  # what does not end although it was killed

    def adopt(self):
        """From now on orphans come here. What is forked does not inherit that."""
        if self.title.libc is not None:
            self.title.prctl_number(36, 1)  # PR_SET_CHILD_SUBREAPER
            try:
                self.fd = os.open('/proc/self/task/%d/children' % os.getpid(), os.O_RDONLY)
            except OSError:
                return  # the kernel may be built without it
            self.is_active = True
            self.kept = frozenset(self.children())

    def close(self):
        """In a process that was forked from this one: its list is not that one's."""
        if self.is_active:
            os.close(self.fd)

    def children(self):
        """The pids of this process's children, zombies too."""
        return [int(pid) for pid in self.read().split()]

    def read(self):
        data = more = os.pread(self.fd, 4096, 0)
        while len(data) >= 4000 and more:
            more = os.pread(self.fd, 4096, len(data))
            data += more
        return data

    def end(self, own, before):
        """Kills and reaps all children but `own`.

        With `before`, only those that were started before that many clock ticks after boot. What
        these have started in turn comes here when they have ended, so this goes on for as long as
        it finds somebody. Returns how many there were, and the name of one.
        """
        if not self.is_active or not self.kept and self.read().count(b' ') == len(own):
            return 0, ''
        ended = set()
        left = True
        name = ''
        deadline = time.monotonic() + 0.5
        while left and time.monotonic() < deadline:
            left = set()
            for pid in self.children():
                if pid in own or pid in self.kept or self.reap_one(pid) or pid in self.stuck:
                    continue
                comm, start = name_and_start(pid)
                if before and start >= before:
                    continue
                left.add(pid)
                name = name or comm
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass  # it has become another user's: the service manager ends it
            ended |= left
            if left:
                time.sleep(0.001)
        self.stuck = self.stuck | left
        return len(ended), name

    def end_all(self):
        """This process is about to end."""
        self.end((), 0)

    def reap(self, own):
        """A child has ended that is none of `own`."""
        if self.is_active:
            for pid in self.children():
                if pid not in own and pid not in self.kept:
                    self.reap_one(pid)

    def reap_one(self, pid):
        """Whether a child had ended; it is gone then."""
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:
            return True


def name_and_start(pid):
    """The short name of a process, and when it was started, in clock ticks since boot."""
    try:
        with open('/proc/%d/stat' % pid, 'rb') as stat:
            head, _, rest = stat.read().rpartition(b')')
    except OSError:
        return '', 0  # it has just ended
    return head.partition(b'(')[2].decode('utf-8', 'replace'), int(rest.split()[19])


def leave_to_parent(info=None):
    """Ends a process that the job has forked and that has come back here, as if it were the job.

    The job is its parent's: this one tells nobody of an outcome. `info` is what it has raised. It
    leaves with the exit status that it would have had anywhere else.
    """
    code = 0
    try:
        if info is not None:
            code = info[1].code if isinstance(info[1], SystemExit) else 1
            if not isinstance(info[1], SystemExit):
                traceback.print_exception(*info)
            elif code is None:
                code = 0
            elif not isinstance(code, int):
                sys.stderr.write('%s\n' % (code,))
                code = 1
        flush_output()
    finally:
        os._exit(code & 0xFF if isinstance(code, int) else 1)
