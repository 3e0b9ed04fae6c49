"""The stable: the application's interpreter, loaded once; slot stables and horses descend from it.

Descriptors at the start: SETTINGS_FD holds the settings as JSON, REPORT_FD is the pipe on which
the master hears how the loading goes, CONTROL_FD is the socket on which workers ask for a slot
stable (one datagram with one descriptor each). A slot stable speaks with its
worker on that descriptor, in datagrams whose parts are separated by NUL:

    worker: L                     what jobs leave running is to end with them
    worker: F                     fork a horse ahead of time
    worker: O<score>              the horses are to set their oom_score_adj themselves
    worker: R<pid> ticks          the horse's end is understood, reap it, and end what it has left
                                  that is older than the present job, begun so many ticks after
                                  boot; 0 for no job
    stable: forked pid            the slot stable, which is yet to say hello
    slot:   hello pid rq python '' with a descriptor: where its horses write their stacks
    slot:   loading pid           with four descriptors: those of `horse`, and where the horse says
                                  how it gets on with loading the application; it takes a job once
                                  it has said `loaded`. Only with isolation = "spawn"
    slot:   horse pid             with three descriptors: the horse's socket, its output's reading
                                  end, and one that, once it is closed, ends the horse
    slot:   nofork reason
    slot:   left pid count name   what the job of that horse has left is being killed
    slot:   exit pid status [usage]  the raw wait status, and what getrusage() has, if one asks;
                                  a zombie until R: so its pid stays its own

A page that a slot stable or a horse writes to is copied, and every object that it looks at is
written to: its reference count. So both do little, and do it by functions written in C.
"""

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

__file__ = 'rqd-stable'

# Modules whose threads, which are not Python's, survive one fork and hang after a second one.
# Where one is loaded, each worker has an interpreter of its own: horses are its first children.
FORKS_ONCE = ('ddtrace',)

# What an interpreter is started with: the script has names of its own, `__main__` stays empty.
PROGRAM = (
    "__import__('sys').path[:]=filter(None,__import__('sys').path);"
    "exec(compile(__import__('os').pread(%d, 1 << 22, 0), 'rqd-stable', 'exec'), "
    "dict({'__name__': 'rqd'}, **%r))"
)


def receive_descriptor(sock):
    """The next datagram and its descriptor, or -1."""
    data, ancillary, _, _ = sock.recvmsg(4096, socket.CMSG_SPACE(struct.calcsize('i')))
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return data, struct.unpack('i', value[:4])[0]
    return data, -1


def end_after(slots):
    """The workers have gone, so the slot stables end; none is left when this process has ended."""
    for pid in list(slots):
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass  # it was quicker
    os._exit(0)


def hide_from_jobs(app, settings, title):
    """From here on, with all that is forked: a horse is dumpable in its job."""
    if not settings['hides']:  # then those who have to see it would not
        title.hide = lambda on: None
    app.hide = title.hide
    title.hide(True)


def become_slot(app, title, stacks, slot):
    """Serves one worker, who listens on the other end of a descriptor. Never returns."""
    sock = socket.socket(fileno=slot['fd'])
    sock.settimeout(None)
    name, jobs = slot['request'].rsplit(' ', 1)
    own = (app, title, stacks, name, sock, int(jobs))
    if slot.get('spawns'):
        StartingSlotStable(slot['spawns'], *own).main()
    os.close(SOURCE_FD)
    renew_event_loops()
    SlotStable(*own).main()


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

    With isolation = "spawn" it only has the application loaded, to see that this can be done. Ends
    with the master.
    """
    title = Title()
    be_a_worker_of_rq()
    os.set_inheritable(SOURCE_FD, False)
    with os.fdopen(SETTINGS_FD, 'rb') as stream:
        settings = json.loads(stream.read().decode())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors='backslashreplace')
    if 'parent' in settings:
        started(settings, title)
    title.name('rqd:stable')
    title.set('rqd: stable loading')
    stacks = Stacks(*settings['stack_signals'])
    os.set_inheritable(REPORT_FD, False)
    spawns = settings['isolation'] == 'spawn'
    orphans = Leftovers(title)
    if spawns:
        orphans.adopt()
        app = try_loading(settings, title, orphans)
    else:
        app = loaded(settings, stacks)
        if 'slot' not in settings:
            call_on_start(settings, title)
        gc.collect()
        gc.freeze()
        title.trim()
        if settings['huge_pages']:
            collapse_memory()
    hide_from_jobs(app, settings, title)
    end_report()
    if 'slot' in settings:
        become_slot(app, title, stacks, settings['slot'])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    slots = set()  # the slot stables, those that have ended since the last request too
    signal.signal(signal.SIGTERM, lambda *_: end_after(slots))
    orphans.adopt()  # what a slot stable leaves that is killed; each adopts what its own jobs leave
    control = socket.socket(fileno=CONTROL_FD)
    control.settimeout(None)  # whatever the application's default is
    title.set('rqd: stable %s' % settings['name'])
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
            if spawns:
                become_slot(app, title, stacks, dict(slot, spawns=settings))
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
