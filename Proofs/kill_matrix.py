"""Kills everything at every step of the protocol, and looks at what becomes of the jobs.

    kill_matrix.py --rqd PROGRAM [--page FILE] [--short] [--system rqd|spawn|hosted|rq]
                   [--step TEXT] [--victim NAME] [--jobs N] [--patience FACTOR] [--keep]

Prints a line for each cell that is not as it should be for rqd; status 1 if there are any. --page
writes the whole matrix, of rqd and of rq, as Markdown.
"""
import argparse
import multiprocessing
import os
import sys
import time

import acts
import page
import stage
import steps

# A step of each kind, with those who can do most harm there: for the gate.
SHORT = [
    (name, victim)
    for name, victims in [
        ('the claim is on its way, and arrives late', ['worker', 'network']),
        ('claimed, the reply is on its way', ['worker', 'master', 'redis', 'network']),
        ('claimed, and there is no horse', ['worker', 'slot stable']),
        ('handed to the horse, which has not read it', ['horse', 'slot stable', 'worker']),
        ('the function runs', acts.SYSTEMS['rqd'].victims),
        ('the function runs, and the slot stable hangs', ['worker', 'master']),
        ('told, and the worker has not read it', ['worker', 'slot stable']),
        ('half of the reply to the claim has arrived', ['worker', 'network']),
        ('half of the outcome has arrived', ['redis', 'network']),
        ('the outcome is on its way', ['worker', 'redis', 'network']),
        ('recorded, the reply is on its way', ['worker', 'master', 'network']),
        ('failed, the retry is on its way', ['worker', 'network']),
        ('due, and the move is on its way', ['scheduler', 'master', 'network']),
        ('moved, the reply is on its way', ['scheduler', 'redis']),
        ('the service was killed, and has found what it left', ['scheduler', 'worker']),
        ('handing back is on its way', ['worker', 'network']),
    ]
    for victim in victims
]


def chosen(arguments):
    cells = []
    for number, step in enumerate(steps.STEPS):
        for system, victim in pairs(arguments.system):
            if arguments.short and (step.name, victim) not in SHORT:
                continue
            if arguments.step and arguments.step not in step.name:
                continue
            if arguments.victim and victim not in arguments.victim:
                continue
            cells.append((system, victim, number))
    return cells


def pairs(systems):
    return [(system, victim) for system in systems for victim in acts.SYSTEMS[system].victims]


def perform(cell):
    return acts.act(*cell[:3], keep=cell[3])


def main():
    parser = argparse.ArgumentParser()
    victims = sorted({victim for _, victim in pairs(acts.SYSTEMS)})
    parser.add_argument('--rqd', required=True)
    parser.add_argument('--page')
    parser.add_argument('--short', action='store_true')
    parser.add_argument('--system', action='append', choices=list(acts.SYSTEMS))
    parser.add_argument('--step')
    parser.add_argument('--victim', action='append', choices=victims)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--patience', type=float, default=1.0)
    parser.add_argument('--keep', action='store_true')
    arguments = parser.parse_args()
    arguments.system = arguments.system or ['rqd']
    stage.Rqd.program = os.path.abspath(arguments.rqd)
    cells = chosen(arguments)
    begun, wrong, results = time.monotonic(), 0, {}
    # Not threads: whatever a cell leaves behind becomes a child of its process.
    with multiprocessing.get_context('fork').Pool(arguments.jobs, maxtasksperchild=1) as pool:
        tasks = [(*cell, arguments.keep) for cell in cells]
        for result in pool.imap_unordered(perform, tasks):
            results[result.system, result.step, result.victim] = result
            step = steps.STEPS[result.step]
            found = result.complaints(step, arguments.patience)
            if result.note.startswith('ERROR'):
                found = [result.note]
            if found and result.system in acts.OURS:
                wrong += 1
                print('%s: %s / %s: %s %s' % (
                    result.system, step.name, result.victim, '; '.join(found),
                    result.place if arguments.keep else ''), flush=True)
    print('%d cells, %d wrong, %.0f s' % (len(cells), wrong, time.monotonic() - begun))
    if arguments.page:
        page.write(arguments.page, results)
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
