-- Shows a scheduler in its hash. ARGV[7] seconds that the hash lives; then fields and values.
-- Returns the server's time in epoch seconds.
local key = P .. 'scheduler:' .. W
write('HSET', key, unpack(ARGV, 8))
write('HSET', key, 'last_heartbeat', ISO)
write('EXPIRE', key, ARGV[7])
return NOWF
