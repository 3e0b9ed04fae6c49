"""Where rqd's time goes: CPU time per job of each part, and what perf sees in it."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile

from .backlog import Backlog
from .contenders import Rqd
from .machine import process_tree, stat_fields
from .measures import running
from .server import Server

TICKS = os.sysconf("SC_CLK_TCK")


def options():
    parser = argparse.ArgumentParser(prog="Benchmarks/profile", description=__doc__)
    parser.add_argument("--rqd", required=True, metavar="FILE")
    parser.add_argument("--jobs", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--reuse", type=int, default=1, metavar="K", help="jobs_per_horse")
    parser.add_argument("--module", default="noop", choices=["noop", "numeric"])
    parser.add_argument("--perf", metavar="FILE", help="record with perf, keep it in FILE")
    parser.add_argument("--lines", type=int, default=25, help="lines of perf's report per part")
    return parser.parse_args()


def part(pid):
    """Which part of rqd a process is, by the title it has given itself."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as line:
            title = line.read().split(b"\0")[0].decode("utf-8", "replace")
    except OSError:
        return None
    for name, begins in (("worker", "rqd: worker"), ("horse", "rqd: horse"), ("master", "rqd: m")):
        if title.startswith(begins):
            return name
    if title.startswith("rqd: stable"):
        return "slot stable" if "/" in title else "stable"
    return "redis-server" if "redis-server" in title else None


def processor_seconds(roots):
    """User and system time by part; the ended horses' is what their slot stable has gathered."""
    seconds = {}
    for pid in [pid for root in roots for pid in process_tree(root)]:
        name, fields = part(pid), stat_fields(pid)
        if not name or not fields:
            continue
        user, system, gone_user, gone_system = (int(field) / TICKS for field in fields[11:15])
        add(seconds, name, user, system)
        if name == "slot stable":
            add(seconds, "horse", gone_user, gone_system)
    return seconds


def add(seconds, name, user, system):
    before = seconds.get(name, (0, 0))
    seconds[name] = before[0] + user, before[1] + system


def main():
    chosen = options()
    with tempfile.TemporaryDirectory(prefix="rqd-profile.") as directory:
        server = Server(directory)
        try:
            work(chosen, server, directory)
        finally:
            server.stop()


def work(chosen, server, directory):
    backlog = Backlog(server, chosen.module + ".job", chosen.jobs)
    rqd = Rqd(chosen.rqd, sys.executable, server, directory)
    with running(rqd, chosen.workers, module=chosen.module, reuse=chosen.reuse) as fleet:
        roots = fleet.process.pid, server.process.pid
        backlog.await_finished(fleet, chosen.jobs // 10)
        perf = chosen.perf and recorder(chosen.perf, roots)
        before, first = processor_seconds(roots), backlog.finished()
        backlog.await_finished(fleet, chosen.jobs * 9 // 10)
        after, last = processor_seconds(roots), backlog.finished()
        if perf:
            perf.send_signal(signal.SIGINT)
            if perf.wait() not in (0, -signal.SIGINT):
                raise SystemExit(f"profile: perf has ended with status {perf.returncode}")
        backlog.await_finished(fleet, chosen.jobs)
        backlog.runs()
    print("CPU time per job, in ms:   user   system")
    for name in sorted(after):
        user, system = (
            1000 * (now - then) / (last - first)
            for now, then in zip(after[name], before.get(name, (0, 0))))
        print(f"{name:<25}{user:>7.3f}{system:>9.3f}")
    if perf:
        show(chosen)


def recorder(path, roots):
    """perf, watching these processes and what descends from them, now or later.

    Without the horses of this moment: perf gives up if one is gone before it looks.
    """
    tree = [pid for root in roots for pid in process_tree(root)]
    pids = ",".join(str(pid) for pid in tree if part(pid) not in (None, "horse"))
    return subprocess.Popen(
        ["perf", "record", "--quiet", "-g", "-F", "1999", "-o", path, "-p", pids])


def show(chosen):
    for sort, lines in (("comm", 10), ("comm,symbol", chosen.lines * 3)):
        report = subprocess.run(
            ["perf", "report", "-i", chosen.perf, "--stdio", "--no-children", "-g", "none"]
            + ["--sort", sort, "--percent-limit", "0.3"],
            capture_output=True, text=True, check=True,
        ).stdout
        # perf fills each line up to the longest symbol there is, and adds empty columns.
        rows = [row.rstrip(" -") for row in report.splitlines() if row[:1] == " "]
        print(f"\nperf, by {sort}:", *rows[:lines], sep="\n")


if __name__ == "__main__":
    main()
