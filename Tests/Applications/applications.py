"""Real applications: what becomes of their jobs under their own worker command and under rqd.

    python3 applications.py RQD PLACE [NAME ..]     all of them, or "quick" for those that need
                                                    no database and no environment of their own

RQD is the program, PLACE a folder for environments and databases, which are kept. For each
application its own jobs run once with its own worker command and once with the configuration of
docs/APPLICATIONS.md. Prints a table and each difference; ends with 1 if there is one.
Needs redis-server and, for some, PostgreSQL.
"""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys

import page
from place import Postgres, Redis
from sides import Failed, Side, clean, run

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, '../../docs/APPLICATIONS.md')
ALL = ('django-tasks-rq', 'zou', 'ckan', 'redash', 'frappe', 'netbox', 'label-studio', 'scancode')


def load(name):
    return importlib.import_module('each.' + name.replace('-', '_'))


def interpreter(lowest):
    """A Python of at least a version: the system's, or pyenv's newest that suits."""
    wanted = tuple(map(int, lowest.split('.')))
    root = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    candidates = ['/usr/bin/python3'] + [
        '%s/versions/%s/bin/python' % (root, name)
        for name in sorted(os.listdir(root + '/versions') if os.path.isdir(root) else [],
                           key=lambda name: [int(part) if part.isdigit() else 0
                                             for part in name.split('.')])]
    for candidate in candidates:
        found = subprocess.run(
            [candidate, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
        if found and wanted <= tuple(map(int, found.split('.'))) <= (3, 13):
            return candidate
    raise Failed('needs Python %s or later, which is neither the system\'s nor pyenv\'s' % lowest)


def environment(application, place):
    """The application's virtual environment: one of scripts/setup, or made if it is not there."""
    shared = os.path.join(HERE, '../../.build/venv', getattr(application, 'VENV', 'none'))
    if os.path.exists(shared + '/.ready'):
        return os.path.abspath(shared)
    venv = os.path.join(place, application.NAME)
    mark = os.path.join(venv, '.ready')
    wanted = '\n'.join(application.REQUIREMENTS)
    if os.path.exists(mark) and open(mark).read() == wanted:
        return venv
    shutil.rmtree(venv, ignore_errors=True)
    run([interpreter(application.PYTHON), '-m', 'venv', venv], '/', dict(os.environ))
    print('applications: installing ' + ' '.join(application.REQUIREMENTS), file=sys.stderr)
    run([venv + '/bin/python', '-m', 'pip', 'install', '--quiet', '--no-input',
         '--disable-pip-version-check', *application.REQUIREMENTS], '/', clean(venv), 3600)
    with open(mark, 'w') as opened:
        opened.write(wanted)
    return venv


def prepared(application, venv, place, postgres):
    """The application's folder and database with what its jobs need, made once."""
    folder = os.path.join(place, application.NAME + '.site')
    mark = os.path.join(place, application.NAME + '.prepared')
    wanted = '\n'.join(application.REQUIREMENTS)
    database = None
    if getattr(application, 'DATABASE', False):
        database = application.NAME.replace('-', '_')
        if os.path.exists(mark) and not postgres.sql(
                "SELECT 1 FROM pg_database WHERE datname = '%s'" % database):
            os.remove(mark)
    if os.path.exists(mark) and open(mark).read() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    # What an earlier attempt has left unfinished goes on.
    if database and not postgres.sql("SELECT 1 FROM pg_database WHERE datname = '%s'" % database):
        postgres.sql('CREATE DATABASE %s' % database)
    redis = Redis()
    try:
        variables = clean(venv)
        variables.update(application.environment(
            folder, redis.port, postgres and postgres.port, database))
        application.prepare(folder, lambda *command: run(
            [venv + '/bin/' + command[0], *command[1:]], folder, variables, 3600))
    finally:
        redis.close()
    with open(mark, 'w') as opened:
        opened.write(wanted)
    return folder


def differences(theirs, ours, path=''):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = []
        for key in sorted(set(theirs) | set(ours)):
            found += differences(theirs.get(key), ours.get(key), '%s.%s' % (path, key))
        return found
    if isinstance(theirs, list) and isinstance(ours, list) and theirs != ours:
        # What they have in common says nothing.
        return ['%s: only %r, only with rqd %r' % (
            path.strip('.'), [one for one in theirs if one not in ours],
            [one for one in ours if one not in theirs])]
    return [] if theirs == ours else ['%s: %r, with rqd %r' % (path.strip('.'), theirs, ours)]


def versions(venv, names):
    code = ('import sys, importlib.metadata as m; print("Python %d.%d" % sys.version_info[:2],'
            ' *["%s %s" % (n, m.version(n)) for n in sys.argv[1:]], sep=", ")')
    return run([venv + '/bin/python', '-c', code, *names], '/', clean(venv)).strip()


def attempt(name, program, place, postgres):
    """Tries an application; gives a row of the table and its differences for each configuration."""
    application = load(name)
    files = page.files(PAGE, application.SECTION)
    configurations = {name: text for name, text in files.items() if name.endswith('.conf')}
    modules = {name: text for name, text in files.items() if name.endswith('.py')}
    venv = environment(application, place)
    folder = prepared(application, venv, place, postgres)
    used = versions(venv, application.VERSIONS)
    theirs, expected = one_side(application, venv, folder, postgres, lambda side, ids:
                                side.own_worker())
    unsettled = [name for name, fact in expected['jobs'].items()
                 if fact.get('status') in ('queued', 'started')]
    if unsettled:
        raise Failed('its own worker has left jobs: %s' % unsettled)
    for file, text in configurations.items():
        seconds, found = one_side(application, venv, folder, postgres, lambda side, ids:
                                  side.rqd(program, text, modules))
        title = name if file == 'rqd.conf' else '%s, %s' % (name, file)
        yield ((title, used, len(expected['jobs']), theirs, seconds),
               differences(expected, found))


def one_side(application, venv, folder, postgres, work):
    """Enqueues the jobs in a place of their own and has them run; the seconds, and the facts."""
    side = Side(application, venv, folder, postgres)
    try:
        ids = side.enqueue()
        seconds = work(side, ids)
        found = side.facts(ids)
    finally:
        side.close()
    if os.environ.get('VERBOSE'):
        print(json.dumps(found, indent=1, ensure_ascii=False), file=sys.stderr)
    return seconds, found


def main():
    program, place = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    names = sys.argv[3:] or ALL
    if names == ['quick']:
        names = [name for name in ALL if hasattr(load(name), 'VENV')]
    unknown = set(names) - set(ALL)
    if unknown:
        raise SystemExit('applications: no %s; there are %s' % (unknown, ', '.join(ALL)))
    os.makedirs(place, exist_ok=True)
    wants = any(getattr(load(name), 'DATABASE',
                        False) for name in names)
    # So that what was started ends when somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    postgres = Postgres(os.path.join(place, 'postgres')) if wants else None
    status, notes = 0, []
    print('%-18s %-60s %4s %7s %7s' % ('', 'versions', 'jobs', 'own, s', 'rqd, s'))
    try:
        for name in names:
            try:
                for row, found in attempt(name, program, place, postgres):
                    print('%-18s %-60s %4d %7.1f %7.1f' % row, flush=True)
                    notes += ['%s: %s' % (row[0], line) for line in found]
            except Failed as failure:
                print('%-18s failed' % name, flush=True)
                notes.append('%s: %s' % (name, failure))
    finally:
        if postgres is not None:
            postgres.close()
    for note in notes:
        status = 1
        print(note)
    if not notes:
        print('no difference')
    sys.exit(status)


main()
