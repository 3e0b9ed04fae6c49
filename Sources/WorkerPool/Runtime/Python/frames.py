

# Frames between a worker and its horse: RESP arrays of bulk strings.


def pack(parts):
    """A RESP array of bulk strings."""
    out = [b'*%d\r\n' % len(parts)]
    for part in parts:
        out.append(b'$%d\r\n%s\r\n' % (len(part), part))
    return b''.join(out)


def unpack(sock):
    """The next RESP array on a socket, or None at its end. Nothing may follow it yet."""
    data = bytearray()
    at = 0

    def await_more(size):
        piece = sock.recv(size)
        if not piece:
            raise EOFError
        data.extend(piece)

    def number():
        nonlocal at
        end = data.find(b'\r\n', at)
        while end < 0:
            await_more(16384)
            end = data.find(b'\r\n', at)
        value = int(data[at + 1 : end])
        at = end + 2
        return value

    parts = []
    try:
        for _ in range(number()):
            size = number()
            while len(data) < at + size + 2:
                await_more(max(16384, at + size + 2 - len(data)))
            parts.append(bytes(data[at : at + size]))
            at += size + 2
    except EOFError:
        return None
    return parts


def is_readable(fd):
    """Whether something has come on a socket, or its other end is closed.

    Without an exception and without flags of `socket`'s, which are enums: what these touch would be
    copied in each horse.
    """
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def die_with_worker(life):
    """Has the kernel kill us when the worker's end of this socket is closed.

    The slot stable does the same, but only when its turn comes, and it may hang. Meanwhile the job
    would go on, and somebody else begin it anew. Nothing is ever sent on this socket: the kernel
    would take that for a reason, too. Returns whether the worker is still there.
    """
    fd = life.fileno()
    try:
        fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(fd, fcntl.F_SETSIG, SIGKILL)
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:
        return True  # a kernel that cannot: then it is left to the slot stable
    return not is_readable(fd)


def same_socket(sock, identity):
    try:
        now = os.fstat(sock.fileno())
    except OSError:
        return False
    return (now.st_dev, now.st_ino) == identity
