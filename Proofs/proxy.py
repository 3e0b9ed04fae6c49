"""A proxy before Redis that can stop the world at one request or one reply.

    proxy = Proxy(path, server_path)
    hold = proxy.hold_request(lambda words, transaction: words[0] == b'EVALSHA')
    hold.wait()      # the request is here, and the server has not seen it
    hold.release()   # it goes on

While something is held, its connection stands still and all others go on. A connection whose
client is gone stays open towards the server as long as something of it is held: what was on its
way may still arrive.
"""
import os
import selectors
import socket
import struct
import threading

import resp
import scripts
from processes import await_true


class Hold:
    """One request, reply or message that is to be stopped, or has been."""

    def __init__(self, proxy, kind, matches):
        self.proxy = proxy
        self.kind = kind
        self.matches = matches
        self.takes = lambda value: True
        self.is_half = False  # half of it goes on before the rest is held
        self.reached = threading.Event()
        self.connection = None
        self.frame = b''

    def sender(self):
        """The process id of the client."""
        found = self.connection.credentials
        return struct.unpack('3i', found)[0]

    def wait(self, seconds=15):
        if not self.reached.wait(seconds):
            raise TimeoutError('no such %s' % self.kind)

    def catch(self, connection, frame):
        self.connection, self.frame = connection, frame
        connection.held = self
        if self.is_half:
            half = len(frame) // 2
            self.frame = frame[half:]
            end = connection.server if self.kind == 'request' else connection.client
            end.sendall(frame[:half])
        self.reached.set()

    def release(self):
        """Lets it go on, also if its client is gone."""
        self.proxy.resume(self, True)

    def drop(self):
        """Makes it lost, and the connection with it."""
        self.proxy.resume(self, False)


class Connection:
    """A client, the server, and what is on its way between them."""

    def __init__(self, client, server):
        self.client = client
        self.server = server
        self.credentials = client.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize('3i'))
        self.from_client = bytearray()
        self.from_server = bytearray()
        self.held = None
        self.transaction = []
        self.requests = 0
        self.replies = 0
        self.awaited = {}  # number of a reply: the hold that wants it
        self.is_told = False  # it has subscribed: the server speaks without being asked
        self.is_client_gone = False


