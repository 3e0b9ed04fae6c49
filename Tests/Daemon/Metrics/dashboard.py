"""Tries the Grafana dashboard FILE.

load FILE                 Grafana's own types hold all that is in it; else says what they do not
empty FILE PROMETHEUS     the expressions of its panels and variables that have no data there
"""

import json
import math
import re
import sys
import urllib.parse
import urllib.request


def lost(file, model, path=''):
    """What is in the file and not in the model."""
    if isinstance(file, dict):
        for key, value in file.items():
            if not isinstance(model, dict) or key not in model:
                yield '%s/%s' % (path, key)
            else:
                yield from lost(value, model[key], '%s/%s' % (path, key))
    elif isinstance(file, list) and isinstance(model, list) and len(file) == len(model):
        for number, (one, other) in enumerate(zip(file, model)):
            yield from lost(one, other, '%s/%d' % (path, number))
    elif file != model:
        yield path


def load(dashboard):
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

    register_default_plugins()
    model = json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))
    yield from lost(dashboard, model)
    ids = [panel['id'] for panel in dashboard['panels']]
    if len(set(ids)) != len(ids):
        yield 'two panels have one id'
    cells = [
        (x, y)
        for place in (panel['gridPos'] for panel in dashboard['panels'])
        for x in range(place['x'], place['x'] + place['w'])
        for y in range(place['y'], place['y'] + place['h'])
    ]
    if len(set(cells)) != len(cells) or max(x for x, _ in cells) > 23:
        yield 'panels overlap, or are wider than the screen'


def ask(prometheus, path, **query):
    url = '%s/api/v1/%s?%s' % (prometheus, path, urllib.parse.urlencode(query))
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)['data']


def empty(dashboard, prometheus):
    values = {'__rate_interval': '5s', 'instance': '.*', 'queue': '.*'}
    for panel in dashboard['panels']:
        for target in panel['targets']:
            query = re.sub(r'\$(\w+)', lambda found: values[found[1]], target['expr'])
            result = ask(prometheus, 'query', query=query)['result']
            numbers = [float(one['value'][1]) for one in result]
            if not numbers or not all(map(math.isfinite, numbers)):
                yield '%s: %s: %s' % (panel['title'], query, numbers)
    for variable in dashboard['templating']['list']:
        if variable['type'] == 'query':
            metric, label = re.fullmatch(
                r'label_values\((\w+), (\w+)\)', variable['query']['query']
            ).groups()
            if not ask(prometheus, 'label/%s/values' % label, **{'match[]': metric}):
                yield 'variable %s' % variable['name']


what, file, *rest = sys.argv[1:]
with open(file, encoding='utf-8') as stream:
    content = json.load(stream)
for complaint in load(content) if what == 'load' else empty(content, *rest):
    print(complaint)
