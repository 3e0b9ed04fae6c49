"""The functions that the jobs of the recorded fixtures call."""

from rq import get_current_job


def add(left, right=0):
    return left + right


def report(name):
    return {'name': name, 'sizes': [1, 2.5, None]}


def nothing():
    return None


def fail(text):
    raise ValueError(text)


def note(key, value):
    job = get_current_job()
    job.meta[key] = value
    job.save_meta()
    return value


def unpicklable():
    return lambda: None


def try_again():
    from rq import Retry

    return Retry(max=1)


def wait(name):
    """Tells the recorder that it runs, then waits to be told to end (at most a minute)."""
    connection = get_current_job().connection
    connection.rpush('fixture:running', name)
    connection.blpop(['fixture:go'], timeout=60)
    return name


class Greeter:
    def __init__(self, greeting):
        self.greeting = greeting

    def greet(self, name):
        return f'{self.greeting} {name}'


def on_success(job, connection, result, *args, **kwargs):
    pass


def on_failure(job, connection, kind, value, traceback):
    pass


def on_stopped(job, connection):
    pass
