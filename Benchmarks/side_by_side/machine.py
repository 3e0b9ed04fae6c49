"""What the figures were measured on, and what else ran there."""

import os
import platform
import subprocess
import time


def described(rqd, server_version):
    """Names and versions, for the head of the table."""
    import redis
    import rq

    facts = {
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_mib": int(_first("/proc/meminfo", "MemTotal").split()[0]) // 1024,
        "kernel": platform.release(),
        "redis": server_version,
        "python": platform.python_version(),
        "rq": rq.VERSION,
        "redis_py": redis.__version__,
        "load_average_before": os.getloadavg()[0],
    }
    try:
        import numpy

        facts["numpy"] = numpy.__version__
    except ImportError:
        facts["numpy"] = None
    answer = subprocess.run([rqd, "--version"], capture_output=True, text=True, check=False)
    facts["rqd"] = answer.stdout.strip() or "unknown"
    return facts


def _first(path, name):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    return "0 unknown"


class Background:
    """How busy the machine is with other things, looked at when none of ours runs."""

    def __init__(self):
        self.samples = []

    def look(self, seconds=0.15):
        before = self._times()
        time.sleep(seconds)
        busy, total = (now - then for now, then in zip(self._times(), before))
        self.samples.append(busy / total if total else 0.0)

    @staticmethod
    def _times():
        with open("/proc/stat", encoding="utf-8") as lines:
            fields = [int(field) for field in lines.readline().split()[1:9]]
        idle = fields[3] + fields[4]
        return sum(fields) - idle, sum(fields)


def process_tree(root):
    """The pids of a process and of all that descend from it."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        fields = stat_fields(int(name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    found, left = [], [root]
    while left:
        pid = left.pop()
        found.append(pid)
        left += children.get(pid, [])
    return found


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name: state, parent, …; none if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()
    except OSError:
        return []


def proportional_set_size(pids):
    """MiB of memory that these processes use, shared pages counted by their share."""
    kib = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
                kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return kib / 1024


def processor_seconds(pids):
    """Seconds of processor time that these processes and their reaped children have used."""
    ticks = 0
    for pid in pids:
        fields = stat_fields(pid)
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
