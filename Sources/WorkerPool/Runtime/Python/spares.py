# Spares: horses that are not forked but started, and load the application before they have a job.
#
# With isolation = "spawn" neither the stable nor a slot stable loads the application. A slot stable
# starts an interpreter with this script for each horse. That ends with it, and with the worker,
# from its first step on; it says on REPORT_FD how the loading goes, as a stable does.

import faulthandler
import gc
import json
import os
import signal
import socket
import sys
import types
from _signal import SIG_DFL, SIG_IGN
from _signal import signal as set_handler


def start_interpreter(title, settings, descriptors, reporter):
    """Starts an interpreter with this script in a process group of its own; its pid.

    It inherits `descriptors`, and `reporter` as its REPORT_FD.
    """
    handed = os.memfd_create('rqd-settings')
    try:
        os.write(handed, json.dumps(dict(settings, parent=os.getpid())).encode())
        os.lseek(handed, 0, os.SEEK_SET)
        pid = os.fork()
        if pid == 0:
            names = {'SETTINGS_FD': handed, 'SOURCE_FD': SOURCE_FD, 'REPORT_FD': reporter}
            become_interpreter(title, names, descriptors)
    finally:
        os.close(handed)
    try:
        os.setpgid(pid, pid)
    except OSError:
        pass  # it was quicker, or is gone already
    return pid


def become_interpreter(title, names, descriptors):
    """In the child: nothing of this process goes along but what is named. Never returns."""
    try:
        os.setpgid(0, 0)
        title.die_with_parent()
        set_handler(signal.SIGTERM, SIG_DFL)
        kept = set(descriptors) | set(names.values()) | {0, 1, 2}
        for fd in [int(name) for name in os.listdir('/proc/self/fd')]:
            try:
                os.set_inheritable(fd, fd in kept)
            except OSError:
                continue  # that of the list itself
        program = PROGRAM % (names['SOURCE_FD'], names)
        os.execv(sys.executable, [sys.executable, '-c', program, ' ' * 160])
    except BaseException as error:
        line = 'failed cannot start %s: %s\n' % (sys.executable, error)
        os.write(names['REPORT_FD'], line.encode('utf-8', 'backslashreplace'))
    finally:
        os._exit(78)


def try_loading(settings, title, orphans):
    """Has an interpreter load the application once, which then ends: as each horse will.

    Returns what a slot stable wants to know of an application. Where it cannot be loaded the master
    is told why, and this process ends with status 78.
    """
    answer = os.memfd_create('rqd-answer')
    trial = dict(settings, trial=answer)
    pid = start_interpreter(title, trial, (answer, REPORT_FD), REPORT_FD)
    firm = settings['stack_signals'][1]
    signal.signal(firm, lambda *_: pass_on(firm, pid))  # the master asks where it is
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    set_handler(firm, SIG_IGN)
    end_group(pid)
    status = os.waitpid(pid, 0)[1]
    orphans.end((), 0)
    if status:
        if status != 78 << 8:
            report('failed', 'loading the application has ended: %s' % how_it_ended(status))
        os._exit(78)
    version = os.pread(answer, 4096, 0).decode()
    os.close(answer)
    return types.SimpleNamespace(
        version=version, killed_handler=settings.get('work_horse_killed_handler')
    )


def pass_on(number, pid):
    """Sends a signal to a process that handles it; before it does, it would be its end."""
    try:
        with open('/proc/%d/status' % pid) as status:
            caught = [line for line in status if line.startswith('SigCgt:')]
        if int(caught[0].split()[1], 16) >> number - 1 & 1:
            os.kill(pid, number)
    except (OSError, IndexError):
        pass  # it has just ended


