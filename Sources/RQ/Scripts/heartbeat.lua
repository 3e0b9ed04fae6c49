-- Renews a worker's registration and, with an execution id, its lease on the job. ARGV[7] the
-- worker hash's lifetime while idle; [8] the job's timeout; [9] seconds between heartbeats; [10]
-- seconds the job has run; [11] the job's id; [12] 1 once it was asked to stop. Returns
-- {registered, held, unfinished, now}: 0 where the hash was removed, or where somebody else has
-- decided what becomes of the job; held is -1 where somebody else has settled the claim, and the
-- job is there still: another worker may run it by now; unfinished is 1 if there is work for
-- resume.lua; now is the server's time in epoch seconds.
local card = call('HMGET', worker_key, 'birth', 'death', 'shutdown_requested_date')
local registered = card[1] and not card[2] and 1 or 0
local unfinished = try('EXISTS', rest_key) or 0
if registered == 1 then
  write('HSET', worker_key, 'last_heartbeat', ISO)
  local interval = tonumber(ARGV[9])
  write('EXPIRE', worker_key, E == '' and ARGV[7] or interval + patience(interval))
  write('SADD', P .. 'workers', worker_key)
  if ARGV[12] == '1' and not card[3] then
    write('HSET', worker_key, 'shutdown_requested_date', ISO)
  end
end
if E == '' then return {registered, 1, unfinished, NOWF} end
local claim = claim_of(E)
if not claim then
  local held = call('HEXISTS', job_key(ARGV[11]), 'data') == 1 and -1 or 0
  return {registered, held, unfinished, NOWF}
end
local queue, id = claim[1], claim[2]
local h = try('HMGET', job_key(id), 'data', 'status', 'worker_name', 'enqueued_at') or {}
if not holds(claim)
  and (not h[1] or h[2] == 'canceled' or is_decided(claim, h[2], h[3])) then
  return {registered, 0, unfinished, NOWF}
end
local timeout = whole(ARGV[8], 180)
local ran = tonumber(ARGV[10])
local ttl = lease(timeout > 0 and math.max(timeout - ran, 1) or timeout, tonumber(ARGV[9]))
local execution = P .. 'execution:' .. id .. ':' .. E
local created = try('HGET', execution, 'created_at') or NOWF
attach('HSET', execution, 'id', E, 'job_id', id, 'created_at', created, 'last_heartbeat', NOWF,
  'worker_name', W)
write('EXPIRE', execution, ttl)
attach('ZADD', P .. 'executions:' .. id, NOW + ttl + 60, E)
write('EXPIRE', P .. 'executions:' .. id, ttl + 60)
local place, m = leased(claim), member(id, E)
if place then attach('ZADD', P .. 'wip:' .. queue, NOW + ttl, place) end
if m then
  attach('SADD', worker_key .. ':executions', m)
  write('EXPIRE', worker_key .. ':executions', ttl + 60)
end
if h[1] then
  write('HSET', job_key(id), 'last_heartbeat', ISO)
  -- Its producer has saved it late. One that is really queued again is known by its list.
  if h[2] == 'queued' and was_canceled(queue, id, h[4]) then
    write('HSET', job_key(id), 'status', 'canceled')
  elseif h[2] == 'queued' then
    write('HSET', job_key(id), 'status', 'started', 'worker_name', W)
  end
end
if registered == 1 and try('HGET', worker_key, 'current_job') == id then
  write('HSET', worker_key, 'current_job_working_time', ran)
end
return {registered, 1, unfinished, NOWF}