class Proxy:
    def __init__(self, path, server_path):
        self.path = path
        self.server_path = server_path
        self.lock = threading.RLock()
        self.holds = []
        self.connections = set()
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        self.waker, self.awoken = os.pipe()
        self.selector.register(self.waker, selectors.EVENT_READ, None)
        self.is_ending = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    # What the harness asks for.

    def hold_request(self, matches):
        """Stops the next request for which matches(words, transaction) is true.

        `transaction` lists the commands since MULTI, for an EXEC.
        """
        return self.arm(Hold(self, 'request', matches))

    def hold_reply(self, matches, takes=lambda value: True):
        """Stops the reply to the next such request: the server has done it.

        If takes(value) is false, it is not this one but the next.
        """
        hold = Hold(self, 'reply', matches)
        hold.takes = takes
        return self.arm(hold)

    def hold_message(self, matches):
        """Stops the next thing for which matches(value) is true and nobody has asked."""
        return self.arm(Hold(self, 'message', matches))

    def hold_pending(self, matches):
        """Stops the reply to such a request that the server has already, and keeps waiting."""
        hold = Hold(self, 'reply', matches)
        with self.lock:
            for connection in self.connections:
                if connection.transaction and matches(connection.transaction[-1], []):
                    connection.awaited[connection.requests] = hold
        return hold

    def arm(self, hold):
        with self.lock:
            self.holds.append(hold)
        return hold

    def resume(self, hold, goes_on):
        with self.lock:
            connection = hold.connection
            if hold in self.holds:
                self.holds.remove(hold)
            if connection is None or connection.held is not hold:
                return
            connection.held = None
            if not goes_on:
                return self.close(connection)
            self.pass_on(connection, hold)
            if connection in self.connections:
                self.advance(connection)

    def pass_on(self, connection, hold):
        try:
            if hold.kind == 'request':
                connection.server.sendall(hold.frame)
            elif not connection.is_client_gone:
                connection.client.sendall(hold.frame)
        except OSError:
            self.close(connection)

    def cut(self, but=None):
        """Cuts every connection; what `but` holds may still reach the server."""
        with self.lock:
            for connection in list(self.connections):
                if but is not None and connection.held is but:
                    self.lose_client(connection)
                else:
                    self.close(connection)

    def await_end(self, connection):
        """Waits until the server has answered a connection whose client is gone."""
        await_true('the end of a connection', lambda: connection not in self.connections)

    def end(self):
        self.is_ending = True
        os.write(self.awoken, b'x')
        self.thread.join(5)
        with self.lock:
            for connection in list(self.connections):
                self.close(connection)
        self.listener.close()

    # Its thread.

    def serve(self):
        while not self.is_ending:
            for key, _ in self.selector.select():
                with self.lock:
                    if key.fileobj is self.listener:
                        self.accept()
                    elif key.data is not None and key.data in self.connections:
                        self.read(key.data, key.fileobj)

    def accept(self):
        client, _ = self.listener.accept()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.server_path)
        except OSError:
            client.close()
            server.close()
            return
        connection = Connection(client, server)
        self.connections.add(connection)
        for end in (client, server):
            self.selector.register(end, selectors.EVENT_READ, connection)

    def read(self, connection, end):
        try:
            data = end.recv(65536)
        except OSError:
            data = b''
        if end is connection.client:
            connection.from_client += data
        else:
            connection.from_server += data
        if not data:
            if end is connection.client and (connection.held or connection.from_client):
                self.lose_client(connection)
            else:
                self.close(connection)
            return
        self.advance(connection)

    def advance(self, connection):
        """Passes on what may go on."""
        try:
            while connection.held is None and self.pass_request(connection):
                pass
            while connection.held is None and self.pass_reply(connection):
                pass
        except OSError:
            self.close(connection)
            return
        if connection.is_client_gone and connection.held is None:
            if connection.replies >= connection.requests:
                self.close(connection)

    def wanted(self, kind, *what):
        for hold in self.holds:
            if hold.kind == kind and hold.matches(*what):
                self.holds.remove(hold)
                return hold
        return None

    def pass_request(self, connection):
        found = resp.request(connection.from_client)
        if found is None:
            return False
        words, end = found
        frame = bytes(connection.from_client[:end])
        del connection.from_client[:end]
        name = words[0].upper()
        if name == b'MULTI':
            connection.transaction = []
        connection.transaction.append(words)
        connection.requests += 1
        if name in (b'SUBSCRIBE', b'PSUBSCRIBE'):
            connection.is_told = True
        scripts.name_of(words)
        hold = self.wanted('request', words, connection.transaction)
        if hold:
            hold.catch(connection, frame)
            return False
        hold = self.wanted('reply', words, connection.transaction)
        if hold:
            connection.awaited[connection.requests] = hold
        connection.server.sendall(frame)
        return True

    def pass_reply(self, connection):
        found = resp.reply(connection.from_server)
        if found is None:
            return False
        value, end = found
        frame = bytes(connection.from_server[:end])
        del connection.from_server[:end]
        is_message = connection.is_told or (isinstance(value, list) and value[:1] == [b'>'])
        if is_message:
            hold = self.wanted('message', value)
        else:
            connection.replies += 1
            hold = connection.awaited.pop(connection.replies, None)
            if hold and not hold.takes(value):
                self.holds.append(hold)
                hold = None
        if hold:
            hold.catch(connection, frame)
            return False
        if not connection.is_client_gone:
            connection.client.sendall(frame)
        return True

    def lose_client(self, connection):
        if not connection.is_client_gone:
            connection.is_client_gone = True
            self.selector.unregister(connection.client)
            connection.client.close()

    def close(self, connection):
        self.connections.discard(connection)
        for end in (connection.client, connection.server):
            try:
                self.selector.unregister(end)
            except (KeyError, ValueError):
                pass  # it was closed before
            end.close()
