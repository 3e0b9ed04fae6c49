"""The smallest job in an application that takes a second to import."""

import time

from noop import job  # noqa: F401

time.sleep(1)
