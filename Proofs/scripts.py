"""Which of rqd's scripts a request runs: each source begins with its name.

A request has the digest alone where the server knows the script; whoever has seen the source pass
knows the digest, too.
"""
import hashlib

NAMES = {}  # by digest


def name_of(words):
    """The name of the script that a request runs or loads, or None."""
    text = None
    if words[0] == b'EVAL':
        text = words[1]
    elif words[0] == b'SCRIPT' and words[1] == b'LOAD':
        text = words[2]
    elif words[0] == b'EVALSHA':
        return NAMES.get(words[1])
    if text is None or not text.startswith(b'-- rqd: '):
        return None
    name = text.split(b'\n', 1)[0][len(b'-- rqd: '):].decode()
    NAMES[hashlib.sha1(text).hexdigest().encode()] = name
    return name


def runs(name):
    """Matches a request that runs this script."""
    return lambda words, _: words[0] in (b'EVALSHA', b'EVAL') and name_of(words) == name
