"""CKAN: its test job, and one that asks its database; without a Solr, which no job here needs."""

import os
import re

NAME = 'ckan'
SECTION = 'CKAN'
PYTHON = '3.10'
REQUIREMENTS = ['ckan[requirements]==2.12.0']
VERSIONS = ('ckan', 'rq')
DATABASE = True

TASKS = '''
def count():
    import ckan.model as model
    from rq import get_current_job
    return (model.Session.query(model.User).filter_by(state='active').count(),
            get_current_job().meta['title'])

def fail():
    raise ValueError('as asked')
'''

# As `ckan jobs test` does, and as extensions do.
ENQUEUE = '''
import json
import rqd_ckan
import ckan.lib.jobs as jobs
import site_tasks
found = {
    'test': jobs.enqueue(jobs.test_job, ['A test job'], title='A test job'),
    'count': jobs.enqueue(site_tasks.count, title='How many'),
    'fail': jobs.enqueue(site_tasks.fail, title='Wrong'),
    'brief': jobs.enqueue(site_tasks.count, title='Brief', rq_kwargs={'timeout': 30}),
    'urgent': jobs.enqueue(site_tasks.count, title='Urgent', queue='priority'),
    'no trace': jobs.enqueue(site_tasks.count, rq_kwargs={'result_ttl': 0}),
}
print(json.dumps({name: job.id for name, job in found.items()}))
'''

# What the command needs as well: the application is made where `ckan` makes it.
LOADED = '''
from ckan.cli import load_config
from ckan.config.middleware import make_app
make_app(load_config())
'''


def environment(directory, redis, postgres, database):
    return {
        'CKAN_INI': directory + '/ckan.ini', 'PYTHONPATH': directory,
        'CKAN_SQLALCHEMY_URL': 'postgresql://postgres@127.0.0.1:%s/%s' % (postgres, database),
        'CKAN_REDIS_URL': 'redis://127.0.0.1:%d/0' % redis,
        'CKAN_SOLR_URL': 'http://127.0.0.1:9/solr/ckan', 'CKAN_SITE_ID': 'default',
        'CKAN_STORAGE_PATH': directory,
    }


def prepare(folder, run):
    run('ckan', 'generate', 'config', folder + '/ckan.ini')
    with open(folder + '/ckan.ini') as opened:
        text = opened.read()
    with open(folder + '/ckan.ini', 'w') as opened:
        opened.write(re.sub(r'^ckan.plugins = .*', 'ckan.plugins =', text, flags=re.M))
    for name, text in (('site_tasks', TASKS), ('rqd_ckan', LOADED)):
        with open('%s/%s.py' % (folder, name), 'w') as opened:
            opened.write(text)
    os.makedirs(folder + '/webassets', exist_ok=True)
    run('ckan', '-c', folder + '/ckan.ini', 'db', 'init')


def worker(venv):
    return [venv + '/bin/ckan', 'jobs', 'worker', '--burst', 'priority', 'default']


def places(venv, directory, redis):
    return {'/usr/lib/ckan/default/bin': venv + '/bin', '"/usr/lib/ckan/default"':
            '"%s"' % directory, '/etc/ckan/default/ckan.ini': directory + '/ckan.ini',
            '127.0.0.1:6379': '127.0.0.1:%d' % redis}
