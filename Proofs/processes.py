"""Processes as /proc shows them."""
import os
import signal
import time


def stat(pid):
    """(state, parent, start time) of a process, or None if there is none."""
    try:
        with open('/proc/%d/stat' % pid) as file:
            fields = file.read().rpartition(')')[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1]), int(fields[19])


def runs(pid):
    found = stat(pid)
    return found is not None and found[0] not in 'ZX'


def title(pid):
    try:
        with open('/proc/%d/cmdline' % pid, 'rb') as file:
            return file.read().replace(b'\0', b' ').decode('utf-8', 'replace').strip()
    except OSError:
        return ''


def below(pid):
    """All descendants of a process that run, the nearest first."""
    parents = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            found = stat(int(name))
            if found and found[0] not in 'ZX':
                parents.setdefault(found[1], []).append(int(name))
    order = [pid]
    for parent in order:
        order += parents.get(parent, [])
    return order[1:]


def children(pid):
    """Those that run, the eldest first."""
    found = [(stat(child), child) for child in below(pid)]
    ours = [(facts[2], child) for facts, child in found if facts and facts[1] == pid]
    return [child for _, child in sorted(ours)]


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it has ended by itself


def stop(pid):
    """Stops a process, and returns when all of it stands still."""
    os.kill(pid, signal.SIGSTOP)
    await_true('a stopped process', lambda: (stat(pid) or 'T')[0] == 'T')


def await_true(what, condition, seconds=15, pause=0.002):
    """Waits for a condition and returns its value; TimeoutError after some seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError('it does not come to this: ' + what)
        time.sleep(pause)
