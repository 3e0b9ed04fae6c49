import os
import time


def say(text):
    print(text, flush=True)


def nap(seconds):
    time.sleep(float(seconds))


def hold(path):
    """Notes each run of it in a file, and waits for another file."""
    with open(path, "a") as file:
        print("run", file=file)
    while not os.path.exists(path + ".go"):
        time.sleep(0.05)


def fail(reason):
    raise RuntimeError(reason)


def tell_rights(name):
    """Prints whether it runs as this user with its groups, and how large a core dump may be."""
    import grp
    import pwd
    import resource

    user = pwd.getpwuid(os.getuid()).pw_name
    groups = sorted(grp.getgrgid(group).gr_name for group in os.getgroups())
    print(user == name, groups, resource.getrlimit(resource.RLIMIT_CORE), flush=True)


def write_code(word):
    """Has memory that is written and executed, as the callbacks of cffi want it."""
    import mmap

    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()
    print(word, flush=True)


def print_page(word):
    """Has Chromium print a page."""
    import subprocess

    subprocess.run(
        ["chromium", "--headless", "--disable-gpu", "--user-data-dir=/tmp/profile",
         "--print-to-pdf=/tmp/page.pdf", "data:text/html,<h1>" + word + "</h1>"],
        check=True, timeout=60)
    print(word, os.path.getsize("/tmp/page.pdf") > 1000, flush=True)


def everyday(path):
    """What ordinary jobs do: files, programs, threads, the network, big memory."""
    import ctypes
    import mmap
    import multiprocessing
    import socket
    import sqlite3
    import subprocess
    import tempfile
    import threading

    with open(path, "w") as file:
        file.write("x")
    os.chmod(path, 0o644)
    with tempfile.TemporaryDirectory() as place:
        with sqlite3.connect(os.path.join(place, "base")) as base:
            base.execute("create table t (x)")
    subprocess.run(["sh", "-c", "ls / > /dev/null; nice -n 1 true"], check=True)
    thread = threading.Thread(target=print, args=("from a thread",))
    thread.start()
    thread.join()
    child = multiprocessing.get_context("fork").Process(target=os.getpid)
    child.start()
    child.join()
    multiprocessing.Lock()
    mmap.mmap(-1, 1 << 24).close()
    socket.getaddrinfo("localhost", 6379)
    ctypes.CDLL(None).getpid()
    return child.exitcode


def second_time_lucky(path):
    if os.path.exists(path):
        return "done"
    with open(path, "x") as file:
        print(os.getpid(), file=file, flush=True)
    time.sleep(120)


def stray(path):
    """Starts a program that leaves the job behind, tells its group and its pid, and waits."""
    import subprocess

    program = subprocess.Popen(["sleep", "600"], start_new_session=True)
    with open("/proc/self/cgroup") as groups:
        group = [line[3:].strip() for line in groups if line.startswith("0::")]
    with open(path + ".new", "w") as file:
        file.write(f"{program.pid} {group[0]}\n")
    os.rename(path + ".new", path)
    time.sleep(600)


def fill(megabytes):
    memory = b"x" * (int(megabytes) << 20)
    time.sleep(60)
    return len(memory)


def impersonate(path):
    """Puts a socket of its own in the place of the service's, and answers there."""
    import json
    import socket

    server = socket.socket(socket.AF_UNIX)
    os.unlink(path)
    server.bind(path)
    server.listen()
    print("impersonates", flush=True)
    while True:
        client = server.accept()[0]
        try:
            client.makefile().readline()
            answer = {"rqd": 1, "ok": True, "message": "forged"}
            client.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            continue  # it was not believed


def rise(path):
    """Tries to become root, and to see and reach what is not its own; tells what it could."""
    done = []
    for name, attempt in {
        "root": lambda: os.setuid(0),
        "init": lambda: os.kill(1, 0),
        "bus": lambda: os.listdir("/run/dbus"),
        "memory": lambda: open("/proc/%d/mem" % os.getppid(), "rb"),
        "state": lambda: os.listdir("/etc/ssl/private"),
    }.items():
        try:
            attempt()
            done.append(name)
        except OSError:
            continue
    with open("/proc/self/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    print("could", done, *(status[name] for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")),
          "NoNewPrivs", status["NoNewPrivs"], flush=True)
