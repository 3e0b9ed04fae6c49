"""Queues that are served in turn: the one that gave a job comes last."""

import deeds
from differ import kind


@kind
def in_turn(k):
    for queue, jobs in (('-a', 5), ('-b', 2), ('-c', 0), ('-d', 3)):
        k.queue(queue)
        for number in range(jobs):
            k.enqueue(deeds.give, number, job='%s%d' % (queue[1:], number), on=queue)
