"""Starts a thread that is still importing when the first job comes."""

import threading

threading.Thread(target=__import__, args=('slowly',)).start()


def look():
    import slowly

    return slowly.READY
