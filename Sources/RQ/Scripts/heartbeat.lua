-- Renews a worker's registration and, with an execution id, its lease on the job. ARGV[7] the
-- worker hash's lifetime while idle; [8] the job's timeout; [9] seconds between heartbeats; [10]
-- seconds the job has run; [11] the job's id. Returns {registered, held, unfinished, now}: 0 where
-- the hash, or the lease, was removed by somebody else; held is -1 where somebody else has settled
-- the claim, and the job is there still: another worker may run it by now; unfinished is 1 if there is work
-- for resume.lua; now is the server's time in epoch seconds.
local registered = call('HEXISTS', worker_key, 'birth')
local unfinished = try('EXISTS', rest_key) or 0
if registered == 1 then
  write('HSET', worker_key, 'last_heartbeat', ISO)
  local interval = tonumber(ARGV[9])
  write('EXPIRE', worker_key, E == '' and ARGV[7] or interval + patience(interval))
  write('SADD', P .. 'workers', worker_key)
end
if E == '' then return {registered, 1, unfinished, NOWF} end
local claim = claim_of(E)
if not claim then
  local held = call('HEXISTS', job_key(ARGV[11]), 'data') == 1 and -1 or 0
  return {registered, held, unfinished, NOWF}
end
local queue, id = claim[1], claim[2]
if not holds(claim) then return {registered, 0, unfinished, NOWF} end
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
local m = member(id, E)
if m then
  attach('ZADD', P .. 'wip:' .. queue, NOW + ttl, m)
  attach('SADD', worker_key .. ':executions', m)
  write('EXPIRE', worker_key .. ':executions', ttl + 60)
end
local h = try('HMGET', job_key(id), 'data', 'status', 'enqueued_at') or {}
if h[1] then
  write('HSET', job_key(id), 'last_heartbeat', ISO)
  -- Its producer has saved it late. One that is really queued again is known by its list.
  if h[2] == 'queued' and was_canceled(queue, id, h[3]) then
    write('HSET', job_key(id), 'status', 'canceled')
  elseif h[2] == 'queued' then
    write('HSET', job_key(id), 'status', 'started', 'worker_name', W)
  end
end
if registered == 1 and not string.find(id, '[^%w_-]') then
  write('HSET', worker_key, 'current_job_working_time', ran)
end
return {registered, 1, unfinished, NOWF}
