"""The stable: the application's interpreter, loaded once; slot stables and horses descend from it.

Descriptors at the start: SETTINGS_FD holds the settings as JSON, REPORT_FD is the pipe on which
the master hears how the loading goes, CONTROL_FD is the socket on which workers ask for a slot
stable (one datagram with one descriptor each). A slot stable speaks with its
worker on that descriptor, in datagrams whose parts are separated by NUL:

    worker: L                     what jobs leave running is to end with them
    worker: F                     fork a horse ahead of time
    worker: R<pid> ticks          the horse's end is understood, reap it, and end what it has left
                                  that is older than the present job, begun so many ticks after
                                  boot; 0 for no job
    stable: forked pid            the slot stable, which is yet to say hello
    slot:   hello pid rq python '' with a descriptor: where its horses write their stacks
    slot:   horse pid             with three descriptors: the horse's socket, its output's reading
                                  end, and one that, once it is closed, ends the horse
    slot:   nofork reason
    slot:   left pid count name   what the job of that horse has left is being killed
    slot:   exit pid status [usage]  the raw wait status, and what getrusage() has, if one asks;
                                  a zombie until R: so its pid stays its own

A page that a slot stable or a horse writes to is copied, and every object that it looks at is
written to: its reference count. So both do little, and do it by functions written in C.
"""

import faulthandler
import fcntl
import functools
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from _signal import SIG_DFL, SIGCHLD, SIGKILL  # not signal's: those are enums, and it makes more
from _signal import signal as set_handler
from _socket import SCM_RIGHTS, SOL_SOCKET, socketpair

__file__ = 'rqd-stable'

# Modules whose threads, which are not Python's, survive one fork and hang after a second one.
# Where one is loaded, each worker has an interpreter of its own: horses are its first children.
FORKS_ONCE = ('ddtrace',)

# What an interpreter is started with: the script has names of its own, `__main__` stays empty.
PROGRAM = (
    "exec(compile(__import__('os').pread(%d, 1 << 22, 0), 'rqd-stable', 'exec'), "
    "dict({'__name__': 'rqd'}, **%r))"
)


pack_three = struct.Struct('3i').pack


def receive_descriptor(sock):
    """The next datagram and its descriptor, or -1."""
    data, ancillary, _, _ = sock.recvmsg(4096, socket.CMSG_SPACE(struct.calcsize('i')))
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return data, struct.unpack('i', value[:4])[0]
    return data, -1


