"""Rate limits, webhooks, groups and unique jobs, together with what else a job can be."""

import deeds
from differ import kind
from rq import Queue, Repeat, Retry, Webhook
from rq.exceptions import DuplicateJobError
from rq.group import Group
from rq.rate_limit import RateLimit


def limited(k, function, *arguments, count=3, slots=1, **options):
    for number in range(count):
        limit = RateLimit(k.id('limit'), slots)
        k.enqueue(function, *arguments, job=str(number), rate_limit=limit, **options)


@kind
def two_slots(k):
    limited(k, deeds.give, 1, count=5, slots=2)


@kind
def slot_and_repeat(k):
    limited(k, deeds.give, 1, count=2, repeat=Repeat(times=1))


@kind
def slot_and_later_repeat(k):
    limited(k, deeds.give, 1, count=2, repeat=Repeat(times=1, interval=900))


@kind
def slot_and_returned_retry(k):
    limited(k, deeds.ask_again_once, count=2, max=1)


@kind
def slot_and_later_returned_retry(k):
    limited(k, deeds.ask_again_once, count=2, max=1, interval=900)


@kind
def slot_and_too_many_retries(k):
    limited(k, deeds.ask_again, count=2, max=1)


@kind
def slot_of_the_stopped(k):
    limited(k, deeds.stop_itself, count=2)


@kind
def slot_of_the_failed_without_trace(k):
    limited(k, deeds.fail, count=2, failure_ttl=0)


@kind
def slot_at_front(k):
    limited(k, deeds.give, 1, at_front=True)


@kind
def slot_of_the_canceled(k):
    limited(k, deeds.give, 1)
    k.queue().fetch_job(k.id('1')).cancel()


@kind
def two_limits(k):
    for number in range(4):
        limit = RateLimit(k.id('limit%d' % (number % 2)), 1)
        k.enqueue(deeds.give, number, job=str(number), rate_limit=limit)


@kind
def limit_that_grows(k):
    for number in range(4):
        k.enqueue(deeds.give, 1, job=str(number), rate_limit=RateLimit(k.id('limit'), number + 1))


def hooks(k):
    return [Webhook(k.sink, status, method='POST') for status in ('finished', 'failed')]


@kind
def webhooks_of_repetitions(k):
    k.enqueue(deeds.give, 1, webhooks=hooks(k), repeat=Repeat(times=1))


@kind
def webhooks_of_a_returned_retry(k):
    k.enqueue(deeds.ask_again, max=1, webhooks=hooks(k))


@kind
def webhooks_of_a_job_that_leaves_nothing(k):
    k.enqueue(deeds.give, 1, webhooks=hooks(k), result_ttl=0)


@kind
def webhooks_when_the_callback_raises(k):
    k.enqueue(deeds.give, 1, webhooks=hooks(k), on_success=deeds.fail_succeeded)


@kind
def group_that_goes_on(k):
    members = [
        Queue.prepare_data(deeds.fail_twice_then_give, job_id=k.id('1'), retry=Retry(max=3)),
        Queue.prepare_data(deeds.give, (2,), job_id=k.id('2'), repeat=Repeat(times=1)),
        Queue.prepare_data(deeds.stop_itself, job_id=k.id('3')),
        Queue.prepare_data(deeds.fail, job_id=k.id('4'), failure_ttl=0),
    ]
    Group.create(connection=k.connection, name=k.id('group')).enqueue_many(k.queue(), members)


@kind
def unique_twice(k):
    k.enqueue(deeds.give, 1, unique=True)
    try:
        k.enqueue(deeds.give, 2, unique=True)
    except DuplicateJobError:
        k.enqueue(deeds.give, 2, job='2', unique=True, result_ttl=0)
