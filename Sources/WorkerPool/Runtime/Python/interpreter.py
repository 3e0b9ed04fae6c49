"""What every interpreter of rqd's has: a title, and the application's modules."""

import os
import sys


class Title:
    """The process title, written over the argument vector, and what else only libc can do."""

    def __init__(self):
        self.room = self.libc = None
        try:
            import ctypes

            self.libc = ctypes.CDLL(None)
            # One object for each kind of argument: looked up and described before the first fork.
            self.prctl_text = self.libc['prctl']
            self.prctl_text.argtypes = (ctypes.c_int, ctypes.c_char_p)
            self.prctl_number = self.libc['prctl']
            self.prctl_number.argtypes = (ctypes.c_int, ctypes.c_ulong)
            with open('/proc/self/stat', 'rb') as stat:
                fields = stat.read().rpartition(b')')[2].split()
            start, end = int(fields[45]), int(fields[46])
            self.room = memoryview((ctypes.c_char * (end - start)).from_address(start)).cast('B')
        except (ImportError, OSError, IndexError, ValueError):
            self.room = None  # no title, then; everything else works

    def set(self, text):
        if self.room:
            size = len(self.room)
            self.room[:] = text.encode('utf-8', 'backslashreplace')[: size - 1].ljust(size, b'\0')

    def name(self, text):
        """The short name that top shows.

        Without a space: Python 3.12 and later read how many threads there are behind it, count
        words, and would take the priority of a process with `nice` for them.
        """
        if self.libc is not None:
            self.prctl_text(15, text.encode()[:15])  # PR_SET_NAME

    def die_with_parent(self):
        if self.libc is not None:
            self.prctl_number(1, 9)  # PR_SET_PDEATHSIG, SIGKILL

    def hide(self, on):
        """Whether others of the same user are kept from looking into this process and changing it.

        Then it leaves no core, and some of its own files in /proc are root's.
        """
        if self.libc is not None:
            self.prctl_number(4, 0 if on else 1)  # PR_SET_DUMPABLE

    def usage_of(self, pid):
        """What a child that has ended used, as the numbers of getrusage(); it stays a zombie.

        The system call has an argument for this that libc's function of the name has not.
        """
        number = {'x86_64': 247, 'aarch64': 95}.get(os.uname().machine)
        if self.libc is None or number is None:
            return ''
        import ctypes

        long, room = ctypes.c_long, (ctypes.c_long * 18)()
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if self.libc.syscall(long(number), long(os.P_PID), long(pid), None, long(flags), room):
            return ''
        times = ['%d.%06d' % (room[at], room[at + 1]) for at in (0, 2)]
        return ' '.join(times + [str(n) for n in room[4:]])

    def trim(self):
        """Gives free memory back to the system, so that no fork copies it."""
        if self.libc is not None and hasattr(self.libc, 'malloc_trim'):
            self.libc.malloc_trim(0)


def complain(text):
    """A line on standard error, in which nothing of the application's moves the cursor."""
    shown = ''.join(
        c if c.isprintable() or c == '\t' else c.encode('unicode_escape').decode() for c in text
    )
    sys.stderr.write('rqd: python: %s\n' % shown)
    sys.stderr.flush()


def set_path(settings):
    """Has modules found where the settings say, before those that are installed."""
    own = []
    for path in settings['path'] or ['.']:
        path = os.path.abspath(path)
        if path not in own:
            own.append(path)
    sys.path[:] = own + [path for path in sys.path if path and path not in own]


def be_a_worker_of_rq():
    """Has the application see the arguments of `rq worker`: some look there what they are in."""
    sys.argv[:] = [os.path.join(os.path.dirname(sys.executable), 'rq'), 'worker']


def start_sentry(settings):
    """Starts the Sentry SDK as `rq worker --sentry-dsn` of rq 1 does."""
    import sentry_sdk
    from sentry_sdk.integrations.rq import RqIntegration

    sentry_sdk.init(
        settings['sentry_dsn'],
        integrations=[RqIntegration()],
        ca_certs=settings.get('sentry_ca_certs'),
        debug=settings['sentry_debug'],
    )
