"""Label Studio: the import from a storage, an export, and what those enqueue."""

import glob
import os

NAME = 'label-studio'
SECTION = 'Label Studio'
PYTHON = '3.10'
REQUIREMENTS = ['label-studio==1.23.2']
VERSIONS = ('label-studio', 'django-rq', 'rq')
DATABASE = True

# What the community edition has no variable for.
SETTINGS = '''
import os

os.environ['DJANGO_SETTINGS_MODULE'] = 'core.settings.label_studio'
from core.settings.label_studio import *

os.environ['DJANGO_SETTINGS_MODULE'] = __name__
REDIS_ENABLED = True
for queue in RQ_QUEUES.values():
    queue.update(HOST='127.0.0.1', PORT=int(os.environ['SITE_REDIS']))
'''

START = '''
import glob, json, os, sys
sys.path.insert(0, glob.glob(sys.prefix + '/lib/python3*/site-packages/label_studio')[0])
os.environ['DJANGO_SETTINGS_MODULE'] = 'site_settings'
import django
django.setup()
'''

ENQUEUE = START + '''
import django_rq
from data_export.models import Export
from io_storages.localfiles.models import LocalFilesImportStorage
from organizations.models import Organization
from projects.models import Project
from tasks.models import Task
from users.models import User
user = User.objects.create_user(email='ada@example.org', password='not a secret')
organization = Organization.create_organization(created_by=user, title='Ours')
user.active_organization = organization
user.save()
project = Project.objects.create(
    title='One', created_by=user, organization=organization,
    label_config='<View><Text name="text" value="$text"/><Choices name="what" toName="text">'
                 '<Choice value="a"/><Choice value="b"/></Choices></View>')
for text in 'one', 'two':
    Task.objects.create(project=project, data={'text': text})
for place in 'data', 'gone':
    storage = LocalFilesImportStorage.objects.create(
        project=project, path=os.path.join(os.getcwd(), place), use_blob_urls=False, title=place)
    storage.sync()
export = Export.objects.create(project=project, created_by=user)
export.run_file_exporting()
broken = Export.objects.create(project=project, created_by=user)
broken.run_file_exporting(task_filter_options={'view': 4711})
found = {}
for name in 'critical', 'high', 'default', 'low':
    for number, job in enumerate(django_rq.get_queue(name).get_jobs()):
        found['%s %d %s' % (name, number, job.func_name.rsplit('.', 1)[-1])] = job.id
print(json.dumps(found))
'''

LOOK = START + '''
from data_export.models import Export
from io_storages.localfiles.models import LocalFilesImportStorage
from tasks.models import Task
print(json.dumps({
    'tasks': sorted(json.dumps(task.data, sort_keys=True) for task in Task.objects.all()),
    'storages': sorted([one.title, one.status, one.last_sync_count]
                       for one in LocalFilesImportStorage.objects.all()),
    'exports': sorted([one.id, one.status, bool(one.file)] for one in Export.objects.all()),
}))
'''


def environment(directory, redis, postgres, database):
    return {
        'SITE_REDIS': str(redis), 'DJANGO_SETTINGS_MODULE': 'site_settings',
        'PYTHONPATH': directory, 'BASE_DATA_DIR': directory + '/base', 'SENTRY_DSN': '',
        'FRONTEND_SENTRY_DSN': '', 'DJANGO_DB': 'default', 'POSTGRE_NAME': database or '',
        'POSTGRE_USER': 'postgres', 'POSTGRE_PASSWORD': '', 'POSTGRE_HOST': '127.0.0.1',
        'POSTGRE_PORT': str(postgres), 'LOCAL_FILES_SERVING_ENABLED': 'true',
        'LOCAL_FILES_DOCUMENT_ROOT': os.path.dirname(directory), 'COLLECT_ANALYTICS': 'False',
        'LATEST_VERSION_CHECK': 'False',
    }


def package(venv):
    return glob.glob(venv + '/lib/python3*/site-packages/label_studio')[0]


def prepare(folder, run):
    os.makedirs(folder + '/data')
    os.makedirs(folder + '/gone')
    for number in 1, 2, 3:
        with open('%s/data/%d.json' % (folder, number), 'w') as opened:
            opened.write('{"text": "number %d"}' % number)
    with open(folder + '/gone/bad.json', 'w') as opened:
        opened.write('no JSON')
    with open(folder + '/site_settings.py', 'w') as opened:
        opened.write(SETTINGS)
    run('python', '-c', START.replace('import django\ndjango.setup()\n', '')
        + 'from django.core.management import execute_from_command_line\n'
        + 'execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])\n')


def worker(venv):
    return [venv + '/bin/python', package(venv) + '/manage.py', 'rqworker', '--burst', 'critical',
            'high', 'default', 'low']


def places(venv, directory, redis):
    return {
        '/opt/label-studio/venv/lib/python3.11/site-packages/label_studio': package(venv),
        '/opt/label-studio/venv': venv, '"/opt/label-studio"': '"%s"' % directory,
        '127.0.0.1:6379': '127.0.0.1:%d' % redis}
