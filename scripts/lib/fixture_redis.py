"""A Redis server of the recorder's own, and everything in it as raw bytes."""

import base64
import os
import socket
import subprocess
import time


class Server:
    """A redis-server on a unix socket that keeps nothing on disk."""

    def __init__(self, directory):
        self.path = os.path.join(directory, 'redis.sock')
        self.process = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', self.path, '--dir', directory]
            + ['--save', '', '--appendonly', 'no'],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not os.path.exists(self.path):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit('record-fixtures: redis-server did not start')
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Wire:
    """A connection that returns what Redis says, byte for byte (RESP 2)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.file = self.socket.makefile('rb')

    def send(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        request = b'*%d\r\n' % len(words)
        for word in words:
            request += b'$%d\r\n%s\r\n' % (len(word), word)
        self.socket.sendall(request)

    def read(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b'+':
            return rest
        if kind == b':':
            return int(rest)
        if kind == b'$':
            size = int(rest)
            return None if size < 0 else self.file.read(size + 2)[:-2]
        if kind == b'*':
            size = int(rest)
            return None if size < 0 else [self.read() for _ in range(size)]
        raise RuntimeError(f'redis: {line!r}')

    def ask(self, *words):
        self.send(*words)
        return self.read()


def text(value):
    """Bytes as JSON can hold them: printable UTF-8 as it is, anything else as base64."""
    try:
        string = value.decode()
    except UnicodeDecodeError:
        string = None
    if string is not None and string.isprintable() and not string.startswith('base64:'):
        return string
    return 'base64:' + base64.b64encode(value).decode()


def value_of(wire, key, kind):
    """The value of a key as nested lists of text."""
    if kind == 'string':
        return text(wire.ask('GET', key))
    if kind == 'list':
        return [text(element) for element in wire.ask('LRANGE', key, 0, -1)]
    if kind == 'set':
        return sorted(text(member) for member in wire.ask('SMEMBERS', key))
    if kind == 'zset':
        return [text(part) for part in wire.ask('ZRANGE', key, 0, -1, 'WITHSCORES')]
    if kind == 'hash':
        return [text(part) for part in wire.ask('HGETALL', key)]
    if kind == 'stream':
        entries = wire.ask('XRANGE', key, '-', '+')
        return [[text(id)] + [text(part) for part in fields] for id, fields in entries]
    raise RuntimeError(f'a key of type {kind}')


def dump(wire):
    """Every key except the recorder's own, sorted: name, type, seconds to live, value."""
    keys = []
    for key in sorted(wire.ask('KEYS', '*')):
        if key.startswith(b'fixture:'):
            continue
        kind = wire.ask('TYPE', key).decode()
        entry = {'key': text(key), 'type': kind, 'ttl': wire.ask('TTL', key)}
        entry[kind] = value_of(wire, key, kind)
        keys.append(entry)
    return keys
