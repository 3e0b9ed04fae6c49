"""An application of some 30 MB; PAGES=refused: in a process that gets no huge pages."""

import ctypes
import os

if os.environ['PAGES'] == 'refused':
    ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # PR_SET_THP_DISABLE

kept = [[str(number)] for number in range(200_000)]


def huge_kilobytes():
    """How much of this process's memory lies in huge pages."""
    with open('/proc/self/smaps_rollup') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('AnonHugePages'))
