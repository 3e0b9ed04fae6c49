import sys

from redis import Redis
from rq import Queue, Worker
from rq.job import Job

connection = Redis()
verb, *words = sys.argv[1:]
if verb == "enqueue":
    print(Queue(connection=connection).enqueue(f"tasks.{words[0]}", words[1]).id)
elif verb == "status":
    print(Job.fetch(words[0], connection=connection).get_status().value)
else:
    print(Worker.count(connection=connection))
