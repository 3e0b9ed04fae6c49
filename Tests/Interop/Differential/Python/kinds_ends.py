"""How jobs end: by raising, with retries, stopped, killed, and how long that is kept."""

import signal
from datetime import timedelta

import callbacks
import deeds
import forms
import others
from differ import kind
from rq import Callback, Repeat, Retry


@kind
def raises(k):
    k.enqueue(deeds.fail, 'plainly')


@kind
def raises_own_class(k):
    k.enqueue(deeds.fail_own)


@kind
def raises_from_another(k):
    k.enqueue(deeds.fail_from)


@kind
def system_exit(k):
    k.enqueue(deeds.leave, 0)
    k.enqueue(deeds.leave, 3, job='2')


@kind
def keyboard_interrupt(k):
    k.enqueue(deeds.interrupt)


@kind
def retries_at_once(k):
    k.enqueue(deeds.fail, retry=Retry(max=2))


@kind
def retries_until_it_returns(k):
    k.enqueue(deeds.fail_twice_then_give, retry=Retry(max=3))


@kind
def retries_later(k):
    k.enqueue(deeds.fail, retry=Retry(max=3, interval=[900, 1900, 2900]))


@kind
def retries_at_once_then_later(k):
    k.enqueue(deeds.fail, retry=Retry(max=2, interval=[0, 1900]))


@kind
def retries_with_few_intervals(k):
    k.enqueue(deeds.fail, retry=Retry(max=3, interval=[0, 1900]))


@kind
def retries_at_front(k):
    k.enqueue(deeds.fail, retry=Retry(max=1, enqueue_at_front=True))
    k.enqueue(deeds.give, 1, job='2')


@kind
def retries_at_back(k):
    k.enqueue(deeds.fail, retry=Retry(max=1))
    k.enqueue(deeds.give, 1, job='2')


@kind
def returns_retry(k):
    k.enqueue(deeds.ask_again_once, max=2)


@kind
def returns_retry_later(k):
    k.enqueue(deeds.ask_again, max=2, interval=[900, 1900])


@kind
def returns_retry_too_often(k):
    k.enqueue(deeds.ask_again, max=2)


@kind
def returns_retry_at_front(k):
    k.enqueue(deeds.ask_again_once, max=2, enqueue_at_front=True)
    k.enqueue(deeds.give, 1, job='2')


@kind
def returns_retry_with_failure_ttl(k):
    k.enqueue(deeds.ask_again, max=1, failure_ttl=2000)


@kind
def repeats(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=2))


@kind
def repeats_later(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=2, interval=[900, 1900]))


@kind
def repeats_with_result_ttl_zero(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=1), result_ttl=0)


@kind
def repeats_until_it_raises(k):
    k.enqueue(deeds.fail, 1, repeat=Repeat(times=2))


@kind
def result_ttl(k):
    for name, ttl in (('none', None), ('zero', 0), ('ever', -1), ('some', 2000)):
        k.enqueue(deeds.give, 1, job=name, result_ttl=ttl)


@kind
def failure_ttl_none(k):
    k.enqueue(deeds.fail)


@kind
def failure_ttl_zero(k):
    k.enqueue(deeds.fail, failure_ttl=0)


@kind
def failure_ttl(k):
    for name, ttl in (('ever', -1), ('some', 2000)):
        k.enqueue(deeds.fail, job=name, failure_ttl=ttl)


@kind
def waiting_ttl(k):
    k.enqueue(deeds.give, 1, ttl=3000)
    k.enqueue(deeds.fail, job='2', ttl=3000, retry=Retry(max=1))
    k.enqueue(deeds.fail, job='3', ttl=3000, retry=Retry(max=1, interval=900))


@kind
def times_out(k):
    k.enqueue(deeds.oversleep, job_timeout=1)
    k.enqueue(deeds.swallow_timeout, job='2', job_timeout=1)


@kind
def times_out_with_retry(k):
    k.enqueue(deeds.oversleep, job_timeout=1, retry=Retry(max=1), on_failure=deeds.failed)


@kind
def never_times_out(k):
    k.enqueue(deeds.look_around, job_timeout=-1)


@kind
def stopped(k):
    k.enqueue(deeds.stop_itself, retry=Retry(max=2), on_failure=deeds.failed)


@kind
def stopped_with_callback(k):
    k.enqueue(deeds.stop_itself, on_stopped=deeds.stopped, meta={'a': 1})


@kind
def stopped_callback_raises(k):
    k.enqueue(deeds.stop_itself, on_stopped=deeds.fail_stopped)


@kind
def stopped_callback_times_out(k):
    k.enqueue(deeds.stop_itself, on_stopped=Callback(deeds.slow_stopped, timeout=1))


@kind
def killed(k):
    k.enqueue(deeds.die, on_failure=deeds.failed)


@kind
def killed_with_retry(k):
    k.enqueue(deeds.die, signal.SIGSEGV, retry=Retry(max=1))


@kind
def exits(k):
    k.enqueue(deeds.exit_hard, 7)


@kind
def raises_without_text(k):
    k.enqueue(forms.raise_unprintable)


@kind
def raises_group(k):
    k.enqueue(forms.raise_group)


@kind
def returns_retry_then_raises(k):
    k.enqueue(others.retry_or_fail, 0, retry=Retry(max=1))
    k.enqueue(others.retry_or_fail, 900, job='2')


@kind
def retries_see_their_meta(k):
    k.enqueue(others.count_notes, retry=Retry(max=5))


@kind
def retries_with_ttls(k):
    for name, ttl in (('ever', -1), ('some', 2000)):
        k.enqueue(
            deeds.fail_twice_then_give,
            job=name,
            retry=Retry(max=3),
            result_ttl=ttl,
            failure_ttl=ttl,
        )


@kind
def returns_retry_with_callbacks_and_parent(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(
        deeds.ask_again_once, max=1, job='2', depends_on=k.id('1'), on_success=deeds.succeeded
    )


@kind
def repeats_for_ever_kept(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=2), result_ttl=-1, on_success=deeds.succeeded)


@kind
def repeats_with_retries(k):
    k.enqueue(deeds.fail_twice_then_give, repeat=Repeat(times=1), retry=Retry(max=4))


@kind
def repeats_many_pauses(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=3, interval=[0, 0, 1900]), meta={'a': 1})


@kind
def failure_and_result_ttl(k):
    k.enqueue(deeds.fail, result_ttl=0)
    k.enqueue(deeds.give, 1, job='2', failure_ttl=0, result_ttl=3000)


@kind
def timeout_as_text(k):
    k.enqueue(deeds.look_around, job_timeout='2m')
    k.enqueue(deeds.look_around, job='2', job_timeout='1h')


@kind
def timeout_absent(k):
    k.connection.hdel(k.enqueue(deeds.look_around).key, 'timeout')


@kind
def times_out_and_tells(k):
    k.enqueue(deeds.oversleep, job_timeout=1, on_failure=callbacks.look_failed)


@kind
def waits_for_its_time(k):
    k.queue().enqueue_in(timedelta(seconds=900), deeds.give, 1, job_id=k.id('1'), meta={'a': 1})


@kind
def killed_without_trace(k):
    k.enqueue(deeds.die, failure_ttl=0)


@kind
def stopped_without_trace(k):
    k.enqueue(deeds.stop_itself, failure_ttl=0)


@kind
def exits_with_retries_at_front(k):
    k.enqueue(deeds.exit_hard, 7, retry=Retry(max=1, enqueue_at_front=True))
    k.enqueue(deeds.give, 1, job='2')
