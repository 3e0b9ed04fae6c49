-- Registers a worker. ARGV[7] the hash's lifetime; [8] 1 to take the name over from a dead
-- process; [9] this process, as kept in the hash of rqd's workers; [10] number of queues, then
-- the queues; then fields and values of the worker hash. Returns {'taken', process, hostname,
-- pid, how many listen to the name's commands ('' if that may not be asked)} if another process
-- holds the name, else {'born', execution id, …}: the claims that this
-- name still has to settle.
local PROCESS = ARGV[9]
local known = call('HGET', P .. 'rqd:workers', W)
if ARGV[8] ~= '1' and known ~= PROCESS then
  local h = call('HMGET', worker_key, 'birth', 'death', 'hostname', 'pid')
  if known or (h[1] and not h[2]) then
    local reply = redis.pcall('PUBSUB', 'NUMSUB', P .. 'pubsub:' .. W)
    return {'taken', known or '', h[3] or '', h[4] or '', tostring(reply[2] or '')}
  end
end
local last = 10 + tonumber(ARGV[10])
-- What another process, or an earlier life, left in the hash goes, field by field: that can be
-- taken back.
local is_anew = known ~= PROCESS or call('HEXISTS', worker_key, 'death') == 1
local is_ours, fields = {state = true, last_heartbeat = true}, {'state', 'idle'}
for i = last + 1, #ARGV, 2 do
  is_ours[ARGV[i]] = true
  fields[#fields + 1], fields[#fields + 2] = ARGV[i], ARGV[i + 1]
end
fields[#fields + 1], fields[#fields + 2] = 'last_heartbeat', ISO
for _, field in ipairs(is_anew and call('HKEYS', worker_key) or {}) do
  if not is_ours[field] then write('HDEL', worker_key, field) end
end
write('HSET', worker_key, unpack(fields))
write('EXPIRE', worker_key, ARGV[7])
write('SADD', P .. 'workers', worker_key)
for i = 11, last do write('SADD', P .. 'workers:' .. ARGV[i], worker_key) end
write('HSET', P .. 'rqd:workers', W, PROCESS)
local reply = {'born'}
-- Of very many some: the others have their turn at the next registration, or in maintenance.
local MOST_CLAIMS = 500
if call('HLEN', claims_key) <= MOST_CLAIMS then
  for _, e in ipairs(call('HKEYS', claims_key)) do reply[#reply + 1] = e end
  return reply
end
local cursor = '0'
repeat
  local page = call('HSCAN', claims_key, cursor, 'COUNT', MOST_CLAIMS)
  for i = 1, #page[2], 2 do reply[#reply + 1] = page[2][i] end
  cursor = page[1]
until #reply > 1 or cursor == '0'
return reply
