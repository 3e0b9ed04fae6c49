"""The steps of the protocol, from the push to the outcome, and how to stop exactly there.

Each is a generator: up to its `yield` it brings a stage to the step, where a victim is struck;
what follows is how things go on. What is on its way and has lost its sender is lost, unless the
step says that it arrives late.
"""
import signal
from datetime import datetime, timedelta, timezone

import processes
import scripts
import work
from processes import await_true
from rq import Callback, Retry

CLAIM = scripts.runs('claim')
OUTCOME = scripts.runs('outcome')
HEARTBEAT = scripts.runs('heartbeat')
HANDBACK = scripts.runs('handback')
BIRTH = scripts.runs('birth')
SCHEDULE = scripts.runs('schedule')


def renewal(words, transaction):
    """A heartbeat of a worker that has a job."""
    return HEARTBEAT(words, transaction) and len(words[5]) > 0


def executes(*commands):
    """Matches the EXEC of a transaction of rq's that holds a command with such a key."""
    def matches(words, transaction):
        return words[0] == b'EXEC' and all(
            any(c[0].upper() == name and c[1].startswith(key) for c in transaction)
            for name, key in commands)
    return matches


def pops(words, _):
    return words[0] == b'BLPOP'


RQ_RECORDS = executes((b'ZADD', b'rq:wip:'), (b'HSET', b'rq:execution:'))
RQ_STARTS = executes((b'PERSIST', b'rq:job:'))
RQ_SUCCEEDS = executes((b'ZADD', b'rq:finished:'))
RQ_MOVES = executes((b'ZREM', b'rq:scheduled:'))
RQ_RETRIES = executes((b'RPUSH', b'rq:queue:'), (b'ZREM', b'rq:wip:'))


class Step:
    """A step: its name, how each system gets there (None: it has no such step), its options.

    A worker of RQ's that rqd hosts speaks as RQ does.
    """

    def __init__(self, name, rqd, rq=None, pool='', is_late=False, seconds=0.0, stops=False,
                 workers=1, runs=2, **spawn):
        self.name = name
        self.ways = {'rqd': rqd, 'hosted': rq, 'rq': rq, 'spawn': spawn.get('spawn', rqd)}
        self.pool = pool
        self.is_late = is_late
        self.stops = stops  # the service is being stopped, and is started again afterwards
        self.workers = workers
        self.runs = runs  # that a job may have, at most
        self.seconds = seconds  # that the job itself has to wait


def is_invalidation(value):
    return isinstance(value, list) and value[-2:-1] == [b'__redis__:invalidate']


def at_message(stage):
    hold = stage.proxy.hold_message(is_invalidation)
    stage.enqueue()
    hold.wait()
    yield hold


def at_request(matches, enqueue=lambda stage: stage.enqueue()):
    def way(stage):
        hold = stage.proxy.hold_request(matches)
        enqueue(stage)
        hold.wait()
        yield hold
    return way


def at_reply(matches, enqueue=lambda stage: stage.enqueue()):
    def way(stage):
        hold = stage.proxy.hold_reply(matches)
        enqueue(stage)
        hold.wait()
        yield hold
    return way


def at_half(kind, matches):
    """In the middle of a request, or of a reply."""
    def way(stage):
        hold = getattr(stage.proxy, 'hold_' + kind)(matches)
        hold.is_half = True
        stage.enqueue()
        hold.wait()
        yield hold
    return way


def pop_reply(stage):
    """The worker waits in its pop already; what is held is the reply that brings the job."""
    hold = stage.proxy.hold_pending(pops)
    stage.enqueue()
    hold.wait()
    yield hold


def old_claim(stage):
    """A claim of a connection that is gone, when all that came of it is over.

    The worker has sent it again on the next connection and run the job. What is pushed now it has
    not heard of yet.
    """
    claim = stage.proxy.hold_request(CLAIM)
    stage.enqueue('first')
    claim.wait()
    stage.proxy.cut(but=claim)
    await_true('the first is over', lambda: stage.status('first') == 'finished')
    await_true('all is idle', stage.system.is_idle)
    hold = stage.proxy.hold_message(is_invalidation)
    stage.enqueue()
    hold.wait()
    claim.release()
    stage.proxy.await_end(claim.connection)
    yield hold


