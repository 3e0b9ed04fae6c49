"""Jobs that wait for others."""

from datetime import timedelta

import deeds
import others
from differ import kind
from rq import Repeat, Retry
from rq.job import Dependency


@kind
def chain(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    k.enqueue(deeds.give, 3, job='3', depends_on=k.id('2'))


@kind
def several_parents(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2')
    k.enqueue(deeds.give, 3, job='3', depends_on=[k.id('1'), k.id('2')])


@kind
def diamond(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    k.enqueue(deeds.give, 3, job='3', on='-other', depends_on=k.id('1'))
    k.enqueue(deeds.give, 4, job='4', depends_on=[k.id('2'), k.id('3')])


@kind
def across_queues(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', on='-other', depends_on=k.id('1'))
    k.enqueue(deeds.give, 3, job='3', depends_on=k.id('2'))


@kind
def failed_parent(k):
    k.enqueue(deeds.fail)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))


@kind
def failed_parent_allowed(k):
    k.enqueue(deeds.fail)
    k.enqueue(
        deeds.give, 2, job='2', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )


@kind
def one_of_two_parents_failed(k):
    k.enqueue(deeds.fail)
    k.enqueue(deeds.give, 2, job='2')
    parents = [k.id('1'), k.id('2')]
    k.enqueue(deeds.give, 3, job='3', depends_on=parents)
    k.enqueue(deeds.give, 4, job='4', depends_on=Dependency(jobs=parents, allow_failure=True))


@kind
def retried_parent(k):
    k.enqueue(deeds.fail_twice_then_give, retry=Retry(max=3))
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))


@kind
def parent_that_asks_again_too_often(k):
    k.enqueue(deeds.ask_again, max=1)
    k.enqueue(
        deeds.give, 2, job='2', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )


@kind
def repeated_parent(k):
    k.enqueue(deeds.give, 1, repeat=Repeat(times=1))
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))


@kind
def canceled_parent(k):
    parent = k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    parent.cancel()


@kind
def canceled_parent_passes_on(k):
    parent = k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    parent.cancel(enqueue_dependents=True)


@kind
def stopped_parent(k):
    k.enqueue(deeds.stop_itself)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    k.enqueue(
        deeds.give, 3, job='3', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )


@kind
def killed_parent(k):
    k.enqueue(deeds.die)
    k.enqueue(
        deeds.give, 2, job='2', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )


@kind
def at_front(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(
        deeds.give,
        2,
        job='2',
        depends_on=Dependency(jobs=[k.id('1')], enqueue_at_front=True),
    )
    k.enqueue(deeds.give, 3, job='3')


@kind
def at_back(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    k.enqueue(deeds.give, 3, job='3')


@kind
def parent_without_result(k):
    k.enqueue(deeds.give, 1, result_ttl=0)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))


@kind
def failed_parent_without_trace(k):
    k.enqueue(deeds.fail, failure_ttl=0)
    k.enqueue(
        deeds.give, 2, job='2', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )


@kind
def dependent_with_ttl(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', ttl=3000, depends_on=k.id('1'))


@kind
def dependent_with_ttl_kept_for_ever(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', ttl=3000, result_ttl=-1, depends_on=k.id('1'))


@kind
def canceled_dependent(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1')).cancel()


@kind
def deleted_dependent(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1')).delete()


@kind
def enqueues_its_dependent(k):
    k.enqueue(deeds.enqueue_dependent_of_itself, 'deeds.give')


@kind
def enqueues_its_dependent_and_fails(k):
    k.enqueue(deeds.enqueue_dependent_of_itself, 'deeds.give', 'sorry')


@kind
def long_chain_that_breaks(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.fail, job='2', depends_on=k.id('1'))
    k.enqueue(deeds.give, 3, job='3', depends_on=k.id('2'))
    k.enqueue(
        deeds.give, 4, job='4', depends_on=Dependency(jobs=[k.id('2')], allow_failure=True)
    )


@kind
def parent_that_has_ended(k):
    parent = k.enqueue(deeds.give, 1)
    parent.set_status('finished')
    k.connection.lrem('rq:queue:' + k.name, 1, parent.id)
    k.enqueue(deeds.give, 2, job='2', depends_on=parent)


@kind
def parent_that_is_gone(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=[k.id('1'), k.id('ghost')])


@kind
def time_and_parent(k):
    k.enqueue(deeds.fail)
    k.queue().enqueue_in(
        timedelta(seconds=900), deeds.give, 2, job_id=k.id('2'), depends_on=k.id('1')
    )


@kind
def dependent_with_all_options(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(
        deeds.keep_meta,
        'raise',
        job='2',
        depends_on=k.id('1'),
        retry=Retry(max=1),
        on_failure=deeds.failed,
        meta={'given': 1},
        description='all of it',
        failure_ttl=2000,
    )


@kind
def repeated_dependent(k):
    k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'), repeat=Repeat(times=1))


@kind
def stopped_parent_allowed_in_chain(k):
    k.enqueue(deeds.stop_itself)
    k.enqueue(
        deeds.give, 2, job='2', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )
    k.enqueue(deeds.give, 3, job='3', depends_on=k.id('2'))


@kind
def killed_parent_with_retry(k):
    k.enqueue(deeds.die, retry=Retry(max=1))
    k.enqueue(
        deeds.give, 2, job='2', depends_on=Dependency(jobs=[k.id('1')], allow_failure=True)
    )


@kind
def failed_parent_of_two_queues(k):
    k.enqueue(deeds.fail)
    for number, queue in ((2, ''), (3, '-other')):
        k.enqueue(
            deeds.give,
            number,
            job=str(number),
            on=queue,
            depends_on=Dependency(jobs=[k.id('1')], allow_failure=True, enqueue_at_front=True),
        )


@kind
def canceled_parent_of_two(k):
    parent = k.enqueue(deeds.give, 1)
    k.enqueue(deeds.give, 2, job='2')
    k.enqueue(deeds.give, 3, job='3', depends_on=[k.id('1'), k.id('2')])
    parent.cancel()


@kind
def failed_parent_requeued(k):
    k.enqueue(others.fail_once_only)
    k.enqueue(deeds.give, 2, job='2', depends_on=k.id('1'))
    k.enqueue(others.requeue_another, k.id('1'), job='3')
