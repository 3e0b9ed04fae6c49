import RedisKit
