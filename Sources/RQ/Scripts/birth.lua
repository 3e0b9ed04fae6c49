-- Registers a worker. ARGV[7] the hash's lifetime; [8] 1 to take the name over from a dead
-- process; [9] this process, as kept in the hash of rqd's workers; [10] number of queues, then
-- the queues; then fields and values of the worker hash. Returns {'taken', process, hostname,
-- pid, how many listen to the name's commands ('' if that may not be asked)} if another process
-- holds the name, else {'born', execution id, …}: the claims that this
-- name still has to settle.
local PROCESS = ARGV[9]
local known = redis.call('HGET', P .. 'rqd:workers', W)
if ARGV[8] ~= '1' and known ~= PROCESS then
  local h = redis.call('HMGET', worker_key, 'birth', 'death', 'hostname', 'pid')
  if known or (h[1] and not h[2]) then
    local listeners = (try('PUBSUB', 'NUMSUB', P .. 'pubsub:' .. W) or {})[2] or ''
    return {'taken', known or '', h[3] or '', h[4] or '', tostring(listeners)}
  end
end
if known ~= PROCESS then redis.call('DEL', worker_key) end
local last = 10 + tonumber(ARGV[10])
redis.call('HSET', worker_key, unpack(ARGV, last + 1))
redis.call('HSET', worker_key, 'state', 'idle', 'last_heartbeat', ISO)
redis.call('EXPIRE', worker_key, ARGV[7])
redis.call('SADD', P .. 'workers', worker_key)
for i = 11, last do redis.call('SADD', P .. 'workers:' .. ARGV[i], worker_key) end
redis.call('HSET', P .. 'rqd:workers', W, PROCESS)
local reply = {'born'}
-- Of very many some: the others have their turn at the next registration, or in maintenance.
local MOST_CLAIMS = 500
if (try('HLEN', claims_key) or 0) <= MOST_CLAIMS then
  for _, e in ipairs(redis.call('HKEYS', claims_key)) do reply[#reply + 1] = e end
  return reply
end
local cursor = '0'
repeat
  local page = redis.call('HSCAN', claims_key, cursor, 'COUNT', MOST_CLAIMS)
  for i = 1, #page[2], 2 do reply[#reply + 1] = page[2][i] end
  cursor = page[1]
until #reply > 1 or cursor == '0'
return reply
