"""Imports of which LEAVES names what they leave behind."""

import asyncio
import ctypes
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

leaves = os.environ['LEAVES']
if leaves == 'thread':
    threading.Thread(target=time.sleep, args=(3600,), name='sleepy', daemon=True).start()
elif leaves == 'native':
    libc = ctypes.CDLL(None)
    libc.pthread_create(ctypes.byref(ctypes.c_ulong()), None, libc.pause, None)
elif leaves == 'executor':
    executor = ThreadPoolExecutor(1, 'pool')
    executor.submit(int).result()
elif leaves == 'connection':
    connection = socket.create_connection(('127.0.0.1', int(os.environ['PORT'])))
elif leaves == 'loop':
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))


def look():
    return leaves
