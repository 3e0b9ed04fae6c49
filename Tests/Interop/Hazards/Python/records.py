"""What a worker says of itself."""
from redis import Redis
from rq import Worker
from rq.command import send_shutdown_command


def h11(rig):
    """A worker whose hash has expired makes half a hash, and is listed no more."""
    worker = Worker(['default'], connection=rig.redis, name='w')
    worker.register_birth()
    rig.redis.delete('rq:worker:w')
    rig.redis.srem('rq:workers', 'rq:worker:w')
    worker.heartbeat()
    assert rig.redis.exists('rq:worker:w') and not rig.redis.hexists('rq:worker:w', 'birth')
    assert not rig.redis.sismember('rq:workers', 'rq:worker:w')


def h12(rig):
    """Two workers take the same name, and the end of one unregisters both."""
    first = Worker(['default'], connection=Redis.from_url(rig.url), name='w')
    second = Worker(['default'], connection=rig.redis, name='w')
    exists = first.connection.exists

    def look_and_wait(*keys):
        found = exists(*keys)
        second.register_birth()
        return found

    first.connection.exists = look_and_wait
    first.register_birth()
    first.register_death()
    assert not rig.redis.sismember('rq:workers', 'rq:worker:w')


def h26(rig):
    """A message that is no JSON makes a worker deaf to all that follow."""
    rig.start_worker()
    channel = 'rq:pubsub:w'
    rig.wait(lambda: rig.redis.pubsub_numsub(channel)[0][1] == 1)
    rig.redis.publish(channel, 'not json')
    send_shutdown_command(rig.redis, 'w')
    job = rig.queue.enqueue('deeds.count')
    rig.wait(lambda: job.get_status() == 'finished')
    assert rig.redis.hget('rq:worker:w', 'state') and rig.started[0].poll() is None


def h29(rig):
    """A queue with a comma in its name is shown as two."""
    Worker(['a,b'], connection=rig.redis, name='w').register_birth()
    assert Worker.all(connection=rig.redis)[0].queue_names() == ['a', 'b']
