"""A small Flask application with a queue of RQ's own and one of Flask-RQ's."""

from flask import Flask, current_app
from flask_rq import RQ
from redis import Redis
from rq import Queue

from greetings import greet

app = Flask(__name__)
app.config['GREETING'] = 'Good morning'
app.config['RQ_CONNECTION'] = 'redis://127.0.0.1:6379/0'

# Flask and RQ, and nothing between them.
queue = Queue(connection=Redis.from_url('redis://127.0.0.1:6379/0'))

# The same with Flask-RQ: its jobs run in the application's context.
rq = RQ(app)


@rq.job
def greet_as_configured(name):
    return f'{current_app.config["GREETING"]}, {name}!'


@app.route('/greet/<name>')
def plain(name):
    job = queue.enqueue(greet, name)
    return f'{job.latest_result(timeout=10).return_value}\n'


@app.route('/configured/<name>')
def configured(name):
    job = greet_as_configured.enqueue(name)
    return f'{job.latest_result(timeout=10).return_value}\n'
