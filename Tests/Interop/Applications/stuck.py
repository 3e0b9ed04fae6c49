"""Jobs that do not come to their end, each in its own way."""

import faulthandler
import hashlib
import itertools
import os
import signal
import threading
import time


def await_file(path):
    end = time.monotonic() + 60
    while not os.path.exists(path) and time.monotonic() < end:
        time.sleep(0.005)


def open_pipe(path):
    """Waits in the kernel until somebody opens the other end."""
    os.close(os.open(path, os.O_RDONLY))


def count_in_c():
    """Code in C that keeps the interpreter's lock."""
    return sum(itertools.repeat(0))


def hash_in_c():
    """Code in C that lets go of it, but does not come back."""
    hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)


def stop():
    os.kill(os.getpid(), signal.SIGSTOP)


def deaf_to_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(60)


def stand_by(event):
    event.wait()


def wait_with_thread(path):
    event = threading.Event()
    thread = threading.Thread(target=stand_by, args=(event,))
    thread.start()
    await_file(path)
    event.set()
    thread.join()


def with_own_handlers(path, go):
    """Has signals of its own, and a fault handler; they do what they should to the end."""
    heard = []
    with open(path, 'w') as own:
        faulthandler.enable(own, all_threads=False)
        faulthandler.register(signal.SIGUSR2, file=own, all_threads=False)
        signal.signal(signal.SIGUSR1, lambda *_: heard.append('USR1'))
        await_file(go)
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR2)
    with open(path) as own:
        calls = [line.rsplit(' ', 1)[1].strip() for line in own if line.startswith('  File "/')]
        heard += calls[:1]
    return ' '.join(heard) + (' enabled' if faulthandler.is_enabled() else '')


def caught():
    with open('/proc/self/status') as status:
        return [int(line.split()[1], 16) for line in status if line.startswith('SigCgt')][0]


def with_child():
    """Whether it would write its stack, and whether its child would."""
    bit = 1 << (signal.SIGRTMAX - 3 - 1)
    child = os.fork()
    if child == 0:
        os._exit(1 if caught() & bit else 0)
    ours = bool(caught() & bit)
    return '%s %s' % (ours, bool(os.waitpid(child, 0)[1]))


def without_descriptors(path, go):
    """Closes what it does not know, as daemons do, and opens files of its own."""
    os.closerange(3, 1024)
    files = [open(path, 'w') for _ in range(20)]
    await_file(go)
    for file in files:
        file.close()
    with open(path) as file:
        leftover = file.read()
    with open(path + '.told', 'w') as file:
        file.write('clean' if leftover == '' else leftover)
