"""NetBox: its synchronization of data sources and its housekeeping."""

import os

NAME = 'netbox'
SECTION = 'NetBox'
PYTHON = '3.12'
REQUIREMENTS = ['netbox==4.7.3']
VERSIONS = ('netbox', 'django-rq', 'rq')
DATABASE = True

CONFIGURATION = '''
import os
ALLOWED_HOSTS = ['*']
DATABASES = {'default': {
    'NAME': os.environ['SITE_DATABASE'], 'USER': 'postgres', 'PASSWORD': '', 'HOST': '127.0.0.1',
    'PORT': os.environ['SITE_POSTGRES'], 'CONN_MAX_AGE': 300}}
REDIS = {
    name: {'HOST': '127.0.0.1', 'PORT': int(os.environ['SITE_REDIS']), 'DATABASE': number}
    for number, name in enumerate(('tasks', 'caching'))}
SECRET_KEY = 'not a secret, and as long as NetBox wants it: fifty letters'
ISOLATED_DEPLOYMENT = True
'''

ENQUEUE = '''
import json, os
os.environ['DJANGO_SETTINGS_MODULE'] = 'netbox.settings'
import django
django.setup()
from core.jobs import SyncDataSourceJob, SystemHousekeepingJob
from core.models import DataSource
found = {}
for name, place in (('here', os.getcwd() + '/data'), ('missing', '/nowhere')):
    source = DataSource.objects.create(name=name, type='local', source_url='file://' + place)
    found[name] = str(SyncDataSourceJob.enqueue(instance=source).job_id)
found['housekeeping'] = str(SystemHousekeepingJob.enqueue(queue_name='low').job_id)
print(json.dumps(found))
'''

# What the drop-in of the page does.
BEFORE = 'import rqd_netbox; rqd_netbox.schedule()'

LOOK = '''
import json, os, sys
os.environ['DJANGO_SETTINGS_MODULE'] = 'netbox.settings'
import django
django.setup()
from core.models import DataFile, DataSource, Job
ids = json.loads(sys.argv[1])
found = {
    name: [job.status, job.name, bool(job.started), bool(job.completed), job.error,
           [(entry['level'], entry['message'].splitlines()[-1]) for entry in job.log_entries]]
    for name, id in ids.items() for job in Job.objects.filter(job_id=id)}
found['jobs'] = sorted(
    [job.name, job.status, job.interval] for job in Job.objects.exclude(job_id__in=ids.values()))
found['sources'] = sorted([one.name, one.status] for one in DataSource.objects.all())
found['files'] = sorted(DataFile.objects.values_list('path', flat=True))
print(json.dumps(found, default=str))
'''


def environment(directory, redis, postgres, database):
    return {'NETBOX_ROOT': directory, 'DJANGO_SETTINGS_MODULE': 'netbox.settings',
            'SITE_REDIS': str(redis), 'SITE_POSTGRES': str(postgres),
            'SITE_DATABASE': database}


def prepare(folder, run):
    for name in ('conf', 'data', 'media', 'reports', 'scripts'):
        os.mkdir('%s/%s' % (folder, name))
    for name, text in (('conf/__init__.py', ''), ('conf/configuration.py', CONFIGURATION),
                       ('data/one.yaml', 'one: 1\n'), ('data/two.txt', 'two\n')):
        with open('%s/%s' % (folder, name), 'w') as opened:
            opened.write(text)
    run('netbox', 'migrate', '--verbosity', '0')


def worker(venv):
    return [venv + '/bin/netbox', 'rqworker', '--burst']


def places(venv, directory, redis):
    return {'/opt/netbox/venv': venv, '"/opt/netbox"': '"%s"' % directory,
            '127.0.0.1:6379': '127.0.0.1:%d' % redis}
