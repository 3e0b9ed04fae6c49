"""Monitoring agents: what each reports of the same jobs under `rq worker` and under rqd.

    PYTHON agents.py RQD [AGENT ..]

PYTHON is the interpreter of an environment with rq and the agents (requirements.txt), RQD the
program.
For each agent a worker of RQ's and then one of rqd's runs the same jobs, with a collector for the
agent on the loopback interface. Prints a table of events; ends with 1 if a row is not equal.
Needs redis-server.
"""

import gzip
import http.server
import importlib.util
import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

GOOD, BAD = 12, 6

APP = '''
def good(number):
    return number

def bad(number):
    raise ValueError('boom %d' % number)
'''

SETTINGS = {
    'nothing': '',
    'ddtrace, bootstrap directory': '',
    'ddtrace.auto': 'import ddtrace.auto\n',
    'opentelemetry, simple': """
import collecting
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
collecting.start(SimpleSpanProcessor)
""",
    'opentelemetry, batch': """
import collecting
from opentelemetry.sdk.trace.export import BatchSpanProcessor
collecting.start(BatchSpanProcessor)
""",
    'sentry-sdk': """
import os
import sentry_sdk
sentry_sdk.init('http://key@127.0.0.1:%s/1' % os.environ['COLLECTOR'], traces_sample_rate=1.0)
""",
    'elastic-apm': """
import os
import elasticapm
import rq.worker
client = elasticapm.Client(server_url='http://127.0.0.1:%s' % os.environ['COLLECTOR'],
                           service_name='agents', central_config=False, cloud_provider='none')
elasticapm.instrument()
plain = rq.worker.Worker.perform_job

def perform_job(self, job, *args, **kwargs):
    client.begin_transaction('rq')
    result = plain(self, job, *args, **kwargs)
    client.end_transaction(job.func_name, str(job.get_status()))
    client._transport.flush()
    return result

rq.worker.Worker.perform_job = perform_job

def report(job, *info):
    client.capture_exception(exc_info=info, extra={'job': job.id})
""",
    'scout-apm': """
import scout_apm.rq
scout_apm.rq.ensure_scout_installed()
scout_apm.rq.ensure_job_instrumented()
""",
}

COLLECTING = '''
import json
import os
import urllib.request
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry_instrumentation_rq import RQInstrumentor

class Exporter(SpanExporter):
    def export(self, spans):
        body = json.dumps([span.name for span in spans]).encode()
        urllib.request.urlopen('http://127.0.0.1:%s/otel' % os.environ['COLLECTOR'], body).read()
        return SpanExportResult.SUCCESS

def start(processor):
    provider = TracerProvider()
    provider.add_span_processor(processor(Exporter()))
    trace.set_tracer_provider(provider)
    RQInstrumentor().instrument()
'''


class Collector:
    """What all agents send to; counts events by what an agent calls them."""

    def __init__(self):
        collector = self
        self.counts = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                if not body and 'chunked' in self.headers.get('Transfer-Encoding', ''):
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                if self.headers.get('Content-Encoding') == 'gzip':
                    body = gzip.decompress(body)
                elif self.headers.get('Content-Encoding') == 'deflate':
                    import zlib

                    body = zlib.decompress(body)
                collector.note(self.path, body)
                self.send_response(202 if 'intake' in self.path else 200)
                self.send_header('Content-Length', '2')
                self.end_headers()
                self.wfile.write(b'{}')

            do_PUT = do_POST

            def do_GET(self):
                self.send_response(404)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass

        class Stream(socketserver.BaseRequestHandler):
            """Scout's core agent: messages of JSON with their length before them."""

            def next(self, stream):
                try:
                    return stream.read(4)
                except ConnectionError:
                    return b''

            def handle(self):
                stream = self.request.makefile('rb')
                while size := self.next(stream):
                    text = json.loads(stream.read(int.from_bytes(size, 'big')))
                    for command in text.get('BatchCommand', {}).get('commands', [text]):
                        if 'StartRequest' in command:
                            collector.add('request')
                        if 'TagRequest' in command and command['TagRequest']['tag'] == 'error':
                            collector.add('error')
                    answer = json.dumps({'Register': 'Success'}).encode()
                    self.request.sendall(len(answer).to_bytes(4, 'big') + answer)

        self.http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.stream = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Stream)
        for server in (self.http, self.stream):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.port = self.http.server_port
        self.stream_port = self.stream.server_address[1]

    def add(self, name, count=1):
        self.counts[name] = self.counts.get(name, 0) + count

    def note(self, path, body):
        if path.endswith('/traces'):
            for name in (b'rq.worker.perform_job', b'rq.job.perform'):
                # The name of a span is its resource as well, for one of the two.
                self.add(name.decode(), body.count(b'\xa4name' + bytes([0xA0 + len(name)]) + name))
        elif path == '/otel':
            for name in json.loads(body):
                self.add(name)
        elif path.endswith('/envelope/'):
            for line in body.splitlines():
                for kind in (b'event', b'transaction'):
                    if line.startswith(b'{"type":"%s"' % kind):
                        self.add(kind.decode())
        elif 'intake' in path:
            for line in body.splitlines():
                kind = line[2:].partition(b'"')[0].decode()
                if kind in ('transaction', 'error'):  # spans are RQ's own calls to Redis
                    self.add(kind)


