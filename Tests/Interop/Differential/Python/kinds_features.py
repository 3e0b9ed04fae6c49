"""Meta, changed attributes, callbacks, groups, limits, webhooks."""

import operator

import deeds
from differ import kind
from rq import Callback, Queue, Repeat, Retry, Webhook
from rq.group import Group
from rq.rate_limit import RateLimit


@kind
def meta_given(k):
    k.enqueue(deeds.give, 1, meta={'a': {'b': 2}})


@kind
def meta_saved(k):
    k.enqueue(deeds.keep_meta, meta={'before': 0})


@kind
def meta_saved_then_raises(k):
    k.enqueue(deeds.keep_meta, 'raise')


@kind
def meta_saved_then_killed(k):
    k.enqueue(deeds.keep_meta, 'die', meta={'before': 0})


@kind
def meta_saved_then_retried(k):
    k.enqueue(deeds.keep_meta, 'raise', retry=Retry(max=1, interval=900))


@kind
def meta_changed_only(k):
    k.enqueue(deeds.change_meta_only)


@kind
def meta_changed_then_repeated(k):
    k.enqueue(deeds.change_meta_only, repeat=Repeat(times=1, interval=900))


@kind
def changes_result_ttl_inside(k):
    k.queue().enqueue_call(deeds.change, kwargs={'result_ttl': 2000}, job_id=k.id('1'))
    k.queue().enqueue_call(deeds.change, kwargs={'result_ttl': -1}, job_id=k.id('2'))


@kind
def changes_failure_ttl_inside(k):
    k.queue().enqueue_call(
        deeds.change, kwargs={'failing': True, 'failure_ttl': 2000}, job_id=k.id('1')
    )


@kind
def changes_description_inside(k):
    k.queue().enqueue_call(deeds.change, kwargs={'description': 'new words'}, job_id=k.id('1'))


@kind
def changes_timeout_inside(k):
    k.queue().enqueue_call(deeds.change, kwargs={'timeout': 1234}, job_id=k.id('1'))


@kind
def takes_its_retries(k):
    k.queue().enqueue_call(
        deeds.change,
        kwargs={'failing': True, 'retries_left': 0},
        job_id=k.id('1'),
        retry=Retry(max=3),
    )


@kind
def gives_itself_a_retry(k):
    k.queue().enqueue_call(
        deeds.change,
        kwargs={'failing': True, 'retries_left': 2, 'retry_intervals': [900]},
        job_id=k.id('1'),
    )


@kind
def saves_itself(k):
    k.enqueue(deeds.save_itself)
    k.enqueue(deeds.save_itself, True, job='2')


@kind
def on_success(k):
    k.enqueue(deeds.give, 1, on_success=deeds.succeeded, on_failure=deeds.failed)


@kind
def on_failure(k):
    k.enqueue(deeds.fail, on_success=deeds.succeeded, on_failure=deeds.failed)


@kind
def on_failure_with_retry(k):
    k.enqueue(deeds.fail, on_failure=deeds.failed, retry=Retry(max=1))


@kind
def callbacks_by_name(k):
    k.enqueue(deeds.give, 1, on_success=Callback('deeds.succeeded', timeout=5))
    k.enqueue(deeds.fail, job='2', on_failure=Callback('deeds.failed', timeout='5m'))


@kind
def on_success_raises(k):
    k.enqueue(deeds.give, 1, on_success=deeds.fail_succeeded, on_failure=deeds.failed)


@kind
def on_success_raises_with_retry(k):
    k.enqueue(deeds.give, 1, on_success=deeds.fail_succeeded, retry=Retry(max=1))


@kind
def on_failure_raises(k):
    k.enqueue(deeds.fail, on_failure=deeds.fail_failed)


@kind
def on_success_times_out(k):
    k.enqueue(deeds.give, 1, on_success=Callback(deeds.slow_succeeded, timeout=1))


@kind
def on_failure_times_out(k):
    k.enqueue(deeds.fail, on_failure=Callback(deeds.slow_failed, timeout=1))


