"""Imports what the stable would import, and tells the versions.

Arguments: a signal, whether horses are forked (`fork`) or started (`spawn`), the key that names the
modules, the number of paths, the paths, the modules.
Standard input: what a worker is made with, as JSON, where the pool has a worker class; it is made
then, and thrown away. Says which module it imports, and in the end the versions, or why it cannot;
at the signal it writes its stack, for an import that does not end.
"""

import faulthandler
import importlib
import json
import os
import sys

faulthandler.register(int(sys.argv.pop(1)), sys.__stdout__.fileno(), all_threads=False)
isolation = sys.argv.pop(1)
key = sys.argv.pop(1)
count = int(sys.argv[1])
own = [os.path.abspath(entry) for entry in sys.argv[2 : 2 + count]]
settings = json.loads(sys.stdin.buffer.read() or b'null')
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
sys.path[:] = own + [entry for entry in sys.path if entry and entry not in own]


def say(word, text):
    flush_streams()
    line = '\nrqd-check%s: %s\n' % (word, text)
    os.write(1, line.encode('utf-8', 'backslashreplace'))


def make():
    """Makes the worker; a server that does not answer is another check's finding."""
    from redis.exceptions import ConnectionError, TimeoutError

    try:
        make_worker(settings)
    except (ConnectionError, TimeoutError) as error:
        sys.stderr.write('the worker could not be made without Redis: %s\n' % error)


def load():
    """Imports everything; says why not and ends with status 1 where that fails."""
    what = 'rq'
    try:
        say('-loads', what)
        import rq

        safety = ForkSafety()
        for module in sys.argv[2 + count :]:
            what = '%s (%s)' % (module, key)
            say('-loads', what)
            importlib.import_module(module)
            safety.look(module)
        if settings:
            what = 'worker_class %s' % settings['worker_class']
            say('-loads', what)
            make()
    except BaseException as error:
        say('-failed', loading_failure(what, error))
        os._exit(1)
    if not settings and isolation == 'fork':
        for hazard in safety.hazards():
            say('-unsafe', hazard_line(hazard))
    say('', '%s %s' % (sys.version.split()[0], rq.VERSION))
    os._exit(0)


os, socket, threading, time = map(as_imported, (os, socket, threading, time))
load()