def without_horse(stage):
    """The slot stable stands still when the first job takes the horse that waits."""
    stage.stop(stage.system.victim('slot stable'))
    hold = stage.proxy.hold_reply(CLAIM)
    stage.enqueue('first')
    hold.wait()
    stage.enqueue()
    hold.release()
    await_true('the second is claimed', lambda: stage.status('job') == 'started')
    await_true('the first is over', lambda: stage.status('first') == 'finished')
    yield None


def order_unread(stage):
    stage.stop(stage.system.horse())
    stage.enqueue()
    worker = stage.system.victim('worker')
    await_true('the job is handed over', lambda: processes.title(worker).endswith(' job'))
    yield None


def at_gate(gate, function, **options):
    def way(stage):
        stage.shut(gate)
        stage.enqueue('job', function, **options)
        stage.await_event('at-' + gate)
        yield None
    return way


def told(stage):
    """The worker stands still while its job ends and tells so."""
    stage.shut('run')
    stage.enqueue()
    stage.await_event('at-run')
    stage.stop(stage.system.victim('worker'))
    horse = stage.system.horse()
    stage.open_gates()
    await_true('the horse has ended', lambda: not processes.runs(horse))
    yield None


def next_claim(stage):
    """The outcome is done, and the claim that came with it has not arrived."""
    first = stage.proxy.hold_request(OUTCOME)
    stage.enqueue('first')
    first.wait()
    hold = stage.proxy.hold_request(CLAIM)
    stage.enqueue()
    first.release()
    hold.wait()
    yield hold


def running_and(matches, kind):
    """While the function runs."""
    def way(stage):
        stage.shut('run')
        stage.enqueue()
        stage.await_event('at-run')
        hold = getattr(stage.proxy, 'hold_' + kind)(matches)
        hold.wait()
        yield hold
    return way


def after_death(matches, kind):
    """The worker was killed while the function ran; its successor is at this."""
    def way(stage):
        stage.shut('run')
        stage.enqueue()
        stage.await_event('at-run')
        hold = getattr(stage.proxy, 'hold_' + kind)(matches)
        processes.send(stage.system.victim('worker'), 9)
        hold.wait()
        yield hold
    return way


def cold_stop(kind):
    """A cold stop has killed the horse."""
    def way(stage):
        stage.shut('run')
        stage.enqueue()
        stage.await_event('at-run')
        hold = getattr(stage.proxy, 'hold_' + kind)(HANDBACK)
        processes.send(stage.system.process.pid, signal.SIGQUIT)
        hold.wait()
        yield hold
    return way


def new_master(stage):
    """A killed service has started again, and its first worker has looked for what was left.

    It does that so late that another worker has taken its name and its job again.
    """
    stage.shut('run')
    for name in ('job', 'other'):
        stage.enqueue(name)
        stage.await_event('at-run', name)
    birth = stage.proxy.hold_request(
        lambda words, _: BIRTH(words, _) and words[4].endswith(b'.default.1'))
    look = stage.proxy.hold_request(
        lambda words, _: words[0] == b'HKEYS' and words[1].endswith(b'.default.1'))
    stage.system.kill()
    stage.system.start()
    look.wait()
    birth.wait()
    birth.release()
    stage.await_runs(3)
    look.release()
    stage.await_runs(4)
    yield None


def slot_stable_hangs(stage):
    """The slot stable hangs in a hook of the application's, while it forks the next horse."""
    stage.shut('run')
    stage.shut('fork')
    stage.enqueue()
    stage.await_event('at-run')
    stage.await_event('at-fork', 'none')
    stage.unhinge('fork')
    yield None


def slot_stable_stands_still(stage):
    """The same where it has nothing of the application's in it: it is stopped, for good."""
    stage.shut('run')
    stage.enqueue()
    stage.await_event('at-run')
    processes.stop(stage.system.victim('slot stable'))
    yield None


def to_be_retried(stage):
    stage.enqueue('job', work.run, True, retry=Retry(max=1))


def to_be_delayed(stage):
    stage.enqueue('job', work.run, True, retry=Retry(max=1, interval=1))


def at_due(kind):
    """The first look at the schedule that finds the job due."""
    def way(stage):
        moment = datetime.now(timezone.utc) + timedelta(seconds=1.2)
        # Redis has whole seconds, cut off.
        def matches(words, transaction):
            return RQ_MOVES(words, transaction) or (
                SCHEDULE(words, transaction) and b'default' in words
                and float(words[9]) >= int(moment.timestamp()))

        hold = getattr(stage.proxy, 'hold_' + kind)(matches)
        stage.ids.append('job')
        stage.queue.enqueue_at(moment, work.run, stage.place, 'job', job_id='job')
        hold.wait()
        yield hold
    return way


