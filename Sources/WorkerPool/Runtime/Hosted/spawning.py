"""How the horses of RQ's SpawnWorker are started in an interpreter that rqd hosts."""

import contextlib
import os

MAIN = os.getpid()


@contextlib.contextmanager
def spawning_safely():
    """While SpawnWorker starts a horse: its program, which has the password of Redis in it, goes
    into a file without a name and not into the arguments, and it ends with this interpreter.
    """
    names = ('posix_spawn', 'spawnv')
    originals = {name: getattr(os, name) for name in names}
    opened = []

    def hidden(arguments):
        arguments = list(arguments)
        if len(arguments) != 3 or arguments[1] != '-c':
            return arguments
        file = os.memfd_create('rqd-horse', 0)
        opened.append(file)
        with open(os.dup(file), 'wb') as stream:
            stream.write(arguments[2].encode())
        arguments[2] = (
            'import ctypes,os\nctypes.CDLL(None).prctl(1,9)\nif os.getppid()!=%d:os._exit(1)\n'
            "with open('/proc/self/fd/%d') as f:source=f.read()\n"
            "exec(compile(source,'rqd-horse','exec'))" % (MAIN, file)
        )
        return arguments

    def posix_spawn(path, argv, *args, **kwargs):
        return originals['posix_spawn'](path, hidden(argv), *args, **kwargs)

    def spawnv(mode, file, args):
        return originals['spawnv'](mode, file, hidden(args))

    os.posix_spawn, os.spawnv = posix_spawn, spawnv
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(os, name, original)
        for file in opened:
            os.close(file)
