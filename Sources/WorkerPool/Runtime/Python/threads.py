# Threads beside the one that runs jobs: of agents that send, and of imports that are not done.

import os
import sys
import threading
import time
from _thread import _count as thread_count  # in C; threading's own is Python, and takes a lock

# Seconds that a fork waits for a module that another thread imports.
IMPORT_PATIENCE = 30

# System calls in which a thread waits for something to do, by machine: a lock or a condition, a
# moment, events, a connection. In any other it has something under way.
IDLE_CALLS = {
    'x86_64': (b'202', b'35', b'230', b'232', b'281', b'441', b'43', b'288', b'128', b'34'),
    'aarch64': (b'98', b'101', b'115', b'22', b'441', b'202', b'242', b'137'),
}


def modules_in_the_making():
    """The names of modules that have begun to be imported and are not done."""
    found = []
    for name, module in list(sys.modules.items()):
        if getattr(getattr(module, '__spec__', None), '_initializing', False) is True:
            found.append(name)
    return found


def await_imports():
    """Waits until no other thread is inside an import, for a fork would leave it half done.

    What is copied then stays so in every job. After `IMPORT_PATIENCE` it goes on, and says of which
    module.
    """
    if thread_count() == 0:  # beside this one
        return
    end = time.monotonic() + IMPORT_PATIENCE
    left = modules_in_the_making()
    while left and time.monotonic() < end:
        time.sleep(0.01)
        left = modules_in_the_making()
    if left:
        complain(
            'a thread is still importing %s after %d s: jobs may find a part of it only'
            % (', '.join(left), IMPORT_PATIENCE)
        )


def is_waiting(thread, idle_calls):
    """Whether a thread of this process, by its number, has nothing under way."""
    try:
        with open('/proc/self/task/%s/syscall' % thread, 'rb') as file:
            return file.read().split(b' ')[0] in idle_calls
    except FileNotFoundError:
        return True  # it has ended
    except OSError:
        return False  # nobody knows


def await_senders(limit):
    """Waits, at most `limit` seconds, while other threads have something under way.

    Above all agents that send what a job has recorded: os._exit() would cut them off. Threads that
    stand still three times in a row are taken to be done.
    """
    if os.stat('/proc/self/task').st_nlink <= 3:
        return  # it has one folder for each thread, and two links of its own
    own = str(threading.get_native_id())
    idle_calls = IDLE_CALLS.get(os.uname().machine, ())
    end = time.monotonic() + limit
    quiet = 0
    while quiet < 3 and time.monotonic() < end:
        others = [each for each in os.listdir('/proc/self/task') if each != own]
        if not others:
            return
        quiet = quiet + 1 if all(is_waiting(each, idle_calls) for each in others) else 0
        time.sleep(0.004)


def seed_anew():
    """Gives NumPy's global generator, where it is loaded, numbers of this process's own."""
    numpy_random = sys.modules.get('numpy.random')
    if hasattr(numpy_random, 'seed'):
        numpy_random.seed()