@kind
def callback_not_found(k):
    k.enqueue(deeds.give, 1, on_success=Callback('deeds.no_such_callback'))


@kind
def callback_saves_meta(k):
    k.enqueue(deeds.give, 1, on_success=deeds.meta_succeeded)


@kind
def callbacks_change_the_job(k):
    k.enqueue(deeds.give, 1, on_success=deeds.change_succeeded)
    k.enqueue(deeds.fail, job='2', on_failure=deeds.change_failed)


@kind
def callback_of_a_returned_retry(k):
    k.enqueue(deeds.ask_again, max=1, on_success=deeds.succeeded, on_failure=deeds.failed)


@kind
def group(k):
    members = [
        Queue.prepare_data(deeds.give, (1,), job_id=k.id('1')),
        Queue.prepare_data(deeds.fail, job_id=k.id('2')),
        Queue.prepare_data(deeds.give, (3,), job_id=k.id('3'), result_ttl=0),
    ]
    Group.create(connection=k.connection, name=k.id('group')).enqueue_many(k.queue(), members)


@kind
def unique(k):
    k.enqueue(deeds.give, 1, unique=True)


@kind
def deletes_itself(k):
    k.enqueue(deeds.delete_itself)


@kind
def cancels_itself(k):
    k.enqueue(deeds.cancel_itself)


@kind
def deleted_before(k):
    k.enqueue(deeds.give, 1)
    k.connection.delete('rq:job:' + k.id('1'))


@kind
def rate_limited(k):
    for number in range(3):
        k.enqueue(deeds.give, number, job=str(number), rate_limit=RateLimit(k.id('limit'), 1))


@kind
def rate_limited_failing(k):
    for number in range(2):
        k.enqueue(deeds.fail, job=str(number), rate_limit=RateLimit(k.id('limit'), 1))


@kind
def rate_limited_with_retry(k):
    limit = RateLimit(k.id('limit'), 1)
    k.enqueue(deeds.fail, rate_limit=limit, retry=Retry(max=1))
    k.enqueue(deeds.give, 2, job='2', rate_limit=limit)


@kind
def rate_limited_with_later_retry(k):
    limit = RateLimit(k.id('limit'), 1)
    k.enqueue(deeds.fail, rate_limit=limit, retry=Retry(max=1, interval=900))
    k.enqueue(deeds.give, 2, job='2', rate_limit=limit)


@kind
def rate_limited_without_result(k):
    for number in range(2):
        k.enqueue(
            deeds.give,
            number,
            job=str(number),
            rate_limit=RateLimit(k.id('limit'), 1),
            result_ttl=0,
        )


@kind
def rate_limited_and_killed(k):
    for number in range(2):
        k.enqueue(deeds.die, job=str(number), rate_limit=RateLimit(k.id('limit'), 1))


@kind
def rate_limited_dependents(k):
    k.enqueue(deeds.give, 0, job='0')
    for number in range(1, 3):
        k.enqueue(
            operator.add,
            number,
            1,
            job=str(number),
            rate_limit=RateLimit(k.id('limit'), 1),
            depends_on=k.id('0'),
        )


@kind
def webhooks(k):
    hooks = [
        Webhook(k.sink, 'finished'),
        Webhook(k.sink, 'finished', method='POST', headers={'X-Own': 'yes'}),
        Webhook(k.sink, 'failed', method='POST'),
    ]
    k.enqueue(deeds.give, 1, webhooks=hooks)
    k.enqueue(deeds.fail, job='2', webhooks=hooks)
    k.enqueue(deeds.fail, job='3', webhooks=hooks, retry=Retry(max=1))
    k.enqueue(deeds.give, 4, job='4', webhooks=[Webhook('http://127.0.0.1:1/', 'finished')])


@kind
def webhooks_of_the_killed(k):
    hooks = [Webhook(k.sink, status, method='POST') for status in ('finished', 'failed')]
    k.enqueue(deeds.die, webhooks=hooks)
    k.enqueue(deeds.stop_itself, job='2', webhooks=hooks)


@kind
def z_counts(k):
    k.enqueue(deeds.count_of_workers_jobs)
