from django.db import models


class Greeting(models.Model):
    name = models.CharField(max_length=100)
    text = models.CharField(max_length=200, blank=True)
