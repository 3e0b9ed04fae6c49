# Huge pages under what the stable has loaded: where there is one, a fork copies a single entry in
# place of 512, and the end of a process undoes a single one.

import os

MADV_COLLAPSE = 25  # Linux 6.1

# The part of a huge page that must be in memory already: the rest is memory that nobody uses.
LEAST_PRESENT = 0.75


def collapse_memory():
    """Has the kernel put this process's memory into huge pages, as far as it is full.

    Before the first fork: what is forked later shares them, and where it writes, a page of the
    usual size is copied. Where the kernel gives none at all, the master hears why.
    """
    try:
        import ctypes

        with open('/sys/kernel/mm/transparent_hugepage/hpage_pmd_size') as file:
            size = int(file.read())
        advise = ctypes.CDLL(None, use_errno=True).madvise
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        refusals = []
        pieces = full_pieces(size)
        for start in pieces:
            if advise(start, size, MADV_COLLAPSE) != 0:
                refusals.append(os.strerror(ctypes.get_errno()))
        if refusals and len(refusals) == len(pieces):
            report('pages', refusals[0])
    except (ImportError, OSError, ValueError) as error:
        report('pages', error)


def full_pieces(size):
    """The addresses of aligned pieces of private, writable memory that are mostly in use."""
    page = os.sysconf('SC_PAGESIZE')
    least = size // page * LEAST_PRESENT
    found = []
    with open('/proc/self/maps', 'rb') as maps, open('/proc/self/pagemap', 'rb', 0) as pages:
        for line in maps:
            area, rights, _, _, inode, *name = line.split()
            if rights[:2] != b'rw' or rights[3:] != b'p' or inode != b'0' or name == [b'[stack]']:
                continue
            start, end = (int(each, 16) for each in area.split(b'-'))
            for at in range(-(-start // size) * size, end - size + 1, size):
                entries = os.pread(pages.fileno(), size // page * 8, at // page * 8)
                if sum(entry >> 7 for entry in entries[7::8]) >= least:  # whether it is present
                    found.append(at)
    return found
