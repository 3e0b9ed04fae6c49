"""An application that gevent has patched, with its loop at work."""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402

gevent.sleep(0.001)

import os  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402


def plain():
    return 1


def run_program():
    time.sleep(0.01)
    return subprocess.run(['echo', 'two'], stdout=subprocess.PIPE).stdout.decode().strip()


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def sleep():
    time.sleep(60)
