"""Imports what the stable would import, and tells the versions. Arguments: the number of paths, the paths, the modules."""

import importlib
import os
import sys

count = int(sys.argv[1])
sys.path[:] = [entry for entry in sys.path if entry != '']
for entry in sys.argv[2:2 + count]:
    entry = os.path.abspath(entry)
    if entry not in sys.path:
        sys.path.append(entry)
import rq  # noqa: E402
for module in sys.argv[2 + count:]:
    importlib.import_module(module)
sys.stdout.flush()
print('\nrqd-check: %s %s' % (sys.version.split()[0], getattr(rq, 'VERSION', None) or rq.__version__), flush=True)
os._exit(0)
