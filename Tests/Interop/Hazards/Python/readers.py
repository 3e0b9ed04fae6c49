"""Those who only want to know."""


def h18(rig):
    """`rq info` fails a job that runs, because its lease was not renewed in time."""
    job = rig.queue.enqueue('deeds.hold')
    rig.start_worker_for('began')
    rig.expire_leases()
    rig.rq('info')
    assert job.get_status() == 'failed' and not rig.redis.exists('ended')
    rig.redis.set('go', 1)
