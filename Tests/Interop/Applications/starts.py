"""Jobs that start processes and threads, and look at what program they are in."""

import concurrent.futures
import multiprocessing
import os
import sys
import threading

import redis


def square(number):
    return number * number


def pooled(method):
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor:
        return list(executor.map(square, range(4)))


def program():
    main = sys.modules['__main__']
    names = [name for name in vars(main) if not name.startswith('__')]
    return [os.path.basename(sys.argv[0]), sys.argv[1:], sys.path[0], names]


def send_later(url):
    """Leaves a thread behind that sends something when the job is over."""

    def send():
        client = redis.Redis.from_url(url)
        client.blpop('never', timeout=1)
        client.rpush('sent', 'late')

    threading.Thread(target=send, daemon=True).start()
