"""A job that writes to RQ's logger where nobody has set up any logging."""

import logging


def chat():
    logging.getLogger('rq.worker').info('nobody has set up logging')
