-- Shows a scheduler in its hash, and gives it its name: W, the name that it has or would like,
-- unless another one has that. ARGV[7] seconds that the hash lives; then fields and values, with
-- rqd_host and rqd_process. Returns {its name, the server's time in epoch seconds}.
-- A name is zeros and the pid, which is what Python's int() makes of it: the name is also what RQ
-- before 2.10 takes for a pid. With a zero it is no pid that RQ has written itself.
local MOST_ZEROS = 64
local card = {}
for i = 8, #ARGV, 2 do card[ARGV[i]] = ARGV[i + 1] end
local name = W
for _ = 1, MOST_ZEROS do
  local h = try('HMGET', P .. 'scheduler:' .. name, 'name', 'rqd_host', 'rqd_process')
  if h and (not h[1]
    or ((h[2] or nil) == card.rqd_host and (h[3] or nil) == card.rqd_process)) then
    break
  end
  name = '0' .. name
end
local key = P .. 'scheduler:' .. name
write('HSET', key, unpack(ARGV, 8))
write('HSET', key, 'name', name, 'last_heartbeat', ISO)
write('EXPIRE', key, ARGV[7])
return {name, NOWF}
