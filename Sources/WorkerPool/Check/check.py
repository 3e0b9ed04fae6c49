"""Imports what the stable would import, and tells the versions.

Arguments: a signal, the key that names the modules, a worker class or nothing, the number of paths,
the paths, the modules. Says which module it imports, and in the end the versions, or why it cannot;
at the signal it writes its stack, for an import that does not end.
"""

import faulthandler
import importlib
import os
import sys

faulthandler.register(int(sys.argv.pop(1)), sys.__stdout__.fileno(), all_threads=False)
key = sys.argv.pop(1)
worker_class = sys.argv[1]
count = int(sys.argv[2])
own = [os.path.abspath(entry) for entry in sys.argv[3 : 3 + count]]
sys.path[:] = own + [entry for entry in sys.path if entry and entry not in own]


def say(word, text):
    flush_streams()
    line = '\nrqd-check%s: %s\n' % (word, text)
    os.write(1, line.encode('utf-8', 'backslashreplace'))


def load():
    """Imports everything; says why not and ends with status 1 where that fails."""
    what = 'rq'
    try:
        say('-loads', what)
        import rq

        for module in sys.argv[3 + count :]:
            what = '%s (%s)' % (module, key)
            say('-loads', what)
            importlib.import_module(module)
        if worker_class:
            what = 'worker_class %s' % worker_class
            say('-loads', what)
            from rq.utils import import_attribute
            from rq.worker import BaseWorker

            found = import_attribute(worker_class)
            if not (isinstance(found, type) and issubclass(found, BaseWorker)):
                raise TypeError('worker_class %s is not an RQ worker class' % worker_class)
    except BaseException as error:
        say('-failed', loading_failure(what, error))
        os._exit(1)
    say('', '%s %s' % (sys.version.split()[0], rq.VERSION))
    os._exit(0)


load()
