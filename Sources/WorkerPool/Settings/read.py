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

    sys.path[:] = [entry for entry in sys.path if entry != '']
    for path in paths:
        path = os.path.abspath(path)
        if path not in sys.path:
            sys.path.append(path)
    try:
        module = import_settings(name)
        values = {key: value for key, value in vars(module).items() if key.upper() == key}
        values = {key: value for key, value in values.items() if not key.startswith('_')}
        path = getattr(module, '__file__', None) or name
        config = values.pop('DICT_CONFIG', None)
        log = worker_log(config) if config else None
        known = {key: values[key] for key in values if key in KNOWN}
        return {'file': path, 'values': known, 'log': log,
                'others': sorted(set(values) - set(known)),
                'places': places(path, set(known) | {'DICT_CONFIG'})}
    except BaseException as error:
        return complaint(error)


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
