import django_rq
from django.db import transaction
from django.http import HttpResponse

from hello.models import Greeting
from hello.tasks import count_greetings, write_greeting


def greet(request, name):
    with transaction.atomic():
        greeting = Greeting.objects.create(name=name)
        # Django-RQ puts the job into its queue when the transaction commits.
        write_greeting.delay(greeting.id, job_id=f'greeting-{greeting.id}')
    return HttpResponse(f'greeting {greeting.id} is being written\n')


def greeting(request, number):
    job = django_rq.get_queue('high').fetch_job(f'greeting-{number}')
    job.latest_result(timeout=10)
    return HttpResponse(f'{Greeting.objects.get(id=number).text}\n')


def count(request):
    job = django_rq.enqueue(count_greetings)
    return HttpResponse(f'greetings: {job.latest_result(timeout=10).return_value}\n')
