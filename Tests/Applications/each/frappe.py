"""Frappe, whose package in the registry is an empty one: a function and a worker such as its own.

Written anew after its public file (frappe/utils/background_jobs.py): each job is one function with
site, user and method; ids with `||`, queues with colons, a failure callback; a worker that starts a
scheduler in a thread, and one that forks not at all. With the rq of its release 16, 2.6. The real
one needs MariaDB and a clone of its repository, which no package registry has.
"""

NAME = 'frappe'
SECTION = 'Frappe'
PYTHON = '3.10'
REQUIREMENTS = ['rq==2.6.1']
VENV = 'rq-2.6.1'
VERSIONS = ('rq',)

JOBS = '''
import importlib
import os
import sqlite3

from redis import Redis
from rq import get_current_job

connection = Redis(port=int(os.environ['SITE_REDIS']))


def execute_job(site, method, event=None, job_name=None, is_async=True, user=None, kwargs=None,
                retry=0):
    """Connects to the site, runs the method, commits or rolls back, and leaves the site."""
    database = sqlite3.connect(site + '.sqlite3', timeout=30)
    module, name = method.rsplit('.', 1)
    try:
        result = getattr(importlib.import_module(module), name)(database, **(kwargs or {}))
        database.commit()
        return result
    except Exception:
        database.rollback()
        raise
    finally:
        database.close()


def truncate(job, connection, *_):
    connection.rpush('told', job.id.split('||')[1])


def note(database, text):
    database.execute('CREATE TABLE IF NOT EXISTS notes (text TEXT)')
    database.execute('INSERT INTO notes VALUES (?)', (text,))
    if text == 'bad':
        raise ValueError('rolled back')
    return [text, get_current_job().id.split('||')[1], get_current_job().origin]
'''

RUN = '''
import sys
from threading import Thread
from rq import Worker
from site_jobs import connection


class FrappeWorker(Worker):
    def work(self, *args, **kwargs):
        self.start_scheduler()
        kwargs['with_scheduler'] = False
        return super().work(*args, **kwargs)

    def run_maintenance_tasks(self, *args, **kwargs):
        self.start_scheduler()
        return super().run_maintenance_tasks(*args, **kwargs)

    def start_scheduler(self):
        Thread(target=lambda: None, daemon=True).start()


FrappeWorker(sys.argv[1:], connection=connection).work(burst=True)
'''

ENQUEUE = '''
import json
from rq import Callback, Queue
from site_jobs import connection, truncate
found = {}
for queue, id, text in (('short', 'good', 'one'), ('short', 'bad', 'bad'),
                        ('long', 'slow', 'two'), ('default', 'daily|x.y', 'three')):
    job = Queue('srv-frappe-bench:' + queue, connection=connection).enqueue_call(
        'site_jobs.execute_job', on_failure=Callback(func=truncate), timeout=300,
        kwargs={'site': 'erp.example', 'user': 'Administrator', 'method': 'site_jobs.note',
                'event': None, 'job_name': id, 'is_async': True, 'kwargs': {'text': text}},
        failure_ttl=604800, result_ttl=600, job_id='erp.example||' + id)
    found[id] = job.id
print(json.dumps(found))
'''

LOOK = '''
import json, sqlite3
from site_jobs import connection
print(json.dumps({
    'told': [one.decode() for one in connection.lrange('told', 0, -1)],
    'notes': sorted(row[0] for row in sqlite3.connect('erp.example.sqlite3').execute(
        'SELECT text FROM notes'))}))
'''


def environment(directory, redis, postgres, database):
    return {'SITE_REDIS': str(redis), 'PYTHONPATH': directory}


def prepare(folder, run):
    for name, text in (('site_jobs', JOBS), ('run', RUN)):
        with open('%s/%s.py' % (folder, name), 'w') as opened:
            opened.write(text)


def worker(venv):
    return [venv + '/bin/python', 'run.py',
            *('srv-frappe-bench:' + name for name in ('short', 'default', 'long'))]


def places(venv, directory, redis):
    return {
        '/srv/frappe-bench/env/bin/python': venv + '/bin/python',
        '"/srv/frappe-bench/sites"': '"%s"' % directory,
        '"frappe.utils.background_jobs", "frappe.utils.safe_exec", "frappe.query_builder"':
            '"site_jobs"', '127.0.0.1:11000': '127.0.0.1:%d' % redis}
