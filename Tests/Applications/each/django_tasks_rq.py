"""django-tasks-rq: Django's tasks, run by RQ. A site of our own around it."""

import os

NAME = 'django-tasks-rq'
SECTION = 'django-tasks-rq'
PYTHON = '3.10'
REQUIREMENTS = open(
    os.path.join(os.path.dirname(__file__), '../requirements.txt')).read().split()
VENV = 'tasks'
VERSIONS = ('django-tasks-rq', 'django-rq', 'rq')

SETTINGS = '''
import os
SECRET_KEY = 'not a secret'
INSTALLED_APPS = ['django_tasks', 'django_tasks_rq', 'django_rq', 'mysite']
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}
RQ_QUEUES = {'default': {'HOST': '127.0.0.1', 'PORT': int(os.environ['SITE_REDIS'])}}
TASKS = {'default': {'BACKEND': 'django_tasks_rq.RQBackend', 'QUEUES': ['default']}}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
USE_TZ = True
'''

MODELS = '''
from django.db import models

class Line(models.Model):
    text = models.TextField()
'''

TASKS = '''
from django.dispatch import receiver
from django_tasks import task
from django_tasks.signals import task_finished, task_started

from mysite.models import Line

@receiver(task_started)
def started(sender, task_result, **_):
    Line.objects.create(text='started %s %s' % (task_result.task.name, task_result.status.name))

@receiver(task_finished)
def finished(sender, task_result, **_):
    Line.objects.create(text='finished %s %s' % (task_result.task.name, task_result.status.name))

@task
def add(a, b):
    Line.objects.create(text='add')
    return a + b

@task(takes_context=True)
def attempt(context):
    return context.attempt

@task
def fail():
    raise ValueError('as asked')

@task
async def later(number):
    return number
'''

ENQUEUE = '''
import datetime, json, os
os.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'
import django
django.setup()
from django.utils import timezone
from mysite import tasks
print(json.dumps({
    'add': tasks.add.enqueue(1, b=2).id,
    'attempt': tasks.attempt.enqueue().id,
    'fail': tasks.fail.enqueue().id,
    'coroutine': tasks.later.enqueue(7).id,
    'tomorrow': tasks.add.using(
        run_after=timezone.now() + datetime.timedelta(days=1)).enqueue(5, 6).id,
}))
'''

LOOK = '''
import json, os, sys
os.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'
import django
django.setup()
from django_tasks import default_task_backend
from mysite.models import Line
found = {'lines': sorted(line.text for line in Line.objects.all())}
for name, id in json.loads(sys.argv[1]).items():
    result = default_task_backend.get_result(id)
    found[name] = [
        result.status.name, result.status.name == 'SUCCESSFUL' and result.return_value,
        [error.exception_class_path for error in result.errors], len(result.worker_ids)]
print(json.dumps(found))
'''


def environment(directory, redis, postgres, database):
    return {'SITE_REDIS': str(redis)}


def prepare(folder, run):
    os.mkdir(folder + '/mysite')
    for name, text in (('__init__', ''), ('settings', SETTINGS), ('models', MODELS),
                       ('tasks', TASKS)):
        with open('%s/mysite/%s.py' % (folder, name), 'w') as opened:
            opened.write(text)
    with open(folder + '/manage.py', 'w') as opened:
        opened.write("import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'\n"
                     'from django.core.management import execute_from_command_line\n'
                     'execute_from_command_line(sys.argv)\n')
    run('python', 'manage.py', 'makemigrations', 'mysite')
    run('python', 'manage.py', 'migrate', '--verbosity', '0')


def worker(venv):
    return [venv + '/bin/python', 'manage.py', 'rqworker', '--burst', '--with-scheduler',
            '--job-class', 'django_tasks_rq.Job', 'default']


def places(venv, directory, redis):
    return {'/srv/mysite/venv': venv, '"/srv/mysite"': '"%s"' % directory,
            '127.0.0.1:6379': '127.0.0.1:%d' % redis}
