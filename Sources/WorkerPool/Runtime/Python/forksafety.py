# Whether what has been imported can be forked: looked at after each import, named before the first
# fork.

import os
import socket
import stat
import sys
import threading
import time
import types

# Packages whose threads are started anew in a process that was forked: they look at the pid, or
# have registered for forks. Read in sentry-sdk 2.75, elastic-apm 6.26, opentelemetry-sdk 1.45,
# ddtrace 4.16.
FORK_AWARE = ('ddtrace', 'elasticapm', 'opentelemetry', 'sentry_sdk')

# Seconds that a process may take which is forked only to see which threads end before a fork.
TRIAL_PATIENCE = 2

WAY_OUT = 'isolation = "spawn" forks nothing'


def as_imported(module):
    """A copy of a module with the functions that it has now.

    gevent and eventlet put others in their place, which wait for an event loop: os.fork,
    os.waitpid, select.poll, sockets, time.sleep. What serves the application must not do so.
    """
    copy = types.ModuleType(module.__name__)
    copy.__dict__.update(module.__dict__)
    return copy


def renew_event_loops():
    """Has gevent, in a process that was just forked, make anew what it has shared.

    Where it has patched os.fork, its own does this; ours is that of Python.
    """
    gevent = sys.modules.get('gevent')
    if hasattr(gevent, 'reinit'):
        gevent.reinit()


class ForkSafety:
    """What imports leave behind that a fork does not copy, or that two processes cannot share."""

    def __init__(self):
        self.main = str(os.getpid())
        # Threads, and descriptors with what they lead to: after which import they were there.
        self.origin = {}
        self.opened = {}
        self.look('')

    def look(self, origin):
        """Takes down what is new since the last look; `origin` is what was imported."""
        for thread in os.listdir('/proc/self/task'):
            self.origin.setdefault(thread, origin)
        for descriptor in descriptors():
            self.opened.setdefault(descriptor, origin)

    def hazards(self):
        """What makes forking unsafe, as tuples: what, the import, its threads, what helps."""
        try:
            if len(os.listdir('/proc/self/task')) > 1:
                end_threads_for_fork()
            return self.threads() + self.connections() + self.loops() + self.devices()
        except Exception as error:  # the application can have replaced anything
            return [('nothing known, looking has failed: %r' % (error,), '', '', 'report it')]

    def threads(self):
        """Threads that run, by their kind and the import that has started them."""
        names = native_threads(self.main)
        executors = sys.modules.get('concurrent.futures.thread')
        used = getattr(executors, '_threads_queues', ())
        found = {}
        for thread in threading.enumerate():
            native = str(getattr(thread, 'native_id', None))
            if names.pop(native, None) is None or is_fork_aware(thread):
                continue
            kind = 'executor with threads running' if thread in used else 'threads running'
            self.add(found, kind, native, thread.name)
        if 'ddtrace' not in sys.modules:  # it starts its native ones anew, and has many
            for native, name in names.items():
                self.add(found, 'native threads running', native, name)
        return [
            (kind, origin, joined(names), thread_help(kind))
            for (kind, origin), names in found.items()
        ]

    def add(self, found, kind, native, name):
        # A library that ends its threads for a fork may have started others after it.
        origin = self.origin.get(native) or self.last_origin()
        found.setdefault((kind, origin), []).append(name)

    def last_origin(self):
        """The import after which there were threads last."""
        origins = [origin for origin in self.origin.values() if origin]
        return origins[-1] if origins else ''

    def connections(self):
        """Connections that are open: all jobs would speak through one."""
        found = []
        new = self.new_descriptors('socket:')
        known = redis_sockets() if new else ()
        for fd, origin in new:
            peer = None if fd in known else peer_of(fd)
            if peer:
                what = 'connection open to %s' % peer
                found.append((what, origin, '', 'close it, or open it in jobs. ' + WAY_OUT))
        return found

    def loops(self):
        """Loops of asyncio: all jobs would wait at one of the kernel's."""
        new = self.new_descriptors('anon_inode:[eventpoll]')
        # gevent takes that away, and makes its loop anew.
        kind = getattr(sys.modules.get('selectors'), 'EpollSelector', None)
        if not new or kind is None or 'eventlet' in sys.modules:
            return []
        import gc

        fds = [each.fileno() for each in gc.get_objects() if type(each) is kind and each._map]
        return [
            ('event loop open', origin, '', 'asyncio.run() in jobs makes one of their own')
            for fd, origin in new
            if fd in fds
        ]

    def new_descriptors(self, prefix):
        """Pairs of a descriptor and the import, of one kind, that have come since the beginning."""
        return [
            (fd, self.opened[fd, link])
            for fd, link in descriptors()
            if link.startswith(prefix) and self.opened.get((fd, link))
        ]

    def devices(self):
        cuda = getattr(sys.modules.get('torch'), 'cuda', None)
        if not hasattr(cuda, 'is_initialized') or not cuda.is_initialized():
            return []
        return [('CUDA initialised', '', '', 'use the device in jobs only. ' + WAY_OUT)]


