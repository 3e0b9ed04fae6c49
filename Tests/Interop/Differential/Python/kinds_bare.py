"""Hashes that no producer of today writes."""

import pickle
import zlib

import deeds
from differ import kind


@kind
def data_not_compressed(k):
    job = k.enqueue(deeds.give, 1)
    k.connection.hset(job.key, 'data', job.data)


@kind
def data_not_serialised(k):
    job = k.enqueue(deeds.give, 1)
    k.connection.hset(job.key, 'data', zlib.compress(b'nonsense'))


@kind
def data_of_another_shape(k):
    job = k.enqueue(deeds.give, 1)
    k.connection.hset(job.key, 'data', zlib.compress(pickle.dumps('a word')))


@kind
def fields_of_others(k):
    job = k.enqueue(deeds.give, 1)
    k.connection.hset(job.key, 'of_others', 'stays')

