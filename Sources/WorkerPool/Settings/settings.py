"""An RQ settings module: a Python module's names in capitals, as `rq worker --config` reads them.

Source: RQ 3.0.0, rq/cli/helpers.py, read_config_file.
"""


def import_settings(name):
    """The module of a dotted name, or of a file: a name with a slash or that ends in .py."""
    import importlib
    import importlib.util
    import os
    import sys

    if '/' not in name and not name.endswith('.py'):
        return importlib.import_module(name)
    path = os.path.abspath(name)
    if not path.endswith('.py') and not os.path.isfile(path):
        path += '.py'
    sys.path.append(os.path.dirname(path))
    module = os.path.basename(path)[:-3]
    spec = importlib.util.spec_from_file_location(module, path)
    sys.modules[module] = settings = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(settings)
    return settings


def configure_logging(name):
    """Applies the DICT_CONFIG of a settings module, if it has one."""
    config = getattr(import_settings(name), 'DICT_CONFIG', None)
    if config:
        import logging.config

        logging.config.dictConfig(config)
