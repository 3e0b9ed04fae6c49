"""Mixes by chance: each kind is a queue of jobs drawn from a seed.

DIFFERENTIAL_SEEDS, `FIRST COUNT`, names other seeds.
"""

import os
import random

import deeds
from differ import kind
from rq import Repeat, Retry
from rq.job import Dependency

JOBS = 8


def draw_call(chance):
    return chance.choice(
        (
            (deeds.give, ('a value',), {}),
            (deeds.give, (None,), {}),
            (deeds.echo, (1,), {'two': 2}),
            (deeds.fail, ('drawn',), {}),
            (deeds.fail_twice_then_give, (), {}),
            (deeds.ask_again_once, (), {'max': 2}),
            (deeds.ask_again, (), {'max': 1, 'interval': chance.choice((0, 900))}),
            (deeds.keep_meta, (chance.choice(('return', 'raise')),), {}),
            (deeds.change_meta_only, (), {}),
            (deeds.die, (), {}),
            (deeds.leave, (3,), {}),
            (deeds.wait_and_give, (5,), {}),
        )
    )


def draw_options(chance, parents):
    """Options of an enqueueing; a parent is given away once, for a set has no order."""
    options = {}

    def maybe(name, share, *values):
        if chance.random() < share:
            options[name] = chance.choice(values)

    maybe('result_ttl', 0.4, 0, -1, 2000)
    maybe('failure_ttl', 0.4, -1, 2000)
    maybe('ttl', 0.3, 3000)
    maybe('meta', 0.3, {'given': 1})
    maybe('at_front', 0.2, True)
    maybe('description', 0.2, 'drawn')
    maybe('on_success', 0.2, deeds.succeeded, deeds.fail_succeeded, deeds.change_succeeded)
    maybe('on_failure', 0.2, deeds.failed, deeds.fail_failed, deeds.change_failed)
    maybe('retry', 0.3, Retry(max=1), Retry(max=2, interval=[0, 900]))
    maybe('repeat', 0.2, Repeat(times=1), Repeat(times=2, interval=[0, 900]))
    if parents and chance.random() < 0.5:
        parent = parents.pop(chance.randrange(len(parents)))
        options['depends_on'] = Dependency(
            jobs=[parent],
            allow_failure=chance.random() < 0.5,
            enqueue_at_front=chance.random() < 0.3,
        )
    return options


def kind_of(seed):
    def enqueue(k):
        chance = random.Random(seed)
        parents = []
        for number in range(JOBS):
            function, arguments, named = draw_call(chance)
            options = draw_options(chance, parents)
            k.queue().enqueue_call(
                function, args=arguments, kwargs=named, job_id=k.id(str(number)), **options
            )
            parents.append(k.id(str(number)))

    return kind(enqueue)


first, count = map(int, os.environ.get('DIFFERENTIAL_SEEDS', '1 12').split())
for seed in range(first, first + count):
    globals()['random_%d' % seed] = kind_of(seed)
