"""rq's own command line, in a process that has imported the application first.

rq has no setting for this; its documentation advises a script of one's own.
"""

import sys

import numeric  # noqa: F401
from rq.cli import main

if __name__ == "__main__":
    sys.exit(main())
