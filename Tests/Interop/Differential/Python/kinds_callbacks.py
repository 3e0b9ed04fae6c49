"""Callbacks that look around, and that change what becomes of their job."""

import callbacks
import deeds
from differ import kind
from rq import Callback, Repeat, Retry


@kind
def callbacks_look_around(k):
    k.enqueue(deeds.give, 1, on_success=callbacks.look_succeeded, meta={'a': 1})
    k.enqueue(deeds.fail, job='2', on_failure=callbacks.look_failed)


@kind
def callback_that_is_a_coroutine(k):
    k.enqueue(deeds.give, 1, on_success=callbacks.succeed_later)


@kind
def callback_without_limit(k):
    k.enqueue(deeds.give, 1, on_success=Callback(deeds.succeeded, timeout=-1))


@kind
def callback_enqueues(k):
    k.enqueue(deeds.give, 1, on_success=callbacks.enqueue_succeeded)


@kind
def on_failure_saves_meta(k):
    k.enqueue(deeds.fail, on_failure=callbacks.meta_failed)
    k.enqueue(deeds.fail, job='2', on_failure=callbacks.meta_failed, retry=Retry(max=1))


@kind
def on_failure_gives_a_retry(k):
    k.enqueue(deeds.fail, on_failure=callbacks.forgive)


@kind
def on_failure_raises_with_retry(k):
    k.enqueue(deeds.fail, on_failure=deeds.fail_failed, retry=Retry(max=1))


@kind
def on_success_of_each_repetition(k):
    k.enqueue(deeds.give, 1, on_success=deeds.succeeded, repeat=Repeat(times=2))


@kind
def on_success_raises_with_repetitions(k):
    k.enqueue(deeds.give, 1, on_success=deeds.fail_succeeded, repeat=Repeat(times=2))


@kind
def callbacks_and_lifetimes(k):
    k.enqueue(deeds.give, 1, on_success=deeds.succeeded, result_ttl=0)
    k.enqueue(deeds.fail, job='2', on_failure=deeds.failed, failure_ttl=2000)


@kind
def failure_callback_not_found(k):
    k.enqueue(deeds.fail, on_failure=Callback('deeds.no_such_callback'))
    k.enqueue(deeds.stop_itself, job='2', on_stopped=Callback('deeds.no_such_callback'))


@kind
def on_failure_of_a_broken_call(k):
    k.enqueue('deeds.nothing_of_this_name', on_failure=deeds.failed)
