"""The Redis protocol, as far as a proxy needs it: where a frame ends, and what is in it."""


def request(data, at=0):
    """The request at a place of a buffer as (words, end), or None while it is incomplete."""
    end = data.find(b'\r\n', at)
    if end < 0:
        return None
    if data[at : at + 1] != b'*':
        return data[at:end].split(), end + 2
    words, place = [], end + 2
    for _ in range(int(data[at + 1 : end])):
        end = data.find(b'\r\n', place)
        if end < 0:
            return None
        size = int(data[place + 1 : end])
        if len(data) < end + 2 + size + 2:
            return None
        words.append(bytes(data[end + 2 : end + 2 + size]))
        place = end + 2 + size + 2
    return words, place


def reply(data, at=0):
    """The reply at a place of a buffer as (value, end), or None while it is incomplete.

    A value is bytes, or a list of values; numbers and errors keep their sign in front. What the
    server says without having been asked begins with '>'.
    """
    end = data.find(b'\r\n', at)
    if end < 0:
        return None
    kind, line, place = data[at : at + 1], bytes(data[at + 1 : end]), end + 2
    if kind in b'$=!':
        size = int(line)
        if size < 0:
            return b'', place
        if len(data) < place + size + 2:
            return None
        return bytes(data[place : place + size]), place + size + 2
    if kind not in b'*~>%':
        return bytes(kind + line), place
    values = [b'>'] if kind == b'>' else []
    for _ in range(max(int(line), 0) * (2 if kind == b'%' else 1)):
        found = reply(data, place)
        if found is None:
            return None
        value, place = found
        values.append(value)
    return values, place
