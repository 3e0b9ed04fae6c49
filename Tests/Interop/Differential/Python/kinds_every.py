"""What every release of rq knows: each of them is compared with these."""

import deeds
import rq
from differ import kind
from rq import Retry
from rq.job import Callback, Dependency

RELEASE = tuple(int(number) for number in rq.VERSION.split('.')[:2])


@kind
def each_gives(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, None, job='2')
    k.enqueue(deeds.echo, 1, 'two', job='3', three=[3.5, None], meta={'a': 1})


@kind
def each_raises(k):
    k.enqueue(deeds.fail, 'plainly')
    k.enqueue(deeds.fail_from, job='2')


@kind
def each_retries(k):
    k.enqueue(deeds.fail, retry=Retry(max=1))
    k.enqueue(deeds.fail_twice_then_give, job='2', retry=Retry(max=3))
    k.enqueue(deeds.fail, job='3', retry=Retry(max=2, interval=[900, 1900]))


@kind
def each_dies(k):
    k.enqueue(deeds.die)
    k.enqueue(deeds.exit_hard, 7, job='2')


@kind
def each_oversleeps(k):
    k.enqueue(deeds.oversleep, job_timeout=1)


@kind
def each_is_stopped(k):
    k.enqueue(deeds.stop_itself)


@kind
def each_lives(k):
    for name, ttl in (('zero', 0), ('ever', -1), ('some', 2000)):
        k.enqueue(deeds.give, 1, job=name, result_ttl=ttl)
    for name, ttl in (('lasts', -1), ('fades', 2000)):
        k.enqueue(deeds.fail, job=name, failure_ttl=ttl)


@kind
def each_waits(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    k.enqueue(deeds.fail, job='3')
    k.enqueue(deeds.give, 4, job='4', depends_on=Dependency([k.id('3')], allow_failure=True))
    k.enqueue(deeds.give, 5, job='5', depends_on=k.id('3'))


@kind
def each_is_called_back(k):
    calls = {
        'on_success': Callback(deeds.succeeded),
        'on_failure': Callback(deeds.failed),
    }
    k.enqueue(deeds.give, 1, **calls)
    k.enqueue(deeds.fail, job='2', **calls)
    k.enqueue(deeds.give, 3, job='3', on_success=Callback(deeds.fail_succeeded))


@kind
def each_keeps_meta(k):
    for then in ('return', 'raise', 'die'):
        k.enqueue(deeds.keep_meta, then, job=then)


@kind
def each_looks_around(k):
    k.enqueue(deeds.look_around, meta={'given': 1})


@kind
def each_is_seen(k):
    k.enqueue(deeds.look_at_itself_from_outside)


@kind
def each_enqueues_others(k):
    k.enqueue(deeds.enqueue_others, 2)


@kind
def each_has_a_ttl(k):
    k.enqueue(deeds.give, 1, ttl=3000)


if RELEASE < (2, 8):

    @kind
    def each_odd_id(k):
        k.enqueue(deeds.look_at_itself_from_outside, job='site.example||a')


if RELEASE < (2, 0):

    @kind
    def each_id_with_a_colon(k):
        k.enqueue(deeds.look_at_itself_from_outside, job='a:b')
