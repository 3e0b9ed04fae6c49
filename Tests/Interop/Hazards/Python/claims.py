"""Between the queue and the run."""
import os
import signal
import time

from redis.exceptions import ConnectionError
from rig import die, die_with_worker
from rq import Queue, Worker
from rq.registry import StartedJobRegistry
from rq.suspension import suspend


def h1(rig):
    """A worker of several queues that is killed after its pop takes the job along."""
    job = rig.queue.enqueue('deeds.count')

    def change(worker):
        worker.execute_job = die

    rig.burst(['default', 'low'], change)
    assert job.get_status() == 'queued' and rig.places(job.id) == [], rig.places(job.id)


def h2(rig):
    """A stop that comes while the pop's reply is read loses the job, or leaves it stuck."""

    def interrupted(pop):
        def pop_then_signal(*arguments, **options):
            result = pop(*arguments, **options)
            os.kill(os.getpid(), signal.SIGTERM)
            return result

        return pop_then_signal

    def change(_):
        Queue.lpop = interrupted(Queue.lpop)
        Queue.lmove = interrupted(Queue.lmove)

    for queues, places in [(['default', 'low'], []), (['default'], ['queue:default:intermediate'])]:
        job = rig.queue.enqueue('deeds.count')
        rig.burst(queues, change)
        assert rig.places(job.id) == places, rig.places(job.id)
    assert not rig.redis.exists('runs')


def poison(rig):
    """Puts an id into the queue that rq cannot read, and a good one behind it."""
    rig.redis.hset('rq:job:a.b', mapping={'status': 'queued', 'data': b'', 'created_at': 'now'})
    rig.redis.rpush('rq:queue:default', 'a.b')
    return rig.queue.enqueue('deeds.count')


def h3(rig):
    """An id that cannot be read ends each worker that takes it."""
    job = poison(rig)
    rig.rq('worker', '--burst', 'default')
    assert not rig.redis.exists('runs') and job.get_status() == 'queued'


def h25(rig):
    """A worker that has met an error of its own ends with status 0."""
    poison(rig)
    finished = rig.rq('worker', '--burst', 'default')
    assert 'unhandled exception' in finished.stdout + finished.stderr, finished
    assert finished.returncode == 0, finished


def h4(rig):
    """A worker that is killed between claim and fork: the cleaner drops the job."""
    job = rig.queue.enqueue('deeds.count')

    def change(worker):
        worker.fork_work_horse = die

    rig.burst(['default', 'low'], change)
    assert rig.places(job.id) == ['wip:default'], rig.places(job.id)
    rig.expire_leases()
    StartedJobRegistry(queue=rig.queue).cleanup()
    assert job.get_status() == 'queued' and rig.places(job.id) == [], rig.places(job.id)


def h5(rig):
    """A job that never ran is failed because it lay in the intermediate list."""
    job = rig.queue.enqueue('deeds.count')
    between = rig.queue.intermediate_queue
    rig.redis.lmove(rig.queue.key, between.key, 'LEFT', 'RIGHT')
    worker = Worker([rig.queue], connection=rig.redis)
    between.cleanup(worker, rig.queue)
    rig.redis.set(between.get_first_seen_key(job.id), time.time() - 61)
    between.cleanup(worker, rig.queue)
    assert job.get_status() == 'failed' and not rig.redis.exists('runs')
    assert rig.redis.exists(between.get_first_seen_key(job.id))


def h15(rig):
    """A job that was canceled after it had been queued runs."""
    job = rig.queue.enqueue('deeds.count')
    job.set_status('canceled')
    rig.burst()
    assert rig.redis.get('runs') == b'1'


def h16(rig):
    """An idle worker takes another job after the suspension."""
    rig.start_worker()
    suspend(rig.redis)
    job = rig.queue.enqueue('deeds.count')
    rig.wait(lambda: job.get_status() == 'finished')
    assert rig.redis.exists('rq:suspended')


def h33(rig):
    """Between pop and claim a worker that has a job says it is idle, and the job is nowhere."""
    job = rig.queue.enqueue('deeds.count')
    seen = []

    def change(worker):
        def look(taken, _):
            seen.append((worker.get_state(), rig.places(taken.id)))
            worker.connection.set('seen', repr(seen))
            die()

        worker.execute_job = look

    rig.burst(['default', 'low'], change)
    assert rig.redis.get('seen') == b"[(<WorkerStatus.IDLE: 'idle'>, [])]", rig.redis.get('seen')
    assert job.get_status() == 'queued'


def h35(rig):
    """A job that expires between pop and start, under a host that fails, leaves a hash for ever."""
    job = rig.queue.enqueue('deeds.count', ttl=60)

    def change(worker):
        execute = worker.execute_job

        def expire(taken, queue):
            taken.perform = die_with_worker
            worker.connection.delete(taken.key)
            execute(taken, queue)

        worker.execute_job = expire

    rig.burst(change=change)
    rig.wait(lambda: rig.redis.exists(job.key))
    assert not rig.redis.hexists(job.key, 'data') and rig.redis.ttl(job.key) == -1
    rig.expire_leases()
    StartedJobRegistry(queue=rig.queue).cleanup()
    assert rig.redis.exists(job.key) and rig.places(job.id) == [], rig.places(job.id)


def h37(rig):
    """A job in the intermediate list of another queue than its own is dropped."""
    job = Queue('elsewhere', connection=rig.redis).enqueue('deeds.count')
    rig.redis.lmove('rq:queue:elsewhere', rig.queue.intermediate_queue.key, 'LEFT', 'RIGHT')
    rig.queue.intermediate_queue.cleanup(Worker([rig.queue], connection=rig.redis), rig.queue)
    assert job.get_status() == 'queued' and rig.places(job.id) == []


def h31(rig):
    """An error in the middle of maintenance keeps it locked for a quarter of an hour."""

    def change(_):
        import rq.worker.base

        def fail(*_):
            raise ConnectionError

        rq.worker.base.clean_registries = fail

    rig.burst(change=change)
    assert rig.redis.ttl('rq:clean_registries:default') > 800
