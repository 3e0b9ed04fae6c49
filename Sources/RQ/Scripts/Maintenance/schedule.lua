-- Moves the jobs of one queue whose time has come, and keeps the queue's lock. KEYS: the scheduled
-- registry and the lock: what a waiting scheduler wants to hear of. ARGV[7] the queue; [8] how many
-- jobs at most; [9] seconds that the lock lives; [10] the name of a scheduler that is known to be
-- dead, whose lock counts as free, or ''. Returns {'mine', 1 if the lock was free, seconds until
-- the next job is due ('' for none), number of dropped ids, the moved ids …} | {'held', by whom,
-- the process behind it if it is an rqd, milliseconds until the lock expires}.
local QUEUE, MOST, LIFE, DEAD = ARGV[7], tonumber(ARGV[8]), ARGV[9], ARGV[10]
local scheduled, lock = KEYS[1], KEYS[2]
local holder = call('GET', lock)
if holder and holder ~= W and (DEAD == '' or holder ~= DEAD) then
  local h = try('HMGET', P .. 'scheduler:' .. holder, 'rqd_host', 'rqd_process') or {}
  return {'held', holder, h[1] and h[2] and h[1] .. ' ' .. h[2] or '', call('PTTL', lock)}
end
write('SET', lock, W, 'EX', LIFE)
-- Read again: Redis 8 and Valkey watch what was read, not all of KEYS, and a change of ours ends
-- the watch.
call('EXISTS', lock)
local reply = {'mine', holder == W and 0 or 1, '', 0}
local due = try('ZRANGEBYSCORE', scheduled, '-inf', NOWF, 'LIMIT', 0, MOST) or {}
for _, id in ipairs(due) do
  if budget <= 0 then break end
  spend(2)
  local h = try('HMGET', job_key(id), 'data', 'status')
  local moved = item(function()
    write('ZREM', scheduled, id)
    if not h or not h[1] or h[2] == 'canceled' then return 0 end
    let_go(QUEUE, id)
    return 1
  end)
  if moved == 1 then
    reply[#reply + 1] = id
  elseif moved == 0 then
    reply[4] = reply[4] + 1
  end
end
local next_due = tonumber((try('ZRANGE', scheduled, 0, 0, 'WITHSCORES') or {})[2] or nil)
if next_due then reply[3] = string.format('%.6f', next_due - tonumber(NOWF)) end
return reply
