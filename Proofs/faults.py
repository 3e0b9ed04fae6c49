"""The faults of a chaos run, decided beforehand: the same seed, the same faults."""
import random

HOSTS = ['a', 'b']
WORKERS = 3

# What can happen, and how often.
KINDS = [
    ('kill horse', 24), ('kill worker', 14), ('kill slot stable', 10), ('kill stable', 4),
    ('kill scheduler', 6), ('kill master', 4), ('kill redis', 2),
    ('stop horse', 6), ('stop worker', 6), ('stop slot stable', 6), ('stop stable', 2),
    ('stop scheduler', 3), ('stop master', 3), ('stop redis', 2),
    ('cut network', 5), ('kill connections', 3), ('kill horse of rq', 4),
]
OF_A_SLOT = ('horse', 'worker', 'slot stable')


class Fault:
    """Something that happens at a moment, to somebody, for some time."""

    def __init__(self, at, kind, host, slot, seconds):
        self.at = at  # seconds after the beginning
        self.kind = kind
        self.host = host
        self.slot = slot
        self.seconds = seconds  # how long it lasts: a stop, a cut, the absence of Redis

    def __str__(self):
        verb, what = self.kind.split(' ', 1)
        where = ''
        if what not in ('redis', 'connections', 'horse of rq'):
            where = ' of %s' % self.host
        if what in OF_A_SLOT:
            where += '/%d' % self.slot
        last = ', %.1f s' % self.seconds if self.seconds else ''
        return '%7.2f %s %s%s%s' % (self.at, verb, what, where, last)


def schedule(seed, seconds, pause=1.0):
    """All faults of a run that long; `pause` seconds from one to the next, on average."""
    source = random.Random(seed)
    kinds, weights = zip(*KINDS)
    faults, at = [], 1.0
    while True:
        at += source.expovariate(1 / pause)
        kind = source.choices(kinds, weights)[0]
        host, slot = source.choice(HOSTS), source.randrange(WORKERS)
        length = source.random()
        if at > seconds:
            return faults
        faults.append(Fault(at, kind, host, slot, duration(kind, length)))


def duration(kind, share):
    if kind.startswith('stop'):
        return 0.2 + 4 * share
    if kind == 'cut network':
        return 0.5 + 9 * share
    return 2 * share if kind == 'kill redis' else 0.0
