"""A small Django site with Django-RQ's queues."""

from pathlib import Path

SECRET_KEY = 'an example needs no secret'
DEBUG = True
ALLOWED_HOSTS = ['127.0.0.1']
ROOT_URLCONF = 'mysite.urls'
INSTALLED_APPS = [
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django_rq',
    'hello',
]
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': Path(__file__).resolve().parent.parent / 'db.sqlite3',
    }
}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
USE_TZ = True

RQ_QUEUES = {
    'high': {'URL': 'redis://127.0.0.1:6379/0', 'DEFAULT_TIMEOUT': 500},
    'default': {'URL': 'redis://127.0.0.1:6379/0', 'DEFAULT_RESULT_TTL': 800},
}
