-- Shows the leader among rq's cron schedulers, or hides it if there are no fields. ARGV[7] its name
-- there; then fields and values.
local key = P .. 'cron_scheduler:' .. ARGV[7]
if #ARGV == 7 then
  doom(key)
  attach('ZREM', P .. 'cron_schedulers', ARGV[7])
  return 0
end
write('HSET', key, unpack(ARGV, 8))
write('EXPIRE', key, 120)
write('ZADD', P .. 'cron_schedulers', NOWF, ARGV[7])
return 1