def wait(question, seconds):
    end = time.monotonic() + seconds
    while not question() and time.monotonic() < end:
        time.sleep(0.05)


def run(agent, command, directory):
    """The events that reach the collector, and how many jobs have ended."""
    import redis
    from rq import Queue

    collector = Collector()
    port = free_port()
    server = subprocess.Popen(
        ['redis-server', '--port', str(port), '--save', '', '--dir', directory],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port)
    worker = None
    try:
        wait(lambda: answers(client), 10)
        environment = surroundings(agent, collector)
        url = 'redis://127.0.0.1:%d/0' % port
        arguments = [command, 'worker', '--url', url, '-c', 'agent_settings']
        if agent == 'elastic-apm':
            arguments += ['--exception-handler', 'agent_settings.report']
        with open(os.path.join(directory, 'log-%s' % os.path.basename(command)), 'a') as log:
            worker = subprocess.Popen(
                arguments, cwd=directory, env=environment, stdout=log, stderr=log
            )
        wait(lambda: client.scard('rq:workers') or worker.poll() is not None, 60)
        if worker.poll() is not None:
            return {}, 0
        queue = Queue(connection=client)
        jobs = [queue.enqueue('app.good', n) for n in range(GOOD)]
        jobs += [queue.enqueue('app.bad', n) for n in range(BAD)]
        ended = lambda: [j for j in jobs if str(j.get_status()).rpartition('.')[2].lower()
                         in ('finished', 'failed')]
        wait(lambda: len(ended()) == len(jobs), 60)
        time.sleep(0.5)
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()
        time.sleep(0.5)
        return collector.counts, len(ended())
    finally:
        for process in (worker, server):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def answers(client):
    try:
        return client.ping()
    except Exception:
        return False


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def surroundings(agent, collector):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(('RQ', 'REDIS', 'PYTHON'))}
    kept.update(
        VIRTUAL_ENV=os.path.dirname(os.path.dirname(sys.executable)),
        COLLECTOR=str(collector.port),
        DD_TRACE_AGENT_URL='http://127.0.0.1:%d' % collector.port,
        DD_TRACE_API_VERSION='v0.4',
        DD_INSTRUMENTATION_TELEMETRY_ENABLED='false',
        DD_REMOTE_CONFIGURATION_ENABLED='false',
        SCOUT_MONITOR='true', SCOUT_KEY='key', SCOUT_NAME='agents',
        SCOUT_CORE_AGENT_LAUNCH='false', SCOUT_CORE_AGENT_DOWNLOAD='false',
        SCOUT_CORE_AGENT_SOCKET_PATH='tcp://127.0.0.1:%d' % collector.stream_port,
    )
    if agent == 'ddtrace, bootstrap directory':
        place = os.path.dirname(importlib.util.find_spec('ddtrace').origin)
        kept['PYTHONPATH'] = os.path.join(place, 'bootstrap')
    return kept


def main():
    rqd, chosen = os.path.abspath(sys.argv[1]), sys.argv[2:]
    rq = os.path.join(os.path.dirname(sys.executable), 'rq')
    modules = {'ddtrace': 'ddtrace', 'opentelemetry': 'opentelemetry', 'sentry': 'sentry_sdk',
               'elastic': 'elasticapm', 'scout': 'scout_apm'}
    wrong = 0
    import rq as release

    print('rq %s: events of %d jobs' % (release.VERSION, GOOD + BAD))
    for agent, settings in SETTINGS.items():
        if agent == 'nothing' or chosen and not any(agent.startswith(each) for each in chosen):
            continue
        needed = next((m for name, m in modules.items() if agent.startswith(name)), None)
        if needed and importlib.util.find_spec(needed) is None:
            print('%-30s not installed' % agent)
            continue
        directory = tempfile.mkdtemp(prefix='rqd-agents-')
        for name, text in (('app', APP), ('agent_settings', settings), ('collecting', COLLECTING)):
            with open(os.path.join(directory, name + '.py'), 'w') as file:
                file.write(text)
        theirs = run(agent, rq, directory)
        if not theirs[1]:
            print('%-30s does not work with this rq' % agent)
            continue
        ours = run(agent, rqd, directory)
        equal = theirs == ours and bool(theirs[0])
        wrong += not equal
        print('%-30s %s' % (agent, 'equal' if equal else 'NOT EQUAL'))
        for name in sorted(set(theirs[0]) | set(ours[0])):
            print('    %-40s %4d %4d' % (name, theirs[0].get(name, 0), ours[0].get(name, 0)))
        if theirs[1] != ours[1] or ours[1] != GOOD + BAD:
            print('    %-40s %4d %4d' % ('jobs that ended', theirs[1], ours[1]))
        sys.stdout.flush()
        if equal:
            shutil.rmtree(directory)
        else:
            print('    ' + directory)
    sys.exit(1 if wrong else 0)


main()
