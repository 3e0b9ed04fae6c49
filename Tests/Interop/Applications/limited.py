"""Jobs that count how many of them run at once."""

import os
import signal
import time

from rq import get_current_job

ENTER = """
local inside = redis.call('SCARD', KEYS[1])
if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then inside = inside + 1 end
if inside > tonumber(redis.call('GET', KEYS[2]) or 0) then redis.call('SET', KEYS[2], inside) end
"""


def enter(then):
    """Notes how many are inside, stays a moment, and leaves as it is told."""
    job = get_current_job()
    job.connection.eval(ENTER, 2, 'inside', 'most', job.id)
    job.connection.sadd('entered:by', os.environ['RQ_WORKER_ID'])
    time.sleep(0.02)
    job.connection.srem('inside', job.id)
    if then == 'raise':
        raise ValueError('as told')
    if then == 'die':
        os.kill(os.getpid(), signal.SIGKILL)
