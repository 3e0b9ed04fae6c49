"""Talks to the numbers' address PORT as clients should not, and prints what comes of it."""

import socket
import sys

port = int(sys.argv[1])


def connect():
    client = socket.create_connection(('127.0.0.1', port))
    client.settimeout(10)
    return client


def ask(text):
    """The answer to a request, to the end of the connection."""
    with connect() as client:
        client.sendall(text)
        answer = b''
        try:
            while piece := client.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer.decode()


def first_line(text):
    return ask(text).split('\r\n')[0]


print(first_line(b'POST /metrics HTTP/1.1\r\n\r\n'))
print(first_line(b'GET /other HTTP/1.1\r\n\r\n'))
print(first_line(b'good day\r\n\r\n'))
print(first_line(b'GET /metrics HTTP/1.1\r\nX: ' + b'x' * 9000 + b'\r\n\r\n'))
head, _, body = ask(b'HEAD /metrics HTTP/1.1\r\n\r\n').partition('\r\n\r\n')
print(head.split('\r\n')[0], 'without' if not body else 'with', 'a body')
# More than there is room for: silent, in the middle of a request, and with an answer unread.
crowd = [connect() for _ in range(40)]
for number, client in enumerate(crowd):
    client.sendall([b'', b'GET /metrics HT', b'GET /metrics HTTP/1.1\r\n\r\n'][number % 3])
print(first_line(b'GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n'))
# The last of those that ask for nothing is sent away in the end.
print(len(crowd[-1].recv(16)), 'bytes for the silent one')
