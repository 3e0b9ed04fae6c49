-- Shows a scheduler in its hash. ARGV[7] seconds that the hash lives; then fields and values.
local key = P .. 'scheduler:' .. W
redis.call('HSET', key, unpack(ARGV, 8))
redis.call('EXPIRE', key, ARGV[7])
return 1
