"""A site with django-rq whose pages somebody opens while a worker runs a job.

Usage: look.py REDIS_URL DIRECTORY WORKER…

WORKER is a command that runs a worker with a scheduler, without its queue. Prints one line for each
thing that is not as it is with RQ's own worker, in DIRECTORY are files of the run. Status 1 then.
"""

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlparse

import django
from django.conf import settings

URL, DIRECTORY, WORKER = sys.argv[1], sys.argv[2], sys.argv[3:]
HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = urlparse(URL)
NAMES = ('auth', 'contenttypes', 'sessions', 'messages', 'admin')
MIDDLEWARE = (
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
)
PROCESSORS = (
    'django.template.context_processors.request',
    'django.contrib.auth.context_processors.auth',
    'django.contrib.messages.context_processors.messages',
)
settings.configure(
    SECRET_KEY='a',
    ALLOWED_HOSTS=['*'],
    ROOT_URLCONF='look',
    USE_TZ=True,
    INSTALLED_APPS=['django.contrib.' + name for name in NAMES] + ['django_rq'],
    MIDDLEWARE=list(MIDDLEWARE),
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
    TEMPLATES=[
        {
            'BACKEND': 'django.template.backends.django.DjangoTemplates',
            'APP_DIRS': True,
            'OPTIONS': {'context_processors': list(PROCESSORS)},
        }
    ],
    RQ_QUEUES={'default': {'HOST': ADDRESS.hostname, 'PORT': ADDRESS.port, 'DB': 0}},
)
sys.modules['look'] = sys.modules['__main__']
django.setup()

import django_rq  # noqa: E402 - its settings come first
from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from rq import Worker  # noqa: E402

urlpatterns = [path('admin/', admin.site.urls), path('django-rq/', include('django_rq.urls'))]
PAGES = ('', 'stats.json', 'queues/0/', 'queues/0/started/', 'workers/0/')
FAULTS = []


def wait(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    FAULTS.append('not within %d s: %s' % (seconds, what))
    return None


def is_alive(pid):
    return isinstance(pid, int) and os.path.exists('/proc/%d' % pid)


def open_pages(queue, job):
    """Each page twice: the first look may remove what the second misses."""
    from django.contrib.auth.models import User

    call_command('migrate', verbosity=0)
    client = Client()
    client.force_login(User.objects.create_superuser('somebody', 'a@b.c', 'a'))
    worker = Worker.all(connection=queue.connection)[0]
    pages = PAGES + ('workers/0/%s/' % worker.key, 'queues/0/%s/' % job.id, 'metrics')
    for page in pages * 2:
        answer = client.get('/django-rq/' + page)
        text = answer.content.decode()
        if answer.status_code == 404 and page in ('metrics', 'stats.json'):
            continue  # not every django-rq has it, or shows it without a token
        if answer.status_code != 200:
            FAULTS.append('%s: %d' % (page, answer.status_code))
        if page in ('queues/0/started/', 'queues/0/%s/' % job.id) and job.id not in text:
            FAULTS.append('%s does not show the job' % page)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        call_command('rqstats')
    if 'default' not in told.getvalue():
        FAULTS.append('rqstats: %s' % told.getvalue())


def main():
    queue = django_rq.get_queue('default')
    go = os.path.join(DIRECTORY, 'go')
    job = queue.enqueue('chores.hold', go)
    with open(os.path.join(DIRECTORY, 'log'), 'w') as log:
        worker = subprocess.Popen(WORKER + ['default'], stdout=log, stderr=log)
        try:
            wait('the job runs', lambda: job.get_status() == 'started')
            pid = wait('a scheduler', lambda: queue.scheduler_pid)
            if not is_alive(pid):
                FAULTS.append('scheduler_pid: %r' % (pid,))
            started = queue.started_job_registry.get_job_ids()
            if job.id not in [name.split(':')[0] for name in started]:
                FAULTS.append('not in the registry of started jobs')
            open_pages(queue, job)
            open(go, 'w').close()
            wait('the job is finished', lambda: job.get_status() == 'finished')
            finished = queue.finished_job_registry.get_job_ids()
            if job.latest_result() is None or job.id not in finished:
                FAULTS.append('the outcome is not kept')
        finally:
            open(go, 'w').close()
            worker.send_signal(signal.SIGTERM)
            worker.wait(20)
    for fault in FAULTS:
        print(fault)
    return 1 if FAULTS else 0


if __name__ == '__main__':
    sys.exit(main())
