"""What became of the jobs of a chaos run: counted from their own log of runs, and from Redis."""
import collections

import crowd


class Accounts:
    def __init__(self, chaos, outstanding, endings):
        self.chaos = chaos
        self.crowd = chaos.crowd
        self.outstanding = outstanding
        self.endings = endings
        self.starts = collections.Counter()
        self.ends = collections.Counter()
        self.first_start, self.first_end = {}, {}
        self.overlaps = set()
        self.by_rq = set()
        with open(chaos.place + '/runs') as log:
            for line in log:
                self.take(*line.split())
        numbers = range(chaos.arguments.jobs)
        self.states = [state for state, _ in self.crowd.states(numbers)]
        self.lost = [n for n in numbers if self.ends[crowd.name(n)] < self.crowd.completions(n)]
        self.failed = [n for n in numbers if self.states[n] == b'failed'
                       and n % 20 not in crowd.FAIL]
        self.early = [n for n in numbers for parent in self.crowd.parents(n) if self.is_early(
            crowd.name(n), crowd.name(parent))]
        self.left = sorted(
            key.decode() for kind in ('wip:*', 'execution*', 'rqd:*', 'queue:*')
            for key in chaos.server.redis.scan_iter('rq:' + kind, 1000)
            # One is rq's, of a day's life; one remembers for an hour what has ended.
            if b':first_seen:' not in key and key != b'rq:rqd:ended')

    def take(self, event, job, _, moment, worker):
        if event == 'start':
            self.starts[job] += 1
            self.first_start.setdefault(job, float(moment))
        elif event == 'end':
            self.ends[job] += 1
            self.first_end.setdefault(job, float(moment))
        elif event == 'overlap':
            self.overlaps.add(job)
        if worker.startswith('python'):
            self.by_rq.add(job)

    def is_early(self, child, parent):
        """Whether a job began before one that it depends on had ended."""
        begun, ended = self.first_start.get(child), self.first_end.get(parent)
        return begun is not None and ended is not None and begun < ended

    def of_rqd(self, numbers):
        """Those that no worker of rq's can have touched."""
        return [n for n in numbers if not self.crowd.is_shared(n)]

    def complaints(self):
        found = []
        for what, numbers in [
            ('not over', self.outstanding), ('lost', self.lost), ('began too early', self.early),
            ('failed', self.of_rqd(self.failed)),
            ('ran twice at once', self.of_rqd(int(job[2:]) for job in self.overlaps)),
        ]:
            if numbers:
                found.append('%s: %s' % (what, [crowd.name(n) for n in numbers][:20]))
        if self.left:
            found.append('left behind: %s' % self.left[:20])
        if any(self.endings):
            found.append('rqd ended with %s' % self.endings)
        return found

    def text(self):
        chaos = self.chaos
        shared = [n for n in range(chaos.arguments.jobs) if self.crowd.is_shared(n)]
        again = sum(self.starts.values()) - sum(
            max(1, self.crowd.completions(n)) for n in range(chaos.arguments.jobs))
        twice = [int(job[2:]) for job in self.overlaps]
        rows = [
            ('seed', chaos.arguments.seed),
            ('jobs', chaos.arguments.jobs),
            ('runs', sum(self.starts.values())),
            ('of them again: retries that were asked for, and after kills', again),
            ('faults', sum(chaos.done.values())),
            ('faults that met nobody', chaos.missed),
            ('seconds from the last fault and push until all was over',
             'never' if chaos.settled_rqd is None else '%.1f' % chaos.settled_rqd),
            ('jobs not over', len(self.outstanding)),
            ('jobs lost', len(self.lost)),
            ('jobs that ran twice at once', len(self.of_rqd(twice))),
            ('jobs that failed and should not have', len(self.of_rqd(self.failed))),
            ('jobs that began before those they depend on had ended', len(self.early)),
            ('jobs of the queue shared with rq', len(shared)),
            ('of them run by rq', len(self.by_rq)),
            ('seconds until they were over, too', '%.1f' % chaos.settled),
            ('of them that ran twice at once', len(twice) - len(self.of_rqd(twice))),
            ('of them that failed', len(self.failed) - len(self.of_rqd(self.failed))),
            ('restarts of rq worker', chaos.python.restarts),
        ]
        lines = ['%-62s %s' % row for row in rows]
        return '\n'.join(lines + ['', 'faults:'] + [
            '%6d %s' % (count, kind) for kind, count in sorted(chaos.done.items())])
