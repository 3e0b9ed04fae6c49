"""The jobs of a chaos run: what each does, and what must have become of it at the end."""
from datetime import timedelta

import work
from redis.exceptions import RedisError
from rq import Queue, Repeat, Retry

# By the number's remainder; the others are plain.
FAIL_ONCE, FAIL_ONCE_AND_WAIT, REPEAT, CHILD, SCHEDULED = (8, 9), (10,), (11,), (12, 13), (14, 15)
LONG, FAIL, HEIR, SHARED = (16,), (17,), (18,), (3, 19)


def name(number):
    return 'j-%d' % number


class Crowd:
    def __init__(self, place, redis, count):
        self.place = place
        self.redis = redis
        self.count = count
        self.queues = {kind: Queue(kind, connection=redis) for kind in ('main', 'shared')}

    def is_shared(self, number):
        """Whether rq's own worker may run it, too."""
        return number % 20 in SHARED

    def completions(self, number):
        """How often its function must at least have returned."""
        kind = number % 20
        return 0 if kind in FAIL else 2 if kind in REPEAT else 1

    def parents(self, number):
        kind = number % 20
        if kind in CHILD:
            return [number - 1]
        return [number - 4, number - 8] if kind in HEIR else []

    def enqueue(self, number):
        """Enqueues a job, unless it is there already: the reply to a push may have been lost."""
        if self.redis.exists('rq:job:' + name(number)):
            return
        kind = number % 20
        queue = self.queues['shared' if self.is_shared(number) else 'main']
        function, arguments = work.sleep, [(number * 7 % 20) / 1000]
        options = {'job_id': name(number), 'result_ttl': 86400, 'failure_ttl': 86400,
                   'job_timeout': 60, 'retry': Retry(max=50)}
        if kind in LONG:
            arguments = [1 + number * 3 % 10 / 10]
        elif kind in FAIL_ONCE + FAIL_ONCE_AND_WAIT:
            function, arguments = work.run, [True]
            options['retry'] = Retry(max=50, interval=1 if kind in FAIL_ONCE_AND_WAIT else 0)
        elif kind in REPEAT:
            options['repeat'] = Repeat(times=1, interval=1)
        elif kind in FAIL:
            function, arguments = work.fail, []
            options['retry'] = Retry(max=1)
        parents = [name(parent) for parent in self.parents(number)]
        if parents:
            options['depends_on'] = parents
        arguments = [self.place, name(number), *arguments]
        if kind in SCHEDULED:
            queue.enqueue_in(timedelta(seconds=1 + number % 9), function, *arguments, **options)
        else:
            queue.enqueue(function, *arguments, **options)

    def try_to_enqueue(self, number):
        try:
            self.enqueue(number)
            return True
        except RedisError:
            return False

    def states(self, numbers):
        """(status, repeats left) of each job."""
        pipeline = self.redis.pipeline(transaction=False)
        for number in numbers:
            pipeline.hmget('rq:job:' + name(number), 'status', 'repeats_left')
        return [(status or b'gone', left) for status, left in pipeline.execute()]

    def outstanding(self, numbers):
        """Those of these jobs that are not over."""
        left = []
        for number, (status, repeats) in zip(numbers, self.states(numbers)):
            wanted = b'failed' if number % 20 in FAIL else b'finished'
            if status not in (wanted, b'failed') or repeats not in (None, b'', b'0'):
                left.append(number)
        return left
