"""Imports that leave nothing behind which a fork would hurt."""

import asyncio
import os
import socket
from concurrent.futures import ThreadPoolExecutor

import redis

asyncio.run(asyncio.sleep(0))
with ThreadPoolExecutor(2) as executor:
    executor.submit(int).result()
store = redis.Redis.from_url(os.environ['STORE'])
store.ping()
listener = socket.create_server(('127.0.0.1', 0))
pair = socket.socketpair()
statistics = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
statistics.connect(('127.0.0.1', 9))


def look():
    return store.ping()
