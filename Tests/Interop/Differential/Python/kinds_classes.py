"""A job class and a queue class of the application's own."""

import classes
import deeds
from differ import kind

job_class = classes.OwnJob
queue_class = classes.OwnQueue


@kind
def own_job(k):
    k.enqueue(deeds.give, 1)


@kind
def own_job_raises(k):
    k.enqueue(deeds.fail)


@kind
def own_queue(k):
    job = k.enqueue(deeds.look_around)
    k.connection.hdel(job.key, 'timeout')
