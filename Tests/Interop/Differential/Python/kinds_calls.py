"""What is called, and what it returns."""

import operator

import deeds
from differ import kind
from rq import Queue
from rq.decorators import job


@kind
def returns_none(k):
    k.enqueue(deeds.give, None)


@kind
def returns_false(k):
    k.enqueue(deeds.give, False)


@kind
def returns_text(k):
    k.enqueue(deeds.give, 'grüße\n\x00')


@kind
def returns_bytes(k):
    k.enqueue(deeds.give_bytes)


@kind
def returns_structure(k):
    k.enqueue(deeds.give, {'a': [1, 2.5, None], 'b': (True, {'c'})})


@kind
def returns_object(k):
    k.enqueue(deeds.give_thing)


@kind
def returns_exception(k):
    k.enqueue(deeds.give_error)


@kind
def returns_unserialisable(k):
    k.enqueue(deeds.give_lambda)


@kind
def named_arguments(k):
    k.enqueue(deeds.echo, 1, 'two', three=3, four=[4])


@kind
def looks_around(k):
    k.enqueue(deeds.look_around, meta={'given': 1}, job_timeout=99)


@kind
def coroutine(k):
    k.enqueue(deeds.wait_and_give, 5)


@kind
def coroutine_raises(k):
    k.enqueue(deeds.wait_and_fail)


@kind
def method(k):
    k.enqueue(deeds.Thing('one').method, 'or two')


@kind
def static_method(k):
    k.enqueue(deeds.Thing.static, 'or not')


@kind
def class_method(k):
    k.enqueue(deeds.Thing.of_class, 'or not')


@kind
def callable_instance(k):
    k.enqueue(deeds.Thing('one'), 'at noon')


@kind
def builtin(k):
    k.enqueue(len, [1, 2, 3])
    k.enqueue(operator.add, 1, 2, job='2')


@kind
def by_name(k):
    k.enqueue('deeds.give', 7)
    k.enqueue('deeds.Thing.static', 'by name', job='2')


@kind
def decorated(k):
    queue = k.queue()
    delayed = job(queue, connection=k.connection, result_ttl=1000)(deeds.give)
    delayed.delay(1, job_id=k.id('1'))


@kind
def unknown_function(k):
    k.enqueue('deeds.nothing_of_this_name')
    k.enqueue('no_such_module.function', job='2')


@kind
def wrong_arguments(k):
    k.enqueue(deeds.give, 1, 2, 3)


@kind
def enqueues_others(k):
    k.enqueue(deeds.enqueue_others, 3)


@kind
def enqueue_many(k):
    k.queue().enqueue_many(
        [Queue.prepare_data(deeds.give, (n,), job_id=k.id(str(n))) for n in range(3)]
    )


@kind
def described(k):
    k.enqueue(deeds.give, 1, description='in other words')
    k.enqueue(deeds.give, 'x' * 200, job='2')
