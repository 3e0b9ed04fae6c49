"""What is called, and what it returns."""

import functools
import operator

import deeds
import forms
import others
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
def waits_for_redis(k):
    k.enqueue(deeds.give_patience)


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


@kind
def builtin_by_name(k):
    k.enqueue('len', [1, 2, 3])


@kind
def class_is_called(k):
    k.enqueue('deeds.Thing', 'made by a job')


@kind
def partial(k):
    k.enqueue(functools.partial(deeds.give, 'in part'))


@kind
def decorated_function(k):
    k.enqueue(forms.wrapped, 1)


@kind
def lambda_function(k):
    k.enqueue(forms.no_name, 1)
    k.enqueue(forms.inner_function(), 1, job='2')


@kind
def coroutine_method(k):
    k.enqueue(deeds.Thing('one').wait, 'a while')


@kind
def returns_generator(k):
    k.enqueue(forms.give_generator)


@kind
def returns_job_and_none(k):
    k.enqueue(forms.give_current_job_id)


@kind
def module_that_breaks(k):
    k.enqueue('broken.function')


@kind
def reads_itself_anew(k):
    k.enqueue(others.read_itself_anew, meta={'given': 1})


@kind
def cancels_another(k):
    k.enqueue(others.cancel_another, k.id('2'))
    k.enqueue(deeds.give, 2, job='2')
    k.enqueue(deeds.give, 3, job='3', depends_on=k.id('2'))


@kind
def deletes_another(k):
    k.enqueue(others.delete_another, k.id('2'))
    k.enqueue(deeds.give, 2, job='2')


@kind
def requeues_another(k):
    k.enqueue(others.fail_once_only)
    k.enqueue(others.requeue_another, k.id('1'), job='2')


@kind
def schedules_others(k):
    k.enqueue(others.schedule_others)


@kind
def put_at_front(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', at_front=True)


@kind
def prepared_many(k):
    k.queue().enqueue_many(
        [
            Queue.prepare_data(
                deeds.keep_meta,
                (word,),
                job_id=k.id(word),
                meta={'of': word},
                result_ttl=2000,
                failure_ttl=3000,
                description=word,
                at_front=word == 'raise',
            )
            for word in ('return', 'raise')
        ]
    )
