"""One cell of the matrix: a system is brought to a step, and a victim killed."""
import ctypes
import os
import signal
import time

import processes
import steps
from processes import await_true
from stage import Hosted, Rqd, RqPool, Spawn, Stage

SYSTEMS = {'rqd': Rqd, 'spawn': Spawn, 'hosted': Hosted, 'rq': RqPool}
OURS = ('rqd', 'spawn')  # all is to be well
# Seconds within which all must be over: the whole tree has to start anew, or Redis to be found.
LIMITS = {'master': 3.0, 'redis': 3.0}
PATIENCE = {'rqd': 20, 'spawn': 20, 'hosted': 30, 'rq': 30}
LOADING = 1.0  # what an interpreter may take, where the next run needs one that is still to load


class Result:
    """What became of the jobs of one act."""

    def __init__(self, system, victim, step):
        self.system, self.victim, self.step = system, victim, step
        self.seconds = None  # from the kill to the end of the last job; None: it did not come
        self.fates = {}  # by job
        self.runs = {}  # by job: how often it began
        self.retried = set()  # jobs that failed the first time, as they were told to
        self.overlaps = 0
        self.is_lost = False  # not over, and in no queue and no registry
        self.traces = []
        self.note = ''  # why there is nothing to see
        self.place = ''

    def limit(self, step, patience=1.0):
        loading = LOADING if self.system == 'spawn' else 0.0
        if self.victim == 'master':  # its stable has the application loaded once, for trial
            loading *= 2
        return (LIMITS.get(self.victim, 1.0) + loading) * patience + step.seconds

    def complaints(self, step, patience=1.0):
        """What is not as it should be; empty where all is."""
        if self.note:
            return []
        found = ['%s is %s' % fate for fate in self.fates.items() if not self.is_good(*fate)]
        found += ['%s ran %d times' % count for count in self.runs.items() if count[1] > step.runs]
        if self.overlaps:
            found.append('two runs at the same time')
        if self.seconds is None:
            found.append('not over')
        elif self.seconds > self.limit(step, patience):
            found.append('%.2f s' % self.seconds)
        return found + ['left: %s' % trace for trace in self.traces]

    def is_good(self, job, fate):
        """Finished; or failed, if its own process was killed."""
        return fate == 'finished' or (fate == 'failed' and self.victim == 'horse')


def become_guardian():
    """Whoever loses its parent becomes a child of ours, so that nobody is left behind."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans():
    for pid in processes.below(os.getpid()):
        processes.send(pid, signal.SIGKILL)


def act(system, victim, number, keep=False):
    """Plays one cell in a process of its own."""
    become_guardian()
    step = steps.STEPS[number]
    result = Result(system, victim, number)
    way = step.ways[system]
    if way is None or (step.is_late and victim == 'redis'):
        result.note = 'no such step'
        return result
    options = {'pool': step.pool}
    if step.workers > 1:
        options['workers'] = step.workers
    stage = Stage(SYSTEMS[system], **options)
    result.place = stage.place
    is_fine = False
    try:
        stage.start()
        play(stage, step, way(stage), result)
        is_fine = not result.complaints(step)
    except Exception as error:  # told in the cell, not in the way of the others
        result.note = 'ERROR: %r' % error
    finally:
        stage.end(keep=keep and not is_fine)
        end_orphans()
    return result


def play(stage, step, way, result):
    hold = next(way)
    if any(event == 'overlap' for event, *_ in stage.events()):
        raise AssertionError('two runs at the same time, before anybody was struck')
    pid = None
    if result.victim not in ('master', 'redis', 'network'):
        pid = stage.system.victim(result.victim)
        if pid is None:
            result.note = 'no such process'
            return
    registered = None
    if step.is_late:
        registered = stage.proxy.hold_reply(steps.BIRTH, lambda value: value[0] == b'born')
    sender = hold.sender() if hold else None
    begun = strike(stage, result.victim, pid, hold if step.is_late else None)
    if hold is not None:
        is_lost = result.victim in ('network', 'redis') or not processes.runs(sender)
        if step.is_late and is_lost:
            try:
                registered.wait(5)
            except TimeoutError:
                result.note = ''  # nobody registers any more: then it is late all the same
            hold.release()
        elif is_lost:
            hold.drop()
        else:
            hold.release()
    if registered is not None:
        registered.release()
    stage.go_on()
    if step.stops and result.victim != 'master':
        await_true('the end of the stop', lambda: stage.system.process.poll() is not None, 20)
        stage.system.start()
    await_second_run(stage, 1.5 if result.victim == 'master' else 0.4)
    stage.open_gates(but='fork')
    try:
        await_true('all is over', stage.are_over, PATIENCE[result.system])
        result.seconds = time.monotonic() - begun
    except TimeoutError:
        result.seconds = None
    observe(stage, result)


def strike(stage, victim, pid, late):
    """Kills; returns the moment from which the time counts."""
    begun = time.monotonic()
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
        await_true('the end of the victim', lambda: not processes.runs(pid))
    elif victim == 'master':
        stage.system.kill()
        stage.system.start()
    elif victim == 'redis':
        stage.server.restart()
        begun = time.monotonic()
    else:
        stage.proxy.cut(but=late)
    return begun


def await_second_run(stage, seconds):
    """Gives a second run of a job the time to begin while the first waits before its gate."""
    if not stage.gates:
        return
    stage.unhinge(*stage.gates)

    def begins():
        begun = [name for event, name, _, _ in stage.events() if event == 'start']
        return len(set(begun)) < len(begun) or stage.are_over()

    try:
        await_true('a second run', begins, seconds)
    except TimeoutError:
        return  # the first goes on


def observe(stage, result):
    result.fates = {name: stage.status(name) for name in stage.ids}
    events = stage.events()
    for name in stage.ids:
        result.runs[name] = sum(1 for e in events if e[:2] == ('start', name))
    result.retried = {name for event, name, _, _ in events if event == 'fail'}
    result.overlaps = sum(1 for e in events if e[0] == 'overlap')
    if result.seconds is None:
        result.is_lost = not any(places(stage, name) for name in stage.ids
                                 if result.fates[name] not in ('finished', 'failed'))
    if result.system in OURS and result.seconds is not None:
        try:
            await_true('no traces', lambda: not traces(stage), 3)
        except TimeoutError:
            result.traces = traces(stage)


def places(stage, name):
    """The queues and registries in which a job is."""
    found = []
    for key in stage.redis.scan_iter('rq:*', 1000):
        kind = stage.redis.type(key)
        members = []
        if kind == b'list':
            members = stage.redis.lrange(key, 0, -1)
        elif kind == b'zset':
            members = stage.redis.zrange(key, 0, -1)
        if any(member.decode().split(':')[0] == name for member in members):
            found.append(key)
    return found


def traces(stage):
    """Keys that only a running job has."""
    kinds = ('rq:wip:*', 'rq:execution*', 'rq:rqd:claims:*')
    return [key.decode() for kind in kinds for key in stage.redis.scan_iter(kind, 1000)]


def workers(stage):
    """Keys of workers, but for the hash of one that has ended: it stays for a minute."""
    found = [key.decode() for key in stage.redis.scan_iter('rq:worker*', 1000)]
    return [
        key
        for key in found
        if not (key.startswith('rq:worker:') and stage.redis.type(key) == b'hash')
        or not stage.redis.hexists(key, 'death')
    ]
