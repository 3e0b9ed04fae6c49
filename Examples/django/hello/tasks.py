from django_rq import job

from hello.models import Greeting


@job('high')
def write_greeting(number):
    greeting = Greeting.objects.get(id=number)
    greeting.text = f'Hello, {greeting.name}!'
    greeting.save()


def count_greetings():
    return Greeting.objects.exclude(text='').count()
