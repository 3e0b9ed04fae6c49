"""Measures rqd and rq worker-pool side by side: A, B, B, A, … in one run, on one machine."""

import argparse
import json
import signal
import sys
import tempfile
import time

from . import report
from .contenders import Rq, Rqd
from .machine import Background, described
from .measures import all_measures, spawn_measures
from .server import Server


def options(measures):
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__,
        epilog="measurements: " + ", ".join(measures))
    parser.add_argument("--rqd", required=True, metavar="FILE", help="the program to measure")
    parser.add_argument(
        "--against", metavar="FILE", help="another build of rqd, in the place of rq")
    parser.add_argument(
        "--spawn", action="store_true",
        help='isolation = "spawn" against "fork", the same build, when a pool is idle')
    parser.add_argument("--quick", action="store_true", help="one round of shorter backlogs")
    parser.add_argument("--rounds", type=int, metavar="N", help="default 3")
    parser.add_argument(
        "--only", action="append", choices=[*measures, *spawn_measures()], metavar="NAME",
        default=[],
        help="only this measurement; may be given more than once")
    parser.add_argument("--json", metavar="FILE", help="write every figure of every round")
    return parser.parse_args()


def measure(measures, contenders, server, rounds, scale, background):
    """Every figure of every round: by measurement and contender."""
    results = {name: {who.name: [] for who in contenders} for name in measures}
    for number in range(rounds):
        for name, what in measures.items():
            # Who is first changes, so that neither always finds the machine as the other left it.
            for who in contenders if number % 2 == 0 else reversed(contenders):
                server.connection.flushall()
                background.look()
                begun = time.monotonic()
                figures = what.once(who, server, scale)
                results[name][who.name].append(figures)
                took = time.monotonic() - begun
                text = "  ".join(f"{key} {report.shown(value)}" for key, value in figures.items())
                print(f"round {number + 1}  {name:<16}{who.name:<5}{text}  [{took:.1f} s]",
                      file=sys.stderr, flush=True)
    return results


def main():
    measures = all_measures()
    chosen = options(measures)
    if chosen.spawn:
        measures = spawn_measures()
    if chosen.only:
        measures = {name: what for name, what in measures.items() if name in chosen.only}
    rounds = chosen.rounds or (1 if chosen.quick else 3)
    background = Background()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="rqd-bench.") as directory:
        server = Server(directory)
        try:
            machine = described(chosen.rqd, server.version())
            parts = sys.executable, server, directory
            if chosen.spawn:
                contenders = [
                    Rqd(chosen.rqd, *parts, name="fork"),
                    Rqd(chosen.rqd, *parts, name="spawn", isolation="spawn"),
                ]
            elif chosen.against:
                contenders = [Rqd(chosen.against, *parts, name="before"), Rqd(chosen.rqd, *parts)]
            else:
                contenders = [Rq(*parts), Rqd(chosen.rqd, *parts)]
            scale = 0.5 if chosen.quick else 1
            results = measure(measures, contenders, server, rounds, scale, background)
        finally:
            server.stop()
    print(report.head(machine, rounds, background.samples))
    print()
    print(report.table(measures, results, [who.name for who in contenders]))
    if chosen.json:
        document = {"machine": machine, "background": background.samples, "results": results}
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
