"""ScanCode.io: runs of pipelines, two of our own and one of its own, which starts processes."""

import os

NAME = 'scancode'
SECTION = 'ScanCode.io'
PYTHON = '3.12'
# With a later pluggy its plugins are not found.
REQUIREMENTS = ['scancodeio==38.1.0', 'pluggy<1.7']
VERSIONS = ('scancodeio', 'django-rq', 'rq')
DATABASE = True

PIPELINE = '''
from scanpipe.pipelines import Pipeline


class %(name)s(Pipeline):
    """As a site has them."""

    @classmethod
    def steps(cls):
        return (cls.look, cls.write)

    def look(self):
        self.found = sorted(path.name for path in self.project.inputs())

    def write(self):
        %(last)s
'''

START = '''
import json, os, sys
os.environ['DJANGO_SETTINGS_MODULE'] = 'scancodeio.settings'
import django
django.setup()
'''

ENQUEUE = START + '''
from scanpipe.models import Project
found = {}
for name, pipeline in ('good', 'greet'), ('bad', 'stumble'), ('packages', 'inspect_packages'):
    project = Project.objects.create(name=name)
    project.copy_input_from(os.getcwd() + '/input/package.json')
    run = project.add_pipeline(pipeline)
    run.start()
    found[name] = str(run.pk)
print(json.dumps(found))
'''

LOOK = START + '''
from scanpipe.models import DiscoveredPackage, Run
print(json.dumps({
    'runs': sorted([run.project.name, run.status, run.task_exitcode, run.task_id == run.pk,
                    run.task_output.splitlines()[:1]] for run in Run.objects.all()),
    'packages': sorted(one.purl for one in DiscoveredPackage.objects.all()),
}))
'''


def environment(directory, redis, postgres, database):
    return {
        'SECRET_KEY': 'not a secret', 'SCANCODEIO_WORKSPACE_LOCATION': directory + '/workspace',
        'SCANCODEIO_DB_HOST': '127.0.0.1', 'SCANCODEIO_DB_PORT': str(postgres),
        'SCANCODEIO_DB_USER': 'postgres', 'SCANCODEIO_DB_PASSWORD': 'none',
        'SCANCODEIO_DB_NAME': database or '', 'SCANCODEIO_ASYNC': 'True',
        'SCANCODEIO_RQ_REDIS_HOST': '127.0.0.1', 'SCANCODEIO_RQ_REDIS_PORT': str(redis),
        'SCANCODEIO_PIPELINES_DIRS': directory + '/pipelines', 'SCANCODEIO_PROCESSES': '2',
    }


def prepare(folder, run):
    for name in 'input', 'pipelines', 'workspace':
        os.mkdir('%s/%s' % (folder, name))
    with open(folder + '/input/package.json', 'w') as opened:
        opened.write('{"name": "ours", "version": "1.2.3", "license": "MIT"}\n')
    for name, last in ('Greet', 'self.project.add_info(description=str(self.found))'), (
            'Stumble', 'raise ValueError("as asked")'):
        with open('%s/pipelines/%s.py' % (folder, name.lower()), 'w') as opened:
            opened.write(PIPELINE % {'name': name, 'last': last})
    run('scanpipe', 'migrate', '--verbosity', '0')


def worker(venv):
    return [venv + '/bin/scanpipe', 'rqworker', '--worker-class',
            'scancodeio.worker.ScanCodeIOWorker', '--queue-class',
            'scancodeio.worker.ScanCodeIOQueue', '--burst']


def places(venv, directory, redis):
    return {'/opt/scancodeio/bin': venv + '/bin', '"/opt/scancodeio"': '"%s"' % directory,
            '127.0.0.1:6379': '127.0.0.1:%d' % redis}
