"""What the program beside this file enqueues."""


def greet(name, times=1):
    return {"text": f"Hello, {name}!", "times": times}


def explode(reason):
    raise RuntimeError(reason)
