"""The jobs of a mixed fleet, and what each must come to: one table for producers and readers.
"""

import os

from rq import get_current_job

# How kinds are spread over each twenty numbers.
KINDS = (
    ['note'] * 11
    + ['retried', 'retried_later', 'out_of_retries', 'fails', 'parent', 'child', 'heir']
    + ['repeated', 'result']
)
RUNS = {'retried': 3, 'retried_later': 2, 'out_of_retries': 2, 'repeated': 3}


def kind_of(number, release):
    """What job `number` is, if a producer of this release makes it."""
    kind = KINDS[number % len(KINDS)]
    return 'note' if kind == 'repeated' and release.startswith('1.') else kind


def queue_of(kind):
    """Where a job goes: to a queue that all workers serve, or to one that rq 1.16 does not."""
    return 'modern' if kind == 'repeated' else 'common'


def expected(number, kind):
    """How often it runs, its value, and the last line of its last failure."""
    runs = RUNS.get(kind, 1)
    if kind in ('fails', 'out_of_retries'):
        return runs, None, f'ValueError: job {number}'
    if kind == 'result':
        value = {'number': number, 'text': 'Grüße 🐇', 'bytes': bytes(range(256)) * 8}
        return runs, value, None
    return runs, 3 * number, None


def run(number, kind):
    """The job: notes that it ran, then does what its kind does."""
    line = f'{os.environ["RQ_JOB_ID"]} {os.environ["RQ_WORKER_ID"]}\n'
    log = os.open(os.environ['FLEET_LOG'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(log, line.encode())
    finally:
        os.close(log)
    _, value, error = expected(number, kind)
    retries = kind in ('retried', 'retried_later') and get_current_job().retries_left
    if error or retries:
        raise ValueError(f'job {number}')
    return value