def end_group(pid):
    """Kills what is left in a process group, whose leader is still a zombie."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass  # it has become another user's: the service manager ends it


def how_it_ended(status):
    """A raw wait status in words."""
    if os.WIFSIGNALED(status):
        names = {int(each): each.name for each in signal.Signals}
        number = os.WTERMSIG(status)
        return 'killed by %s' % names.get(number, 'signal %d' % number)
    return 'exit status %d' % (status >> 8)


class StartingSlotStable(SlotStable):
    """A slot stable whose horses load the application themselves."""

    def __init__(self, settings, *args):
        super().__init__(*args)
        self.settings = settings

    def fork(self):
        """Starts a horse. What it says on its report goes straight to the worker."""
        ends = []
        try:
            for _ in range(2):
                ends += [sock.detach() for sock in socketpair()]
            for _ in range(2):
                ends += os.pipe()
            ours, theirs, lifeline, life, reader, writer, report, reporter = ends
            own = {
                'socket': theirs,
                'life': life,
                'output': writer,
                'stacks': self.stacks.out,
                'name': self.name,
                'jobs': self.jobs,
            }
            pid = start_interpreter(
                self.title,
                dict(self.settings, horse=own),
                (theirs, life, writer, self.stacks.out),
                reporter,
            )
            self.horses[pid] = False
            fds = (ours, reader, lifeline, report)
            self.send(b'loading\0%d' % pid, rights_to(fds))
        except OSError as error:
            self.tell('nofork', error)
        finally:
            for fd in ends:
                os.close(fd)


def loaded(settings, stacks):
    """The application, in an interpreter that a slot stable or a stable has started."""
    faulthandler.register(stacks.firm, REPORT_FD, all_threads=False)
    app = load(settings)
    warm(app)
    return app


def started(settings, title):
    """The life of an interpreter that was started for a horse, or for a trial. Never returns."""
    try:
        title.die_with_parent()
        if os.getppid() != settings['parent']:
            os._exit(0)
        os.close(SOURCE_FD)
        stacks = Stacks(*settings['stack_signals'])
        os.set_inheritable(REPORT_FD, False)
        if 'trial' in settings:
            os.set_inheritable(settings['trial'], False)
            title.name('rqd:trial')
            title.set('rqd: trial loading')
            app = loaded(settings, stacks)
            call_on_start_here(settings)
            os.write(settings['trial'], app.version.encode())
            flush_output()
            os._exit(0)
        spare(settings, title, stacks)
    except BaseException as error:
        report('failed', loading_failure('the application', error, settings.get('sentry_dsn')))
    finally:
        os._exit(78)


def call_on_start_here(settings):
    """Calls what `on_start` names in this process, which is one of its own and ends then.

    The application is not to be forked.
    """
    name = settings.get('on_start')
    if not name:
        return
    what = '%s (on_start)' % name
    report('loading', what)
    end_if_failed(on_start_failure(name, what, settings['on_start_timeout']))


def spare(settings, title, stacks):
    """A horse: loads the application, waits for its first order, and is a horse like any other.

    What the application prints until then goes where a stable's output goes.
    """
    own = settings['horse']
    title.name('rqd:horse')
    title.set('rqd: horse %s loading' % own['name'])
    for name in ('socket', 'life', 'output', 'stacks'):
        os.set_inheritable(own[name], False)
    sock, life = socket.socket(fileno=own['socket']), socket.socket(fileno=own['life'])
    for each in (sock, life):
        each.settimeout(None)  # whatever the application's default is
    if not die_with_worker(life):
        os._exit(0)
    app = loaded(settings, stacks)
    stacks.write_to(own['stacks'])
    stacks.is_in_horse = True
    for number, handler in (('SIGTERM', SIG_DFL), ('SIGINT', SIG_IGN), ('SIGCHLD', SIG_DFL)):
        set_handler(getattr(signal, number), handler)
    app.pid = os.getpid()
    hide_from_jobs(app, settings, title)
    gc.collect()
    gc.freeze()
    title.set('rqd: horse %s waiting' % own['name'])
    end_report()
    sock.recv(1, socket.MSG_PEEK)
    flush_output()
    os.dup2(own['output'], 1)
    os.dup2(own['output'], 2)
    os.close(own['output'])
    horse(app, sock, life, own['jobs'], title.set)


