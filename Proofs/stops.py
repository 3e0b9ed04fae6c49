"""Starts rqd under load and stops it at a random moment, warm or cold, again and again.

    stops.py --rqd PROGRAM [--system rqd|spawn] [--seed N] [--stops N] [--jobs N]

After each stop: no job has failed or is lost, each that was cut off is at the front of its queue
and says why, and nothing is left registered or running.
"""
import argparse
import collections
import multiprocessing
import os
import random
import signal
import statistics
import sys
import time

import acts
import processes
import stage
import work

REASONS = (b'the service was stopped while it ran', b'the service was stopped before it started')
# How it is stopped: the signals, and whether running jobs may be cut off.
WAYS = {
    'warm': ([signal.SIGTERM], False),
    'warm, then cold': ([signal.SIGTERM, signal.SIGTERM], True),
    'cold': ([signal.SIGQUIT], True),
    'warm, past stop_timeout': ([signal.SIGTERM], True),
}
SHORT_TIMES = 'stop_timeout = "100ms"\nkill_grace = "100ms"'
WAITING = 40  # jobs in the queue when rqd is started


class Stops:
    """A number of stops, one after the other, on one Redis."""

    def __init__(self, system, seed, count):
        self.system = acts.SYSTEMS[system]
        self.longest = 1.0 if system == 'spawn' else 0.25  # of a job; between two is an import
        self.source = random.Random(seed)
        self.count = count
        self.complaints = []
        self.seconds = collections.defaultdict(list)  # from the first signal to the end, by way
        self.cut_off = 0
        self.in_flight = 0  # stops that met at least one running job
        self.jobs = 0

    def play(self):
        acts.become_guardian()
        self.stage = stage.Stage(self.system, workers=2)
        self.patient = self.stage.system
        self.hasty = self.system(
            self.stage.place, self.patient.url, SHORT_TIMES, workers=2, name='hasty')
        try:
            for number in range(self.count):
                self.fill()
                self.stop_once(number, self.source.choice(list(WAYS)))
            self.finish()
        finally:
            self.stage.end(keep=bool(self.complaints))
            acts.end_orphans()
        return self.complaints, dict(self.seconds), self.cut_off, self.in_flight, self.jobs

    def fill(self):
        for _ in range(WAITING - self.stage.redis.llen('rq:queue:default')):
            self.jobs += 1
            self.stage.enqueue('j-%d' % self.jobs, work.sleep, self.source.random() * self.longest,
                               result_ttl=86400)

    def stop_once(self, number, way):
        signals, _ = WAYS[way]
        system = self.hasty if way == 'warm, past stop_timeout' else self.patient
        moment, gap = 0.7 * self.source.random(), 0.1 * self.source.random()
        is_at_work = self.source.random() < 0.7
        seen = len(self.stage.events())
        system.start()
        # Before that the signal ends a process that has done nothing yet.
        master = system.process.pid
        processes.await_true(
            'a master', lambda: processes.title(master).startswith('rqd: master'))
        if is_at_work:
            processes.await_true('a run', lambda: len(self.stage.events()) > seen)
        time.sleep(moment)
        begun = time.monotonic()
        for index, one in enumerate(signals):
            if index:
                time.sleep(1 + gap)  # sooner it would be the same request
            processes.send(system.process.pid, one)
        status = system.process.wait(30)
        self.seconds[way].append(time.monotonic() - begun)
        for complaint in self.look(way, seen, status, begun):
            self.complaints.append('stop %d (%s, after %.3f s): %s' % (
                number, way, moment, complaint))

    def look(self, way, seen, status, begun):
        redis = self.stage.redis
        events = self.stage.events()[seen:]
        open_runs = {name for event, name, _, _ in events if event == 'start'}
        open_runs -= {name for event, name, _, _ in events if event == 'end'}
        self.cut_off += len(open_runs)
        self.in_flight += any(at > begun for _, _, _, at in events) or bool(open_runs)
        if status != 0:
            yield 'status %s' % status
        if any(event == 'overlap' for event, *_ in events):
            yield 'two runs at the same time'
        if open_runs and not WAYS[way][1]:
            yield 'cut off: %s' % open_runs
        if redis.zcard('rq:failed:default'):
            yield 'failed: %s' % redis.zrange('rq:failed:default', 0, -1)
        waiting = [job.decode() for job in redis.lrange('rq:queue:default', 0, -1)]
        handed_back = [
            job for job in waiting
            if redis.hget('rq:job:' + job, 'rqd_handed_back') in REASONS]
        if waiting[:len(handed_back)] != handed_back:
            yield 'not at the front: %s of %s' % (handed_back, waiting)
        if not open_runs <= set(handed_back):
            yield 'not handed back: %s' % (open_runs - set(handed_back))
        for job in self.stage.ids[-2 * WAITING:]:
            status = self.stage.status(job)
            if status not in ('queued', 'finished') or (status == 'queued') != (job in waiting):
                yield '%s is %s' % (job, status)
        own = [key for key in redis.keys('rq:rqd:*') if key != b'rq:rqd:ended']
        left = acts.traces(self.stage) + acts.workers(self.stage) + own
        if left:
            yield 'left: %s' % left

    def finish(self):
        """What still waits is run, so that every job has had its end."""
        self.stage.system = self.patient
        self.patient.start()
        try:
            processes.await_true('all is over', self.stage.are_over, 240)
        except TimeoutError:
            self.complaints.append('not all jobs are over at the end')
        ended = {name for event, name, _, _ in self.stage.events() if event == 'end'}
        lost = set(self.stage.ids) - ended
        if lost:
            self.complaints.append('lost: %s' % sorted(lost))


def share(task):
    return Stops(*task).play()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rqd', required=True)
    parser.add_argument('--system', default='rqd', choices=acts.OURS)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--stops', type=int, default=1000)
    parser.add_argument('--jobs', type=int, default=2)
    arguments = parser.parse_args()
    stage.Rqd.program = os.path.abspath(arguments.rqd)
    tasks = [(arguments.system, arguments.seed * 1000 + part, arguments.stops // arguments.jobs)
             for part in range(arguments.jobs)]
    seconds, complaints, sums = collections.defaultdict(list), [], [0, 0, 0]
    with multiprocessing.get_context('fork').Pool(arguments.jobs) as pool:
        for found, times, *numbers in pool.imap(share, tasks):
            complaints += found
            sums = [a + b for a, b in zip(sums, numbers)]
            for way, some in times.items():
                seconds[way] += some
    for way, times in sorted(seconds.items()):
        print('%-26s %4d stops, median %.3f s, longest %.3f s' % (
            way, len(times), statistics.median(times), max(times)))
    print('%d jobs; %d stops met running jobs, %d runs were cut off and handed back' % (
        sums[2], sums[1], sums[0]))
    print('\n'.join(complaints) or 'no job failed or lost, nothing left behind')
    sys.exit(1 if complaints else 0)


if __name__ == '__main__':
    main()
