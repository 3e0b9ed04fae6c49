"""How jobs get to Redis, as PythonRedis.swift says it."""


def redis_client(redis, connection_class):
    """A client of the application's class; it connects when it is used."""
    if 'sentinels' not in redis:
        return connection_class.from_url(redis['url'], **redis['options'])
    from redis.sentinel import Sentinel

    sentinel = Sentinel(
        [(s['host'], s['port']) for s in redis['sentinels']],
        sentinel_kwargs=redis['sentinel_options'],
        **redis['options']
    )
    return sentinel.master_for(redis['master'], redis_class=connection_class)


