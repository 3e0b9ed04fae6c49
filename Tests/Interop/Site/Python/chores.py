"""What the site's jobs do."""

import os
import time


def hold(path):
    """Runs until there is such a file."""
    end = time.monotonic() + 60
    while not os.path.exists(path) and time.monotonic() < end:
        time.sleep(0.01)
    return 'held'
