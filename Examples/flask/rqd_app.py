"""What rqd loads once and then forks for each job: the application, and its context.

With an application factory: `from app import create_app`, `app = create_app()`.
"""

from app import app

app.app_context().push()
