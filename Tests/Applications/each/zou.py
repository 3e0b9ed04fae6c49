"""zou, the server of Kitsu: mails and event handlers, which it enqueues itself."""

NAME = 'zou'
SECTION = 'zou'
PYTHON = '3.10'
REQUIREMENTS = ['zou==1.0.97']
VERSIONS = ('zou', 'rq')
DATABASE = True
REDIS_DATABASE = 3

# Handlers of events, as a studio has them.
TOLD = '''
from zou.app import app
from zou.app.models.project_status import ProjectStatus

def handle_event(data):
    from rq import get_current_job
    with app.app_context():
        ProjectStatus.create(name=data['name'], color='#000000')
        return get_current_job().origin, type(get_current_job()).__name__, len(
            ProjectStatus.get_all())
'''
WRONG = '''
def handle_event(data):
    raise ValueError('no %s' % data['name'])
'''

ENQUEUE = '''
import json
from zou.app import create_app
from zou.app.stores.queue_store import job_queue
from zou.app.utils import emails
import site_events.told, site_events.wrong
found = {
    'event': job_queue.enqueue(site_events.told.handle_event, {'name': 'Ada'}),
    'wrong': job_queue.enqueue(site_events.wrong.handle_event, {'name': 'Bob'}),
    'mail': job_queue.enqueue(
        emails.send_email, args=('Hello', '<p>Hello</p>', 'ada@example.org'),
        kwargs={'locale': 'en_US'}),
}
print(json.dumps({name: job.id for name, job in found.items()}))
'''

LOOK = '''
import json
from zou.app import create_app
app = create_app()
from zou.app.models.project_status import ProjectStatus
with app.app_context():
    print(json.dumps(sorted(one.name for one in ProjectStatus.get_all())))
'''


def environment(directory, redis, postgres, database):
    return {
        'KV_HOST': '127.0.0.1', 'KV_PORT': str(redis), 'DB_HOST': '127.0.0.1',
        'DB_PORT': str(postgres), 'DB_USERNAME': 'postgres', 'DB_PASSWORD': '',
        'DB_DATABASE': database or '', 'SECRET_KEY': 'not the one that everybody has',
        'ENABLE_JOB_QUEUE': 'True', 'MAIL_ENABLED': 'False', 'PREVIEW_FOLDER': directory,
        'TMP_DIR': directory + '/tmp', 'PYTHONPATH': directory,
    }


def prepare(folder, run):
    import os

    os.makedirs(folder + '/site_events')
    for name, text in (('__init__', ''), ('told', TOLD), ('wrong', WRONG)):
        with open('%s/site_events/%s.py' % (folder, name), 'w') as opened:
            opened.write(text)
    run('zou', 'init-db')


def worker(venv):
    return [venv + '/bin/rq', 'worker', '--burst', '--with-scheduler', '-w',
            'zou.app.utils.job_worker.ZouWorker', '-c', 'zou.job_settings']


def places(venv, directory, redis):
    return {'/opt/zou/zouenv': venv, '"/opt/zou"': '"%s"' % directory,
            '127.0.0.1:6379': '127.0.0.1:%d' % redis}