class SlotStable:
    """One worker's place in the stable: forks its horses, reports their ends, reaps on its word."""

    def __init__(self, app, title, stacks, name, sock, jobs):
        self.app = app
        self.title = title
        self.stacks = stacks
        self.name = name
        self.sock = sock
        self.jobs = jobs
        self.horses = {}  # pid: whether its end was reported
        self.leftovers = Leftovers(title)

    def main(self):
        """Serves until the worker is gone, then takes the horses along. Never returns."""
        self.title.set('rqd: stable %s' % self.name)
        set_handler(signal.SIGTERM, SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.wake, wake_writer = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_writer, False)
        self.wake_writer = wake_writer
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        stacks = self.stacks.open()
        os.close(REPORT_FD)  # where its signal led until now
        hello = '\0'.join(('hello', str(os.getpid()), self.app.version, sys.version, ''))
        rights = (SOL_SOCKET, SCM_RIGHTS, struct.pack('i', stacks))
        self.send(hello.encode('utf-8', 'replace'), (rights,))
        os.close(stacks)
        gc.freeze()
        poll = select.poll()
        poll.register(self.wake, select.POLLIN)  # looked at first: poll keeps the order
        poll.register(self.sock.fileno(), select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == self.wake:
                    os.read(fd, 64)
                    self.report_ends()
                else:
                    self.listen()

    def listen(self):
        try:
            order = self.sock.recv(64)
        except ConnectionResetError:  # it left with messages of ours unread
            order = b''
        self.obey(order)

    def tell(self, *parts):
        self.send(b'\0'.join(str(part).encode('utf-8', 'replace') for part in parts))

    def send(self, data, rights=()):
        try:
            self.sock.sendmsg((data,), rights)
        except OSError:
            self.leave()

    def obey(self, order):
        if order == b'F':
            self.fork()
        elif order[:1] == b'R':
            pid, _, before = order[1:].partition(b' ')
            pid = int(pid)
            if self.horses.pop(pid, None) is not None:
                os.waitpid(pid, 0)
                count, name = self.leftovers.end(self.horses, int(before or 0))
                if count:
                    self.tell('left', pid, count, name)
        elif order == b'L':
            self.leftovers.adopt()
        elif not order:
            self.leave()

    def fork(self):
        await_imports()
        try:
            ours, theirs = socketpair()
            lifeline, life = socketpair()
            reader, writer = os.pipe()
            pid = os.fork()
        except OSError as error:
            return self.tell('nofork', error)
        if pid == 0:
            self.become_horse(theirs, life, writer, (ours.fileno(), lifeline.fileno(), reader))
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass  # it was quicker, or is gone already
        self.horses[pid] = False
        theirs.close()
        life.close()
        os.close(writer)
        fds = pack_three(ours.fileno(), reader, lifeline.fileno())
        self.send(b'horse\0%d' % pid, ((SOL_SOCKET, SCM_RIGHTS, fds),))
        ours.close()
        lifeline.close()
        os.close(reader)

    def become_horse(self, sock, life, output, foreign):
        """In the child: a process group of its own, the output pipe, nothing else of ours."""
        self.stacks.is_in_horse = True
        try:
            renew_event_loops()
            os.setpgid(0, 0)
            self.title.die_with_parent()
            signal.set_wakeup_fd(-1)
            set_handler(SIGCHLD, SIG_DFL)
            os.dup2(output, 1)
            os.dup2(output, 2)
            for fd in foreign + (output, self.wake, self.wake_writer, self.sock.fileno()):
                os.close(fd)
            self.leftovers.close()
            for own in (sock, life):
                own.settimeout(None)  # whatever the application's default is
            self.title.name('rqd:horse')
            self.title.set('rqd: horse %s waiting' % self.name)
        except BaseException:
            os._exit(EXIT_UNREPORTED)
        horse(self.app, sock, life, self.jobs, self.title.set)

    def report_ends(self):
        ended = False
        for pid, reported in list(self.horses.items()):
            if reported:
                continue
            end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if end is not None:
                self.horses[pid] = ended = True
                killed = end.si_code != os.CLD_EXITED
                status = end.si_status if killed else end.si_status << 8
                if status and self.app.killed_handler is not None:
                    self.tell('exit', pid, status, self.title.usage_of(pid))
                else:
                    self.send(b'exit\0%d\0%d' % (pid, status))
        if not ended:
            self.leftovers.reap(self.horses)

    def leave(self):
        """The worker is gone: its horses must not outlive it."""
        for pid in self.horses:
            for kill in (os.killpg, os.kill):  # it may have left its group
                try:
                    kill(pid, signal.SIGKILL)
                except OSError:
                    pass  # it had ended
        for pid in self.horses:
            os.waitpid(pid, 0)
        self.leftovers.end_all()
        os._exit(0)


def end_after(slots):
    """The workers have gone, so the slot stables end; none is left when this process has ended."""
    for pid in list(slots):
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass  # it was quicker
    os._exit(0)


def become_slot(app, title, stacks, slot):
    """Serves one worker, who listens on the other end of a descriptor. Never returns."""
    os.close(SOURCE_FD)
    renew_event_loops()
    sock = socket.socket(fileno=slot['fd'])
    sock.settimeout(None)
    name, jobs = slot['request'].rsplit(' ', 1)
    SlotStable(app, title, stacks, name, sock, int(jobs)).main()


def load_anew(settings, slot):
    """Becomes an interpreter that loads the application itself. Never returns.

    Its horses are the first to be forked from it then, as under `rq worker`.
    """
    try:
        handed = os.memfd_create('rqd-settings')
        os.write(handed, json.dumps(dict(settings, slot=slot)).encode())
        os.lseek(handed, 0, os.SEEK_SET)
        for fd in (handed, slot['fd'], SOURCE_FD, REPORT_FD):
            os.set_inheritable(fd, True)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        names = {'SETTINGS_FD': handed, 'SOURCE_FD': SOURCE_FD, 'REPORT_FD': REPORT_FD}
        program = PROGRAM % (SOURCE_FD, names)
        os.execv(sys.executable, [sys.executable, '-c', program, ' ' * 160])
    except BaseException as error:
        complain('cannot start %s again: %s' % (sys.executable, error))
    os._exit(78)


def stable():
    """Loads the application, then forks a slot stable for each worker that asks.

    Ends with the master.
    """
    title = Title()
    title.name('rqd:stable')
    title.set('rqd: stable loading')
    be_a_worker_of_rq()
    os.set_inheritable(SOURCE_FD, False)
    with os.fdopen(SETTINGS_FD, 'rb') as stream:
        settings = json.loads(stream.read().decode())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors='backslashreplace')
    stacks = Stacks(*settings['stack_signals'])
    os.set_inheritable(REPORT_FD, False)
    faulthandler.register(stacks.firm, REPORT_FD, all_threads=False)
    app = load(settings)
    warm(app)
    end_report()
    if 'slot' in settings:
        become_slot(app, title, stacks, settings['slot'])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    slots = set()  # the slot stables, those that have ended since the last request too
    signal.signal(signal.SIGTERM, lambda *_: end_after(slots))
    orphans = Leftovers(title)
    orphans.adopt()  # what a slot stable leaves that is killed; each adopts what its own jobs leave
    control = socket.socket(fileno=CONTROL_FD)
    control.settimeout(None)  # whatever the application's default is
    title.set('rqd: stable %s' % settings['name'])
    gc.collect()
    gc.freeze()
    title.trim()
    control.send(b'ready %d' % os.getpid())  # for the master, who only peeks
    while True:
        request, fd = receive_descriptor(control)
        if fd < 0:
            if not request:
                os._exit(0)
            continue
        await_imports()
        try:
            pid = os.fork()
        except OSError as error:
            complain('cannot fork: %s' % error)
            os.close(fd)
            continue
        if pid == 0:
            control.close()
            orphans.close()
            slot = {'fd': fd, 'request': request.decode('utf-8', 'replace')}
            if any(name in sys.modules for name in FORKS_ONCE):
                load_anew(settings, slot)
            become_slot(app, title, stacks, slot)
        slots.add(pid)
        if orphans.is_active:
            slots.intersection_update(orphans.children())
        orphans.end(slots, 0)
        try:
            os.write(fd, b'forked\0%d' % pid)
        except OSError:
            pass  # the worker is gone, and its slot stable will see that
        os.close(fd)


os, select, signal, socket = map(as_imported, (os, select, signal, socket))
threading, time = map(as_imported, (threading, time))
stable()
