"""Tells what an RQ settings module says, as JSON on a descriptor; follows settings.py.

Arguments: the descriptor, the module, the directories of sys.path.
"""


def json_value(value):
    """What JSON has no word for, in the nearest one that it has."""
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, bytes):
        return value.decode('utf-8', 'backslashreplace')
    return str(value)


def places(path, names):
    """The line and column of the value that each name was given last."""
    import ast

    found = {}
    try:
        with open(path, 'rb') as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in names:
                place = [node.value.lineno, node.value.col_offset + 1]
                found[target.id] = max(place, found.get(target.id, place))
    return found


def does_more(path):
    """Whether the module does more when it is imported than give names values."""
    import ast

    try:
        with open(path, 'rb') as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return False
    kept = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Import) and all(is_of_python(n.name) for n in node.names):
            continue
        if isinstance(node, ast.ImportFrom) and not node.level and is_of_python(node.module):
            continue
        names = all(is_name(target) for target in getattr(node, 'targets', ()))
        if isinstance(node, kept) and names and not calls(node):
            continue
        return True
    return False


def calls(node):
    """Whether a value is made by a call of more than what reads a variable or makes a value."""
    import ast

    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return bool(node.decorator_list)
    harmless = ('get', 'getenv', 'int', 'str', 'bool', 'float', 'list', 'dict', 'tuple', 'format',
                'split', 'join', 'dirname', 'abspath', 'Path', 'resolve', 'lower', 'strip')
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = getattr(each.func, 'attr', getattr(each.func, 'id', ''))
            if name not in harmless:
                return True
    return False


def is_name(target):
    import ast

    names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    return all(isinstance(name, ast.Name) for name in names)


def is_of_python(name):
    """Whether a module is of Python's own library, whose import changes nothing."""
    import sys
    import sysconfig

    top = name.partition('.')[0]
    module = sys.modules.get(top)
    if top in sys.builtin_module_names:
        return True
    path = getattr(module, '__file__', None) or ''
    library = sysconfig.get_paths()['stdlib'] + '/'
    return path.startswith(library) and '-packages/' not in path


def worker_log(config):
    """The level, layout and date layout that a DICT_CONFIG gives rq's worker, of what it names."""
    loggers = config.get('loggers') or {}
    chain = [loggers.get('rq.worker'), loggers.get('rq'), config.get('root') or loggers.get('')]
    chain = [logger for logger in chain if logger]
    log = {}
    for logger in chain:
        if logger.get('level') is not None:
            log['level'] = str(logger['level'])
            break
    handlers = next((logger['handlers'] for logger in chain if logger.get('handlers')), [])
    for name in handlers[:1]:
        handler = (config.get('handlers') or {}).get(name) or {}
        formatter = (config.get('formatters') or {}).get(handler.get('formatter')) or {}
        if formatter.get('style', '%') == '%' and formatter.get('format'):
            log['line'] = str(formatter['format'])
            log['date'] = str(formatter.get('datefmt') or '')
    return log


def complaint(error):
    """What went wrong in one line, with the place in a file of the application's, if any."""
    import importlib
    import traceback

    text = traceback.format_exception_only(type(error), error)[-1].strip()
    if isinstance(error, SyntaxError) and error.filename:
        return {'error': '%s: %s' % (type(error).__name__, error.msg),
                'file': error.filename, 'line': error.lineno or 0}
    # What imports is not what is wrong, however Python was built.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if not frame.filename.startswith('<') and frame.filename != importlib.__file__]
    answer = {'error': ' '.join(text.split())}
    if frames:
        answer.update(file=frames[-1].filename, line=frames[-1].lineno)
    return answer


def answer(name, paths):
    import os
    import sys

    own = [os.path.abspath(path) for path in paths]
    sys.path[:] = own + [entry for entry in sys.path if entry and entry not in own]
    try:
        module = import_settings(name)
        values = {key: value for key, value in vars(module).items() if key.upper() == key}
        values = {key: value for key, value in values.items() if not key.startswith('_')}
        path = getattr(module, '__file__', None) or name
        config = values.pop('DICT_CONFIG', None)
        log = worker_log(config) if config else None
        known = {key: values[key] for key in values if key in KNOWN}
        if 'INSTALLED_APPS' in values and not known and not config:
            place = places(path, {'INSTALLED_APPS'}).get('INSTALLED_APPS', [1])
            return {'error': DJANGO, 'file': path, 'line': place[0]}
        return {'file': path, 'values': known, 'log': log,
                'does_more': does_more(path),
                'others': sorted(set(values) - set(known)),
                'places': places(path, set(known) | {'DICT_CONFIG'})}
    except BaseException as error:
        return complaint(error)


DJANGO = (
    "these are Django's settings, not RQ's: they name no Redis and no queue for RQ; "
    'see the page on Django in the manual, and set DJANGO_SETTINGS_MODULE and preload instead'
)

KNOWN = (
    'REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'REDIS_DB', 'REDIS_PASSWORD', 'REDIS_SSL',
    'REDIS_SSL_CA_CERTS', 'REDIS_SSL_CERT_REQS', 'REDIS_SSL_CA_DATA', 'REDIS_SSL_KEYFILE',
    'REDIS_SSL_CERTFILE', 'SENTINEL', 'QUEUES', 'NAME', 'SENTRY_DSN', 'SENTRY_CA_CERTS',
    'SENTRY_DEBUG',
)


def main():
    import json
    import os
    import sys

    descriptor, name = int(sys.argv[1]), sys.argv[2]
    text = json.dumps(answer(name, sys.argv[3:]), default=json_value, skipkeys=True)
    sys.stdout.flush()
    with os.fdopen(descriptor, 'wb') as stream:
        stream.write(text.encode())
    sys.stderr.flush()
    os._exit(0)


main()
