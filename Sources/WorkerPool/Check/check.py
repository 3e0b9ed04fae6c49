"""Imports what the stable would import, and tells the versions.

Arguments: a worker class or nothing, the number of paths, the paths, the modules.
"""

import importlib
import os
import sys

worker_class = sys.argv[1]
count = int(sys.argv[2])
sys.path[:] = [entry for entry in sys.path if entry != '']
for entry in sys.argv[3:3 + count]:
    entry = os.path.abspath(entry)
    if entry not in sys.path:
        sys.path.append(entry)
import rq  # noqa: E402
for module in sys.argv[3 + count:]:
    importlib.import_module(module)
if worker_class:
    from rq.utils import import_attribute
    from rq.worker import BaseWorker

    found = import_attribute(worker_class)
    if not (isinstance(found, type) and issubclass(found, BaseWorker)):
        sys.exit('worker_class %s is not an RQ worker class' % worker_class)
sys.stdout.flush()
print('\nrqd-check: %s %s' % (sys.version.split()[0], rq.VERSION), flush=True)
os._exit(0)
