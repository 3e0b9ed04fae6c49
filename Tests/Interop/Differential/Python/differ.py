"""Enqueues a mix of jobs, runs a worker until the queues are empty, prints what is in Redis.

Usage: differ.py REDIS_URL MIX WORKER…      or: differ.py --list [--each]

WORKER is the worker's command line; the mix's queues are added to it. A mix is a module of this
folder, kinds_MIX, whose functions are the kinds of jobs. --each lists those that each release of rq
is compared with, else all.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from redis import Redis
from rq import Queue

import dump

MIXES = (
    'calls',
    'ends',
    'dependencies',
    'features',
    'callbacks',
    'flags',
    'limits',
    'json',
    'handlers',
    'classes',
    'bare',
    'turns',
    'unlisted',
    'random',
    'every',
    'after',
)
EACH = ('every', 'after')


class Kind:
    """One kind of job: its jobs' ids begin with its name, and so do its queues' names."""

    def __init__(self, name, connection, sink, module):
        self.name = name
        self.connection = connection
        self.sink = sink
        self.queues = []
        self.options = {
            key: getattr(module, key) for key in ('serializer', 'job_class') if hasattr(module, key)
        }
        self.queue_class = getattr(module, 'queue_class', Queue)

    def queue(self, suffix=''):
        name = self.name + suffix
        if name not in self.queues:
            self.queues.append(name)
        return self.queue_class(name, connection=self.connection, **self.options)

    def id(self, job):
        return '%s-%s' % (self.name, job)

    def enqueue(self, function, *args, job='1', on='', **options):
        return self.queue(on).enqueue(function, *args, job_id=self.id(job), **options)


def kinds_of(module):
    return [(name, value) for name, value in vars(module).items() if getattr(value, 'kind', False)]


def kind(function):
    function.kind = True
    return function


class Sink(BaseHTTPRequestHandler):
    """Takes webhooks and notes them."""

    redis = None

    def take(self):
        size = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(size).decode()
        if body:
            told = json.loads(body)
            told['exc_info'] = (told.get('exc_info') or '').strip().splitlines()[-1:]
            body = json.dumps(told)
        name = self.path.strip('/')
        parts = [self.command, self.headers.get('Content-Type'), self.headers.get('X-Own'), body]
        self.redis.rpush('trace:' + name, ' '.join(str(part) for part in parts))
        self.send_response(200)
        self.end_headers()

    do_GET = do_POST = take

    def log_message(self, *arguments):
        """Says nothing."""


def main():
    sys.modules['differ'] = sys.modules[__name__]
    if sys.argv[1] == '--list':
        for mix in EACH if '--each' in sys.argv else MIXES:
            for name, _ in kinds_of(importlib.import_module('kinds_' + mix)):
                print(mix, name)
        return
    url, mix, worker = sys.argv[1], sys.argv[2], sys.argv[3:]
    connection = Redis.from_url(url)
    Sink.redis = connection
    server = ThreadingHTTPServer(('127.0.0.1', 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    module = importlib.import_module('kinds_' + mix)
    queues = []
    for name, function in kinds_of(module):
        one = Kind(name, connection, 'http://127.0.0.1:%d/%s' % (server.server_port, name), module)
        function(one)
        queues += one.queues or [name]
    environment = dict(os.environ, DIFFERENTIAL_REDIS=url)
    ended = subprocess.run(
        worker + queues, env=environment, capture_output=True, text=True, timeout=120
    )
    if ended.returncode != 0:
        sys.exit('%s\n%s\n%s' % (ended.returncode, ended.stdout, ended.stderr))
    names = [name for name, _ in kinds_of(module)]
    json.dump(dump.contents(connection, names), sys.stdout)
    server.shutdown()


if __name__ == '__main__':
    main()
