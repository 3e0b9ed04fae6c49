"""A serializer of the application's own, and a lifetime of results that the worker gives."""

import deeds
from classes import OwnSerializer as serializer  # noqa: F401 - what the mix's queues use
from differ import kind
from rq import Retry


@kind
def own_serializer(k):
    k.enqueue(deeds.echo, 1, 'two', three=[3.5, None], meta={'a': 1})
    k.enqueue(deeds.give_lambda, job='2')
    k.enqueue(deeds.ask_again_once, max=1, job='3')


@kind
def own_serializer_fails(k):
    k.enqueue(deeds.keep_meta, 'raise', retry=Retry(max=1), on_failure=deeds.failed)


@kind
def lifetime_of_the_worker(k):
    for name, ttl in (('none', None), ('zero', 0), ('ever', -1), ('some', 2000)):
        k.enqueue(deeds.give, 1, job=name, result_ttl=ttl)
    k.enqueue(deeds.fail, job='failed')