def descriptors():
    """What is open: pairs of a descriptor and what it leads to."""
    found = []
    for name in os.listdir('/proc/self/fd'):
        try:
            found.append((int(name), os.readlink('/proc/self/fd/' + name)))
        except OSError:
            continue  # that of this list itself
    return found


def native_threads(main):
    """The names of all threads but the main one, by their numbers."""
    own = thread_name(main)
    found = {}
    for thread in os.listdir('/proc/self/task'):
        if thread != main:
            name = thread_name(thread)
            # One that nobody has named has the name of the one that started it.
            found[thread] = 'unnamed' if name in (own, '') else name
    return found


def thread_name(thread):
    try:
        with open('/proc/self/task/%s/comm' % thread, 'rb') as file:
            return file.read().decode('utf-8', 'replace').strip()
    except OSError:
        return ''  # it has ended


def is_fork_aware(thread):
    """Whether it is of a package that starts it anew after a fork."""
    home = type(thread).__module__
    if home == 'threading':
        home = getattr(getattr(thread, '_target', None), '__module__', None) or ''
    return home.partition('.')[0] in FORK_AWARE


def end_threads_for_fork():
    """Forks a process that ends at once: OpenBLAS, and who else cares, ends its threads for that.

    What still runs then has not heard of forks.
    """
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    end = time.monotonic() + TRIAL_PATIENCE
    try:
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(pid, 9)
            time.sleep(0.001)
    except ChildProcessError:
        return  # the application ignores the ends of its children


def redis_sockets():
    """The descriptors of redis-py's connections: its pools look at the pid, and make new ones."""
    redis = sys.modules.get('redis.connection')
    kind = getattr(redis, 'AbstractConnection', None) or getattr(redis, 'Connection', None)
    if kind is None:
        return ()
    import gc

    known = [each for each in gc.get_objects() if issubclass(type(each), kind)]
    socks = [getattr(each, '_sock', None) for each in known]
    return [sock.fileno() for sock in socks if sock is not None]


def peer_of(fd):
    """The other end of a connection, or nothing: of datagrams, listeners and pairs."""
    if not stat.S_ISSOCK(os.fstat(fd).st_mode):
        return ''
    sock = socket.socket(fileno=os.dup(fd))
    try:
        peer = sock.getpeername() if sock.type == socket.SOCK_STREAM else ''
    except OSError:
        return ''
    finally:
        sock.close()
    if isinstance(peer, tuple):
        return '%s port %s' % peer[:2]
    return os.fsdecode(peer)


def joined(names):
    """`sleepy, unnamed (3)`."""
    counts = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return ', '.join(
        name if count == 1 else '%s (%d)' % (name, count) for name, count in counts.items()
    )


def thread_help(kind):
    if kind.startswith('executor'):
        return 'make it in a function, at its first use in a job. ' + WAY_OUT
    if kind.startswith('native'):
        with open('/proc/self/maps', 'rb') as file:
            maps = file.read()
        if b'libgomp' in maps or b'libomp' in maps or b'libiomp' in maps:
            return 'for OpenMP: OMP_NUM_THREADS = "1" in [python.environment]. ' + WAY_OUT
        return 'use the library in jobs only. ' + WAY_OUT
    return 'start it in a function, at its first use in a job. ' + WAY_OUT


def hazard_line(hazard):
    """One hazard in one line: its parts, separated by tabs."""
    return '\t'.join(' '.join(part.split()) for part in hazard)
