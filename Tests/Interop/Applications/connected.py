"""Jobs of rq 1, which finds the connection by itself."""

from rq import Connection, Queue, get_current_connection


def enqueue(name):
    """Enqueues a job without saying where."""
    with Connection(get_current_connection()):
        Queue().enqueue('connected.echo', name, job_id=name)
    return get_current_connection().ping()


def echo(name):
    return name
