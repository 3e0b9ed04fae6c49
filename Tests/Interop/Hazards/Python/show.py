"""Shows that rq does what docs/HAZARDS.md says of it: show.py URL HAZARD, for example h6.

Fails where rq has become better than that page.
"""
import importlib
import sys

from rig import Rig

MODULES = ['claims', 'horses', 'outcomes', 'records', 'readers']


def main():
    url, name = sys.argv[1:]
    rig = Rig(url)
    try:
        for module in MODULES:
            shows = getattr(importlib.import_module(module), name, None)
            if shows:
                shows(rig)
                return
        sys.exit(f'no demonstration {name}')
    finally:
        rig.end()


main()
