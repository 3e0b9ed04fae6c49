"""Loading the application in the stable, and telling the master how that goes."""

import importlib
import os
import signal
import time
import traceback


def load(settings):
    """The application: its path, rq, and what `preload` names.

    Tells the master what it loads, and why it cannot; then it ends with status 78.
    """
    set_path(settings)
    what = 'rq'
    try:
        report('loading', what)
        import rq  # noqa: F401

        kind = worker_class()
        safety = ForkSafety()
        if settings.get('settings'):
            # Before the application's loggers are made: those that it does not name are switched
            # off by it, as rq does it.
            what = settings['settings']
            configure_logging(what)
            safety.look(what)
        for module in settings['preload']:
            what = '%s (preload)' % module
            report('loading', what)
            importlib.import_module(module)
            safety.look(module)
        if settings.get('sentry_dsn'):
            what = 'sentry_sdk'
            start_sentry(settings)
            safety.look(what)
        what = 'the configured classes'
        app = Application(settings, kind)
        app.hooks.make()
        app.hooks.look()
        safety.look(what)
    except BaseException as error:
        flush_streams()
        report('failed', loading_failure(what, error, settings.get('sentry_dsn')))
        for line in ''.join(traceback.format_list(application_frames(error))).splitlines():
            report('call', line)
        os._exit(78)
    await_imports()
    # A slot's own interpreter imports what the stable has looked at.
    if 'slot' not in settings and settings['isolation'] == 'fork':
        tell_hazards(safety.hazards(), settings['on_unsafe_fork'])
    return app


def tell_hazards(hazards, policy):
    """Tells the master what makes forking unsafe; ends with status 78 where that is refused."""
    for hazard in hazards:
        report('unsafe', hazard_line(hazard))
    if hazards and policy == 'refuse':
        report('failed', refusal(*hazards[0]))
        os._exit(78)


def refusal(what, origin, threads, help):
    """Why the application is refused, in one line."""
    named = '%s (%s)' % (what, threads) if threads else what
    started = ', after the import of %s' % origin if origin else ''
    return 'application is not safe to fork: %s%s; %s' % (named, started, help)


def report(word, text=''):
    """Tells the master how the loading goes; it may be another program by now, and not listen."""
    try:
        line = '%s %s\n' % (word, text)
        os.write(REPORT_FD, line.encode('utf-8', 'backslashreplace'))
    except OSError:
        pass  # what is loaded is loaded, whoever hears of it


def end_report():
    """The application is loaded. The signal for stacks may be on its way, so its file stays."""
    report('loaded')
    nothing = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    os.dup2(nothing, REPORT_FD, inheritable=False)
    os.close(nothing)


START_GRACE = 5.0  # seconds that code in C has to come back to Python


def call_on_start(settings, title):
    """Calls what `on_start` names, in a process of its own, and waits for its end.

    What goes wrong there keeps the application from being started, as a failed import does.
    """
    if not settings.get('on_start'):
        return
    what = '%s (on_start)' % settings['on_start']
    limit = settings['on_start_timeout']
    report('loading', what)
    await_imports()
    flush_streams()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        title.die_with_parent()
        title.set('rqd: on_start %s' % settings['on_start'])
        lines = on_start_failure(settings['on_start'], what, limit)
        flush_streams()
        os.write(writer, '\n'.join(lines).encode('utf-8', 'backslashreplace')[:60000])
        os._exit(0)
    os.close(writer)
    status = await_end(pid, limit + START_GRACE)
    os.set_blocking(reader, False)
    try:
        told = os.read(reader, 65536).decode('utf-8', 'replace').splitlines()
    except BlockingIOError:  # it has left a process of its own
        told = []
    os.close(reader)
    if status != 0 and not told:
        reason = 'it was killed %g s after its limit of %g s' % (START_GRACE, limit)
        if status is not None:
            reason = 'its process ended with wait status %d' % status
        told = ['cannot run %s in %s: %s' % (what, sys.executable, reason)]
    end_if_failed(told)


def end_if_failed(told):
    """Ends this process where `on_start` has failed, after the master has heard why."""
    for line in told[1:]:
        report('call', line)
    if told:
        report('failed', told[0])
        os._exit(78)


def on_start_failure(name, what, limit):
    """Calls it. Why it has failed, in a line, and lines with the calls; none if it has not."""

    def late(*_):
        raise TimeoutError('not through after %g s (on_start_timeout)' % limit)

    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, limit)
        from rq.utils import import_attribute

        import_attribute(name)()
        signal.setitimer(signal.ITIMER_REAL, 0)
    except BaseException as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if isinstance(error, SystemExit) and not error.code:
            return []
        calls = ''.join(traceback.format_list(application_frames(error))).splitlines()
        return [loading_failure(what, error, verb='run')] + calls
    return []


def await_end(pid, limit):
    """The wait status of a child; None if it had to be killed, with its process group."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.01)
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            pass  # no group of its own yet, or gone
    os.waitpid(pid, 0)
    return None


def warm(app):
    """Runs a job that does nothing a few times: no horse pays for first calls and late imports.

    The frame of that job is kept: each horse rehearses with it before it takes its own. A job
    class with a perform() of its own is left alone, for who knows what that does.
    """
    if not app.plain_perform:
        return
    import pickle
    import zlib

    call = ('operator.add', None, (1, 2), {})
    data = zlib.compress((app_serializer(app) or pickle).dumps(call))
    stamp = b'2000-01-01T00:00:00.000000Z'
    fields = {
        b'data': data,
        b'created_at': stamp,
        b'enqueued_at': stamp,
        b'started_at': stamp,
        b'origin': b'warm',
        b'description': b'',
        b'timeout': b'180',
        b'status': b'started',
        b'worker_name': b'warm',
    }
    app.rehearsal = [b'warm', b'', b'warm', b'warm']
    for pair in fields.items():
        app.rehearsal += pair
    for _ in range(20):
        rehearse(app)


def rehearse(app):
    """Runs the job that does nothing, so that what a job touches is in place before one comes."""
    if app.rehearsal is not None:
        pack(run(app, app.rehearsal, lambda text: None))
        for name in ('RQ_WORKER_ID', 'RQ_JOB_ID'):
            os.environ.pop(name, None)


def app_serializer(app):
    return app.job_class('warm', connection=app.connection, serializer=app.serializer).serializer
