"""Writes the matrix as a page."""
import acts
import steps

HEAD = '''# Kill matrix

`make kill-matrix` has made this page. It brings a system to a step of the protocol, and stops
it exactly there: a proxy before Redis holds that request, or that reply; or the job waits at a
gate in its function, its callback or its value; or a process stands still. Then the victim is
killed with SIGKILL. For `redis` that is the server (it writes every command to its log on disk
first), which is started again at once; for `network` every connection is cut; after the death of
`master` the service is started again at once, as systemd would do it. What was on its way and has
lost its sender is lost, unless the step says that it arrives late.

Each run of a job writes its pid and the time into a file and holds a lock that the kernel takes
back when the process is gone. So runs, losses and overlaps are counted from the outside.

A cell says how long it took from the kill (from Redis being there again, for `redis`) until the
last job was over, and what became of it when that is more than "finished, after one run":

| | |
| --- | --- |
| again | the run was cut off, and after its end there was a second one, which finished |
| failed | the job failed, because its own process was killed, as in RQ |
| lost | it is in no queue and no registry; nothing will run it |
| stuck | 30 s later it still counts as running, and nobody runs it |
| **twice** | two runs at the same time |
| – | there is no such step or process, or the victim does not take part in it |

A job that waits before its gate is let go 0.4 s after the kill (1.5 s for `master`), so that a
second run beside it would be seen: that time is in the figures of those who live on.
'''

RQD = '''
## rqd

%d cells: %s.

%s
'''

SPAWN = '''
## rqd with `isolation = "spawn"`

The horses are started, and load the application before they have a job; `spare` is the one that
waits or loads. While none is ready the worker claims nothing, so the figures of those whose horses
are gone have the start of an interpreter in them. %d cells: %s.

%s
'''

HOSTED = '''
## A worker class in rqd

`worker_class` names a class that is RQ's own worker, of rq 3.0, on two queues; rqd only looks after
it. It speaks as RQ does, so the steps are RQ's. `interpreter` is the process that runs that class;
`worker` is rqd's, which watches it. What is lost or stuck is so by RQ's protocol, whose `BLPOP` has
taken a job before anybody could write down who has it: rqd hands back what it has heard of. What is
stuck is settled by maintenance, a minute or two later.

%s
'''

RQ = '''
## `rq worker-pool` 3.0

One worker on two queues, so it takes jobs with `BLPOP`. What is stuck is failed by another worker's
maintenance when that comes to it, minutes later; measured once: 808 s. The figures are of the same
run, on the same machine.

%s
'''


def write(path, results):
    text = HEAD
    for system, section in (('rqd', RQD), ('spawn', SPAWN), ('hosted', HOSTED), ('rq', RQ)):
        cells = table(results, system)
        ours = [r for key, r in results.items() if key[0] == system and not r.note]
        is_ours = system in acts.OURS
        if any(key[0] == system for key in results):
            text += section % ((len(ours), verdict(ours), cells) if is_ours else cells)
    with open(path, 'w') as file:
        file.write(text)


def verdict(ours):
    wrong = [r for r in ours if r.complaints(steps.STEPS[r.step])]
    if wrong:
        return '%d are not as they should be' % len(wrong)
    seconds = sorted(r.seconds for r in ours)
    return ('no job lost, none run twice at the same time, all over within %.2f s, half of them '
            'within %.2f s' % (seconds[-1], seconds[len(seconds) // 2]))


def table(results, system):
    victims = acts.SYSTEMS[system].victims
    lines = ['| step | ' + ' | '.join(victims) + ' |', '| --- |' + ' --- |' * len(victims)]
    for number, step in enumerate(steps.STEPS):
        if step.ways[system] is None:
            continue
        cells = [results.get((system, number, victim)) for victim in victims]
        lines.append('| %s | %s |' % (step.name, ' | '.join(map(cell, cells))))
    return '\n'.join(lines)


def cell(result):
    if result is None or result.note:
        return '–' if result is None or 'ERROR' not in result.note else '?'
    words = []
    if result.overlaps:
        words.append('**twice**')
    elif any(count > 1 for name, count in result.runs.items() if name not in result.retried):
        words.append('again')
    if 'failed' in result.fates.values():
        words.append('failed')
    if result.seconds is None:
        words.append('lost' if result.is_lost else 'stuck')
    else:
        words.insert(0, '%.2f s' % result.seconds)
    return ', '.join(words)
