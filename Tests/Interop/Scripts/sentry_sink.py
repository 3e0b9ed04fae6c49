"""A Sentry that keeps what it is told: each event as JSON in the list sentry:events.

Usage: sentry_sink.py REDIS_URL

Prints its port, then serves until it is ended.
"""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import redis

connection = redis.Redis.from_url(sys.argv[1])


class Sink(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        if self.headers.get('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        lines = body.split(b'\n')
        # An envelope: its header, then for each item a header and a line.
        for header, item in zip(lines[1::2], lines[2::2]):
            if json.loads(header).get('type') == 'event':
                connection.rpush('sentry:events', item)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{}')

    def log_message(self, *arguments):
        """Says nothing."""


server = ThreadingHTTPServer(('127.0.0.1', 0), Sink)
print('port %d' % server.server_port, flush=True)
server.serve_forever()
