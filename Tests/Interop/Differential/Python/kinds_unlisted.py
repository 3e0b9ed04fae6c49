"""Failures without RQ's default handler: jobs are only marked as failed."""

import deeds
from differ import kind
from rq import Callback, Repeat, Retry
from rq.job import Dependency


@kind
def unlisted(k):
    k.enqueue(deeds.fail, 'plainly')


@kind
def unlisted_with_lifetimes(k):
    k.enqueue(deeds.fail, failure_ttl=77, ttl=900)
    k.enqueue(deeds.fail, failure_ttl=0, job='2')


@kind
def unlisted_after_a_retry(k):
    k.enqueue(deeds.fail, retry=Retry(max=1))


@kind
def unlisted_with_callback(k):
    k.enqueue(deeds.fail, on_failure=Callback(deeds.failed))


@kind
def unlisted_death(k):
    k.enqueue(deeds.die)


@kind
def unlisted_with_dependent(k):
    job = k.enqueue(deeds.fail)
    k.enqueue(deeds.give, 2, job='2', depends_on=Dependency([job], allow_failure=True))
    k.enqueue(deeds.give, 3, job='3', depends_on=job)


@kind
def listed_when_it_returns(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=1))
