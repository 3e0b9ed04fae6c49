# A slot stable: one worker's place in the stable. What it and its worker say to each other is in
# stable.py.

import gc
import os
import select
import signal
import socket
import struct
import sys
from _signal import SIG_DFL, SIGCHLD, SIGKILL  # not signal's: those are enums, and it makes more
from _signal import signal as set_handler
from _socket import SCM_RIGHTS, SOL_SOCKET, socketpair

pack_three = struct.Struct('3i').pack


def rights_to(fds):
    """What passes descriptors on with a message."""
    return ((SOL_SOCKET, SCM_RIGHTS, struct.pack('%di' % len(fds), *fds)),)


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
        self.oom_score = None

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
        self.send(hello.encode('utf-8', 'replace'), rights_to((stacks,)))
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
        elif order[:1] == b'O':
            self.oom_score = order[1:]
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
            if self.oom_score is not None:
                self.adjust()
            self.title.name('rqd:horse')
            self.title.set('rqd: horse %s waiting' % self.name)
        except BaseException:
            os._exit(EXIT_UNREPORTED)
        horse(self.app, sock, life, self.jobs, self.title.set)

    def adjust(self):
        """In the horse: what only itself and root may write, and that while it is dumpable."""
        self.title.hide(False)
        try:
            with open('/proc/self/oom_score_adj', 'wb', 0) as file:
                file.write(self.oom_score)
        except OSError:
            pass  # the worker has told that it is refused
        self.title.hide(True)

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


