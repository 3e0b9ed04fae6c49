"""A Redis of the benchmark's own: on a unix socket, nothing on disk."""

import os
import socket
import subprocess
import threading
import time

import redis


class Server:
    """A redis-server that ends with the benchmark."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "redis.sock")
        self.url = "unix://" + self.path
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path, "--unixsocketperm", "700"]
            + ["--save", "", "--appendonly", "no", "--dir", directory],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not os.path.exists(self.path):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: redis-server did not start")
            time.sleep(0.01)
        self.connection = redis.Redis(unix_socket_path=self.path)

    def version(self):
        return self.connection.info("server")["redis_version"]

    def counters(self):
        """What the server has done so far; one write of ours, the same for every call."""
        stats = self.connection.info("stats")
        return stats["total_reads_processed"], stats["total_commands_processed"]

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait()


class Monitor:
    """Counts the commands that clients send, told apart from those that scripts run."""

    mark = b"bench-mark"

    def __init__(self, server):
        self.server = server
        self.counted = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(server.path)
        self.socket.sendall(b"MONITOR\r\n")
        self.lines = self.socket.makefile("rb")
        if self.lines.readline() != b"+OK\r\n":
            raise RuntimeError("bench: MONITOR is refused")
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def change(self, act):
        """What the server does during an act: writes received, commands sent, commands run."""
        self.server.connection.echo(self.mark)
        before = self.server.counters()
        act()
        after = self.server.counters()
        self.server.connection.echo(self.mark)
        self.thread.join()
        self.socket.close()
        first, last = self.counted
        return after[0] - before[0], last - first, after[1] - before[1]

    def _count(self):
        """Until the second mark. A line: +1700000000.000001 [0 lua] "get" "key"."""
        sent = 0
        while len(self.counted) < 2:
            line = self.lines.readline()
            if not line:
                raise RuntimeError("bench: the server has ended MONITOR")
            sent += not line.split(b" ", 3)[2].startswith(b"lua]")
            if self.mark in line:
                self.counted.append(sent)
