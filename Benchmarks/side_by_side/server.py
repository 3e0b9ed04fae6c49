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

    def __init__(self, path):
        self.sent = 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.sendall(b"MONITOR\r\n")
        self.lines = self.socket.makefile("rb")
        if self.lines.readline() != b"+OK\r\n":
            raise RuntimeError("bench: MONITOR is refused")
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self):
        # +1700000000.000001 [0 lua] "get" "key"
        try:
            for line in self.lines:
                if line.startswith(b"+") and line.split(b" ", 3)[2] != b"lua]":
                    self.sent += 1
        except OSError:
            return

    def stop(self):
        """Ends it, and returns how many commands clients have sent."""
        time.sleep(0.1)  # What it has not read yet is on its way.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()
        return self.sent
