-- Renews a worker's registration and, with an execution id, its lease on the job. ARGV[7] the
-- worker hash's lifetime; [8] the job's timeout; [9] seconds between heartbeats; [10] seconds the
-- job has run; [11] the job's id. Returns {registered, held, unfinished, now}: 0 where the hash, or
-- the lease, was removed by somebody else; held is -1 where somebody else has settled the claim,
-- and the job is there still: another worker may run it by now; unfinished is 1 if there is work
-- for resume.lua; now is the server's time in epoch seconds.
local registered = redis.call('HEXISTS', worker_key, 'birth')
local unfinished = try('EXISTS', rest_key) or 0
if registered == 1 then
  redis.call('HSET', worker_key, 'last_heartbeat', ISO)
  redis.call('EXPIRE', worker_key, ARGV[7])
  redis.call('SADD', P .. 'workers', worker_key)
end
if E == '' then return {registered, 1, unfinished, NOWF} end
local claim = claim_of(E)
if not claim then
  local held = redis.call('HEXISTS', job_key(ARGV[11]), 'data') == 1 and -1 or 0
  return {registered, held, unfinished, NOWF}
end
local queue, id = claim[1], claim[2]
if not holds(queue, id, E) then return {registered, 0, unfinished, NOWF} end
local timeout = tonumber(ARGV[8]) or 180
local ran = tonumber(ARGV[10])
local ttl = lease(timeout > 0 and math.max(timeout - ran, 1) or timeout, tonumber(ARGV[9]))
local execution_key = P .. 'execution:' .. id .. ':' .. E
redis.call('HSET', execution_key, 'id', E, 'job_id', id, 'last_heartbeat', NOWF, 'worker_name', W)
redis.call('HSETNX', execution_key, 'created_at', NOWF)
redis.call('EXPIRE', execution_key, ttl)
redis.call('ZADD', P .. 'executions:' .. id, NOW + ttl + 60, E)
redis.call('EXPIRE', P .. 'executions:' .. id, ttl + 60)
local m = member(id, E)
if m then
  redis.call('ZADD', P .. 'wip:' .. queue, NOW + ttl, m)
  redis.call('SADD', worker_key .. ':executions', m)
  redis.call('EXPIRE', worker_key .. ':executions', ttl + 60)
end
if redis.call('HEXISTS', job_key(id), 'data') == 1 then
  redis.call('HSET', job_key(id), 'last_heartbeat', ISO)
end
if registered == 1 and not string.find(id, '[^%w_-]') then
  redis.call('HSET', worker_key, 'current_job_working_time', ran)
end
return {registered, 1, unfinished, NOWF}
