"""Recording what became of a job."""
from redis.client import Pipeline
from redis.exceptions import ConnectionError
from rig import die, die_with_worker
from rq import Queue, Worker
from rq.job import Retry
from rq.rate_limit import RateLimit
from rq.registry import StartedJobRegistry
from rq.scheduler import RQScheduler


def h9(rig):
    """A hiccup of Redis after the job has finished runs it again."""
    job = rig.queue.enqueue('deeds.count', retry=Retry(max=1))

    def change(worker):
        record = worker.handle_job_success

        def hiccup(*arguments, **options):
            if worker.connection.incr('attempts') == 1:
                raise ConnectionError('connection reset')
            record(*arguments, **options)

        worker.handle_job_success = hiccup

    rig.burst(change=change)
    assert rig.redis.get('runs') == b'2' and job.get_status() == 'finished'


def h10(rig):
    """A failure that cannot be recorded is forgotten: the job stays started, by nobody."""
    job = rig.queue.enqueue('deeds.fail')

    def change(worker):
        record = worker.handle_job_failure

        def hiccup(*arguments, **options):
            execute = Pipeline.execute

            def fail(*_, **__):
                raise ConnectionError('connection reset')

            Pipeline.execute = fail
            try:
                record(*arguments, **options)
            finally:
                Pipeline.execute = execute

        worker.handle_job_failure = hiccup

    rig.burst(change=change)
    assert job.get_status() == 'started' and rig.redis.zcard('rq:failed:default') == 0


def h14(rig):
    """What a job has noted is gone when it is tried again after a kill."""
    rig.queue.enqueue(
        'deeds.note_and_die_once', retry=Retry(max=1), meta={'progress': 'none'})
    rig.burst()
    assert rig.redis.get('found') == b"{'progress': 'none'}", rig.redis.get('found')


def h19(rig):
    """A host that fails within a retry leaves a job that is scheduled nowhere."""
    job = rig.queue.enqueue('deeds.fail', retry=Retry(max=1, interval=60))

    def change(_):
        Queue.schedule_job = die_with_worker

    rig.burst(change=change)
    rig.wait(lambda: job.get_status() == 'scheduled')
    rig.expire_leases()
    StartedJobRegistry(queue=rig.queue).cleanup()
    rig.redis.delete('rq:queue:default:intermediate')
    assert rig.places(job.id) == [], rig.places(job.id)


def h20(rig):
    """Two schedulers that look at the same time queue a job twice."""
    from datetime import datetime, timedelta, timezone

    past = datetime.now(timezone.utc) - timedelta(seconds=5)
    job = rig.queue.enqueue_at(past, 'deeds.count')
    schedulers = [RQScheduler(['default'], connection=rig.redis) for _ in range(2)]
    for scheduler in schedulers:
        scheduler.prepare_registries(['default'])
    registry = schedulers[0]._scheduled_job_registries[0]
    look = registry.get_jobs_to_schedule

    def look_and_wait(*arguments):
        ids = look(*arguments)
        schedulers[1].enqueue_scheduled_jobs()
        return ids

    registry.get_jobs_to_schedule = look_and_wait
    schedulers[0].enqueue_scheduled_jobs()
    assert rig.places(job.id) == ['queue:default', 'queue:default'], rig.places(job.id)


def h21(rig):
    """The result of a failure is kept for ever."""
    job = rig.queue.enqueue('deeds.fail')
    rig.burst()
    assert rig.redis.ttl(job.key) > 0 and rig.redis.ttl(f'rq:results:{job.id}') == -1


def h24(rig):
    """The dependents of a job that runs longer than its ttl are forgotten."""
    first = rig.queue.enqueue('deeds.count')
    second = rig.queue.enqueue('deeds.outlive', 'rq:job:second:dependents', job_id='second',
                               ttl=1, depends_on=first)
    third = rig.queue.enqueue('deeds.count', depends_on=second)
    rig.burst()
    assert second.get_status() == 'finished' and third.get_status() == 'deferred'


def h27(rig):
    """A job that is deferred though its parent has finished waits for ever."""
    from rq import Worker
    parent = rig.queue.enqueue('deeds.count')
    child = rig.queue.enqueue('deeds.count', depends_on=parent)
    rig.redis.delete(parent.dependents_key)  # as if it had been entered an instant too late
    rig.burst()
    Worker([rig.queue], connection=rig.redis).clean_registries()
    assert parent.get_status() == 'finished' and rig.places(child.id) == ['deferred:default']


def h28(rig):
    """Success is recorded anew as often as a heartbeat touches the job's hash."""
    job = rig.queue.enqueue('deeds.count')
    rig.queue.enqueue('deeds.count', depends_on=job)

    def change(worker):
        record = worker.handle_job_success

        def touched(*arguments, **options):
            execute = Pipeline.execute

            def touch(pipeline, *arguments, **options):
                if rig.redis.incr('attempts') <= 100:
                    rig.redis.hset(job.key, 'last_heartbeat', '2026-11-23T08:46:55.792975Z')
                return execute(pipeline, *arguments, **options)

            Pipeline.execute = touch
            try:
                record(*arguments, **options)
            finally:
                Pipeline.execute = execute

        worker.handle_job_success = touched

    rig.burst(change=change)
    assert int(rig.redis.get('attempts')) > 100, rig.redis.get('attempts')


def h30(rig):
    """A kill between the outcome and the release of its slot keeps the slot taken."""
    limit = RateLimit('k', 1)
    first = rig.queue.enqueue('deeds.count', rate_limit=limit)
    second = rig.queue.enqueue('deeds.count', rate_limit=limit)

    def change(_):
        import rq.worker.base

        rq.worker.base.release_slot = die_with_worker

    rig.burst(change=change)
    rig.wait(lambda: first.get_status() == 'finished')
    assert rig.places(second.id) == ['rl:k:rate_limited'], rig.places(second.id)
    assert 'rl:k:allowed' in rig.places(first.id)