def with_dependent(stage):
    """The dependent is there before its parent ends."""
    stage.shut('run')
    stage.enqueue('parent')
    stage.await_event('at-run', 'parent')
    stage.enqueue('job', work.run, depends_on='parent')
    stage.open_gates()


SUCCEEDED = Callback(work.succeeded)
EVERY_SECOND = 'heartbeat_interval = "1s"'

STEPS = [
    Step('pushed, and nobody knows yet', at_message),
    Step('the claim is on its way', at_request(CLAIM)),
    Step('the claim is on its way, and arrives late', at_request(CLAIM), is_late=True),
    Step('half of the claim has arrived', at_half('request', CLAIM)),
    Step('half of the reply to the claim has arrived', at_half('reply', CLAIM)),
    Step('a claim of an older connection arrives', old_claim),
    Step('claimed, the reply is on its way', at_reply(CLAIM), pop_reply),
    Step('taken, and not yet written down', None, at_request(RQ_RECORDS)),
    # With isolation = "spawn" nothing is claimed then.
    Step('claimed, and there is no horse', without_horse, at_request(RQ_STARTS), spawn=None),
    Step('handed to the horse, which has not read it', order_unread),
    Step('the function runs', at_gate('run', work.run), at_gate('run', work.run)),
    Step('the function runs, and the slot stable hangs', slot_stable_hangs, seconds=1.0,
         spawn=slot_stable_stands_still),
    Step('the lease is being renewed', running_and(renewal, 'request'), pool=EVERY_SECOND),
    Step('the lease is renewed, the reply is on its way', running_and(renewal, 'reply'),
         pool=EVERY_SECOND),
    Step('the callback runs',
         at_gate('callback', work.run_and_callback, on_success=SUCCEEDED),
         at_gate('callback', work.run_and_callback, on_success=SUCCEEDED)),
    Step('the value is being written down', at_gate('value', work.run_and_value),
         at_gate('value', work.run_and_value)),
    Step('told, and the worker has not read it', told),
    Step('the outcome is on its way', at_request(OUTCOME), at_request(RQ_SUCCEEDS)),
    Step('the outcome is on its way, and arrives late', at_request(OUTCOME), is_late=True),
    Step('half of the outcome has arrived', at_half('request', OUTCOME)),
    Step('half of the reply to the outcome has arrived', at_half('reply', OUTCOME)),
    Step('recorded, the reply is on its way', at_reply(OUTCOME), at_reply(RQ_SUCCEEDS)),
    Step('recorded, the next claim is on its way', next_claim),
    Step('failed, the retry is on its way', at_request(OUTCOME, to_be_retried),
         at_request(RQ_RETRIES, to_be_retried)),
    Step('the retry is recorded, the reply is on its way', at_reply(OUTCOME, to_be_retried),
         at_reply(RQ_RETRIES, to_be_retried)),
    Step('the retry waits for its time, the reply is on its way',
         at_reply(OUTCOME, to_be_delayed), seconds=1.0),
    Step('a parent has ended, the outcome is on its way', at_request(OUTCOME, with_dependent),
         at_request(RQ_SUCCEEDS, with_dependent)),
    Step('its dependent is queued, the reply is on its way', at_reply(OUTCOME, with_dependent),
         at_reply(RQ_SUCCEEDS, with_dependent)),
    Step('due, and the move is on its way', at_due('request'), at_due('request')),
    Step('moved, the reply is on its way', at_due('reply'), at_due('reply')),
    Step('a cold stop, the hand-back is on its way', cold_stop('request'), seconds=2.0,
         stops=True),
    Step('handed back by the stop, the reply is on its way', cold_stop('reply'), seconds=2.0,
         stops=True),
    Step('the service was killed, and has found what it left', new_master, workers=2,
         runs=3),
    Step('its worker was killed, the successor registers', after_death(BIRTH, 'request')),
    Step('registered, the reply is on its way', after_death(BIRTH, 'reply')),
    Step('handing back is on its way', after_death(HANDBACK, 'request')),
    Step('handing back is on its way, and arrives late', after_death(HANDBACK, 'request'),
         is_late=True),
    Step('handed back, the reply is on its way', after_death(HANDBACK, 'reply')),
]
