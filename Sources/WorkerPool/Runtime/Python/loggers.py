# Python's logger `rq.worker`, as RQ's worker sets it up when it starts.

import logging
import os


class Loggers:
    """RQ's loggers in the application's process.

    Where nobody else has given them a handler, they get RQ's own, to the job's output. Those leave
    out what RQ itself writes about a job, for rqd's log has a line of its own for each.
    """

    def __init__(self, major):
        import rq
        from rq.logutils import setup_loghandlers

        directory = os.path.join(os.path.dirname(rq.__file__), '')
        self.own = []
        for name in ('rq.worker', 'rq.job') if major >= 3 else ('rq.worker',):
            logger = logging.getLogger(name)
            before = list(logger.handlers)
            setup_loghandlers('INFO', name=name)
            self.own += [each for each in logger.handlers if each not in before]
        for handler in self.own:
            handler.addFilter(lambda record: not record.pathname.startswith(directory))
        self.named = [logging.getLogger('rq.worker'), logging.getLogger('rq')]

    def have_listeners(self):
        """Whether the application has given a handler to one of RQ's loggers by its name."""
        for logger in self.named:
            for handler in logger.handlers:
                if handler not in self.own:
                    return True
        return False
