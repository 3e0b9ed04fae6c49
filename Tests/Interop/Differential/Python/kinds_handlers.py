"""Exception handlers: three, in this order; the second one stops the chain for `stop here`."""

import deeds
from differ import kind
from rq import Retry


@kind
def handled(k):
    k.enqueue(deeds.fail, 'pass on')


@kind
def handled_and_stopped_there(k):
    k.enqueue(deeds.fail, 'stop here')


@kind
def handled_after_the_callback(k):
    k.enqueue(deeds.fail, 'pass on', on_failure=deeds.failed)


@kind
def handled_when_the_callback_raises(k):
    k.enqueue(deeds.fail, 'pass on', on_failure=deeds.fail_failed)


@kind
def handled_with_retry(k):
    k.enqueue(deeds.fail, 'pass on', retry=Retry(max=1))


@kind
def handler_gives_a_retry(k):
    k.enqueue(deeds.fail, 'pass on', job='given')


@kind
def handler_raises(k):
    k.enqueue(deeds.fail, 'break')


@kind
def not_handled_when_it_returns(k):
    k.enqueue(deeds.give, 1)


@kind
def not_handled_when_killed(k):
    k.enqueue(deeds.die)
