"""Why the application cannot be loaded, and why a job has failed: in one line, and the calls."""

import os
import sys
import traceback


def loading_failure(what, error, secret=None, verb='load'):
    """`cannot load app.tasks (preload) in /venv/bin/python: ImportError: no x (/app.py, line 3)`.

    The whole message, in one line.
    """
    message = str(error)
    if isinstance(error, SyntaxError) and error.filename:
        message = str(error.msg)  # the rest of it is the place, with the file's last name only
    if secret:
        message = message.replace(secret, '***')
    name = type(error).__name__
    said = '%s: %s' % (name, message)
    line = 'cannot %s %s in %s: %s' % (verb, what, sys.executable, said)
    place = loading_place(error)
    if place:
        line += ' (%s)' % place
    return line.replace('\n', '\\n')


def flush_streams():
    """What the application has printed comes before what is told about it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: S110  # it may be anything, and what is told matters more
            pass


def loading_place(error):
    """Where it was raised, and from where in the application that was called."""
    frames = application_frames(error)
    places = ['%s, line %s' % (frame.filename, frame.lineno) for frame in frames]
    if isinstance(error, SyntaxError) and error.filename:
        places.append('%s, line %s' % (error.filename, error.lineno))
        frames.append(traceback.FrameSummary(error.filename, error.lineno or 0, ''))
    if not places:
        return ''
    own = [place for place, frame in zip(places, frames) if not is_library(frame.filename)]
    if own and own[-1] != places[-1]:
        return '%s, called from %s' % (places[-1], own[-1])
    return places[-1]


def application_frames(error):
    """The calls, the most recent one last, without those of the import system and of rqd."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(('<frozen importlib', '<string>', 'rqd-'))
        and not frame.filename.startswith(os.path.dirname(os.__file__) + '/importlib/')
    ]


def is_library(filename):
    """Whether a file belongs to Python, or to a package that was installed."""
    return (
        '/site-packages/' in filename
        or '/dist-packages/' in filename
        or filename.startswith(os.path.dirname(os.__file__) + '/')
        or filename.startswith('<')
    )


def own_frames_dropped(trace):
    """The traceback without rqd's frames at its top."""
    while (
        trace is not None
        and trace.tb_next is not None
        and trace.tb_frame.f_code.co_filename == __file__
    ):
        trace = trace.tb_next
    return trace


def text_bytes(text):
    return text.encode('utf-8', 'backslashreplace')


def last_line(exc):
    lines = ''.join(traceback.format_exception_only(type(exc), exc)).strip().splitlines()
    return lines[-1] if lines else type(exc).__name__


def describe_failure(exc_type, exc, trace):
    """The whole traceback, and its last line, for the result and for the log."""
    try:
        whole = ''.join(traceback.format_exception(exc_type, exc, own_frames_dropped(trace)))
        line = last_line(exc)
        cause = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
        if cause is not None and ': ' not in line:  # what says nothing itself is told by its cause
            line += ', from ' + last_line(cause)
        return whole, line
    except Exception as second:  # an exception whose own text raises
        name = getattr(exc_type, '__name__', 'exception')
        return name + ' (its text cannot be made: %r)\n' % type(second), name
