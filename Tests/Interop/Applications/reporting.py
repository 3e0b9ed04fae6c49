"""An application that starts Sentry's SDK itself, from a variable of its own."""

import os

import sentry_sdk

sentry_sdk.init(os.environ['REPORTING_DSN'])


def fail(text):
    raise ValueError(text)
