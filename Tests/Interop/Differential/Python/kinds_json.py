"""The JSON serializer."""

import deeds
from differ import kind
from rq import Retry
from rq.serializers import JSONSerializer

serializer = JSONSerializer


@kind
def json_call(k):
    k.enqueue(deeds.echo, 1, 'two', three=[3.5, None], meta={'a': 1})


@kind
def json_none(k):
    k.enqueue(deeds.give, None)


@kind
def json_unserialisable(k):
    k.enqueue(deeds.give_bytes)


@kind
def json_raises(k):
    k.enqueue(deeds.fail, retry=Retry(max=1), on_failure=deeds.failed)


@kind
def json_meta(k):
    k.enqueue(deeds.keep_meta)


@kind
def json_retry(k):
    k.enqueue(deeds.ask_again_once, max=2)


@kind
def json_dependent(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
