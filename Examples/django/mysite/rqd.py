"""What rqd loads once and then forks for each job: Django, and the modules with jobs in them."""

import django

django.setup()

import hello.tasks  # noqa: E402, F401
from django.db import connections  # noqa: E402

# A connection that an import has opened must not be shared by all jobs.
connections.close_all()
