"""An exception handler that looks at the failure in Redis, and queues the job again.

In rq 1 a failure is recorded before the handlers are asked, later they are asked first.
"""

import deeds
import rq
from differ import kind
from rq import Retry


@kind
def after_a_failure(k):
    k.enqueue(deeds.fail, 'plainly')


@kind
def after_a_retry(k):
    k.enqueue(deeds.fail, retry=Retry(max=1))
    k.enqueue(deeds.fail, job='2', retry=Retry(max=1, interval=900))


@kind
def after_meta(k):
    k.enqueue(deeds.keep_meta, 'raise')


if rq.VERSION.startswith('1.'):

    @kind
    def after_requeue(k):
        k.enqueue(deeds.fail_twice_then_give, job='again')
