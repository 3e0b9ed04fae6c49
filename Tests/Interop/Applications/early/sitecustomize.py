"""Starts the agent before anything else is imported, as agents' launchers do."""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import watchers  # noqa: E402, F401
