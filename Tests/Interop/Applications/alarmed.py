"""A settings module that hangs an alarm on RQ's logger, and a job that uses that logger."""

import logging
import logging.config
import os

import redis


class Alarm(logging.Handler):
    """Pushes what a record of a failure says of its job."""

    def emit(self, record):
        last = record.getMessage().strip().splitlines()[-1]
        has_arguments = record.arguments == ('boom',)
        words = (record.job_id, record.queue, record.func, str(has_arguments), last)
        redis.Redis.from_url(os.environ['ALARMS_BY']).rpush('alarms', ' '.join(words))


logging.config.dictConfig(
    {
        'version': 1,
        'disable_existing_loggers': False,
        'handlers': {
            'alarm': {'()': Alarm, 'level': 'ERROR'},
            'shown': {'class': 'logging.StreamHandler', 'stream': 'ext://sys.stdout'},
        },
        'loggers': {'rq.worker': {'handlers': ['alarm', 'shown'], 'level': 'INFO'}},
    }
)


def chat():
    logging.getLogger('rq.worker').info("the job's own line")
