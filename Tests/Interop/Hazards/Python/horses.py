"""The process of a job, and those who kill it."""
import os
import signal

from rig import DIE
from rq import SpawnWorker, Worker
from rq.command import handle_stop_job_command
from rq.job import Callback, Retry
from rq.registry import FailedJobRegistry, FinishedJobRegistry, StartedJobRegistry
from rq.repeat import Repeat


def h6(rig):
    """A stop between claim and fork kills the worker's own process group."""
    job = rig.queue.enqueue('deeds.count')

    def work(child):
        worker = Worker(['default'], connection=child.redis)
        worker.prepare_execution(job)
        handle_stop_job_command(worker, {'job_id': job.id})

    status = rig.child(work)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == DIE, status


def h7(rig):
    """A stop that comes when the job has ended stops the next run of the same id."""
    job = rig.queue.enqueue(
        'deeds.fail_after_the_first_run', repeat=Repeat(times=1), retry=Retry(max=3))

    def change(worker):
        monitor = worker.monitor_work_horse

        def stop_late(monitored, queue, execution):
            os.waitid(os.P_PID, worker.horse_pid, os.WEXITED | os.WNOWAIT)
            handle_stop_job_command(worker, {'job_id': monitored.id})
            worker.monitor_work_horse = monitor
            monitor(monitored, queue, execution)

        worker.monitor_work_horse = stop_late

    rig.burst(change=change)
    assert rig.redis.get('runs') == b'2' and job.get_status() == 'stopped', job.get_status()


def h8(rig):
    """A horse outlives its worker, and its job ends twice: failed and finished."""
    job = rig.queue.enqueue('deeds.hold')
    worker = rig.start_worker_for('began')
    worker.kill()
    worker.wait()
    rig.expire_leases()
    StartedJobRegistry(queue=rig.queue).cleanup()
    assert job.get_status() == 'failed'
    rig.redis.set('go', 1)
    rig.wait(lambda: job.get_status() == 'finished')
    assert job.id in FailedJobRegistry(queue=rig.queue)
    assert job.id in FinishedJobRegistry(queue=rig.queue)


def h13(rig):
    """A job without a timeout ends the worker at its first look, and the horse runs on."""
    job = rig.queue.enqueue('deeds.hold')
    rig.redis.hdel(job.key, 'timeout')
    rig.burst(job_monitoring_interval=1)
    assert job.get_status() == 'started' and not rig.redis.exists('ended')
    os.kill(int(rig.redis.get('began')), 0)
    rig.redis.set('go', 1)
    rig.wait(lambda: rig.redis.exists('ended'))


def h17(rig):
    """A cold stop leaves the job as started, by nobody."""
    job = rig.queue.enqueue('deeds.hold')
    worker = rig.start_worker_for('began')
    rig.wait(lambda: worker.poll() is not None or worker.send_signal(signal.SIGTERM))
    assert job.get_status() == 'started' and not rig.redis.sismember('rq:workers', 'rq:worker:w')
    assert rig.places(job.id) == ['wip:default'], rig.places(job.id)


def h22(rig):
    """How a process ended is a raw number, and its failure callback is not run."""
    job = rig.queue.enqueue('deeds.leave', 7, on_failure=Callback('deeds.told'))
    rig.burst()
    assert 'waitpid returned 1792' in job.latest_result().exc_string
    assert not rig.redis.exists('told')


def h23(rig):
    """SpawnWorker's horse has the password of Redis among its arguments."""
    rig.queue.enqueue('deeds.arguments_of_its_process')
    rig.redis.config_set('requirepass', 'open-sesame')
    rig.redis.auth('open-sesame')

    def work(_):
        from redis import Redis

        redis = Redis.from_url(rig.url.replace('://', '://:open-sesame@'))
        SpawnWorker(['default'], connection=redis).work(burst=True, logging_level='CRITICAL')

    rig.child(work)
    assert b'open-sesame' in rig.redis.get('arguments')


def h36(rig):
    """A horse that dies after its repetition was recorded: the job is scheduled and failed."""
    job = rig.queue.enqueue('deeds.count', repeat=Repeat(times=1, interval=60))

    def change(worker):
        record = worker.handle_job_success

        def record_and_die(*arguments, **options):
            record(*arguments, **options)
            os.kill(os.getpid(), DIE)

        worker.handle_job_success = record_and_die

    rig.burst(change=change)
    places = ['failed:default', 'finished:default', 'scheduled:default']
    assert rig.places(job.id) == places, rig.places(job.id)
