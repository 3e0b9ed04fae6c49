

# Stacks: what a horse's threads do, written into a pipe when the worker sends them a signal.


class Stacks:
    """Has each thread of a horse write its own stack; the worker reads it.

    At the signal `soft`, code in Python does it, in the main thread and at a moment that suits the
    interpreter; at the signal `firm`, code in C, in any thread and at once, even when Python code
    cannot run. Set up once in a slot stable; its horses inherit it. No thread looks at another
    one's frames, which may be going away while it reads them.
    """

    # Above what a program opens: a job that closes what it does not know never gets the number
    # again for a file of its own, into which stacks would be written.
    DESCRIPTOR = 255

    def __init__(self, soft, firm):
        self.soft = soft
        self.firm = firm
        self.is_in_horse = False
        self.out = -1  # where they are written to
        os.register_at_fork(after_in_child=self.leave_to_parent)

    def open(self):
        """The reading end, for the worker."""
        reader, writer = os.pipe()
        self.write_to(writer)
        return reader

    def write_to(self, writer):
        """Sets it up for a pipe's writing end, which another descriptor takes the place of."""
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        first = self.DESCRIPTOR if most < 0 else max(3, min(self.DESCRIPTOR, most - 16))
        out = fcntl.fcntl(writer, fcntl.F_DUPFD_CLOEXEC, first)
        os.set_blocking(out, False)  # nobody may be reading
        os.close(writer)
        self.out = out
        set_handler(self.soft, lambda *_: faulthandler.dump_traceback(out, all_threads=False))
        signal.siginterrupt(self.soft, False)
        faulthandler.register(self.firm, out, all_threads=False, chain=False)

    def leave_to_parent(self):
        """What a job forks is not the job."""
        if self.is_in_horse:
            faulthandler.unregister(self.firm)
            set_handler(self.soft, SIG_DFL)
