-- Takes the first runnable job of the queues in KEYS, in their order, and records in the same step
-- who owns it. The last key is the suspension's: a waiting worker hears of changes of KEYS alone.
-- ARGV[7] seconds between heartbeats; [8] the registration under which it is sent; then the queues'
-- names.
-- Returns {'job', queue, id, {field, value, …}, dropped} | {'empty', dropped} | {'suspended'}
-- | {'unregistered'} | {'again', dropped}: so many could not run that others must have their turn.
-- `dropped` lists ids that were in a queue but cannot run: {queue, id, reason, …}.
-- Sent again with the same execution id, it returns the same job: a lost reply loses nothing.
local INTERVAL = tonumber(ARGV[7])
-- How many ids one call may pass over: the server serves nobody else meanwhile.
local MOST = 100
local dropped = {}

local function drop(queue, id, reason)
  dropped[#dropped + 1] = queue
  dropped[#dropped + 1] = id
  dropped[#dropped + 1] = reason
end

-- Whether one of rqd's workers runs the job. What a Python worker runs, or has died of, is not
-- looked at: rq itself would run the job again, and nobody would tell us when it ends.
local function runs(id)
  return any_run(id, function(key)
    local owner = try('HGET', key, 'worker_name')
    return owner and redis.call('HEXISTS', P .. 'rqd:workers', owner) == 1
  end)
end

-- Why a job cannot run, or nil; 'undecided' if it takes another call to tell. One that runs already
-- is queued again by its outcome.
local function refusal(list, queue, id, key)
  local h = redis.pcall('HMGET', key, 'data', 'status')
  if h.err and string.find(h.err, 'WRONGTYPE') then return 'not a hash' end
  if h.err then
    -- We may not look at it (NOPERM): then it is not ours to drop.
    redis.call('LPUSH', list, id)
    error(h.err)
  end
  if not h[1] then return 'missing' end
  if h[2] == 'canceled' then return 'canceled' end
  local is_running = runs(id)
  if is_running == nil then return 'undecided' end
  if is_running then
    redis.call('HSET', key, 'rqd_queued_again', queue)
    return 'running'
  end
  return nil
end

local function take(queue, id)
  local key = job_key(id)
  local h = redis.call('HMGET', key, 'origin', 'timeout', 'rate_limit_key')
  local origin = h[1]
  if not origin or origin == '' then
    origin = queue
    redis.call('HSET', key, 'origin', queue)
  end
  local ttl = lease(h[2], INTERVAL)
  local execution_key = P .. 'execution:' .. id .. ':' .. E
  redis.call('HSET', execution_key, 'id', E, 'job_id', id, 'created_at', NOWF,
    'last_heartbeat', NOWF, 'worker_name', W)
  redis.call('EXPIRE', execution_key, ttl)
  redis.call('ZADD', P .. 'executions:' .. id, NOW + ttl + 60, E)
  redis.call('EXPIRE', P .. 'executions:' .. id, ttl + 60)
  local m = member(id, E)
  if m then
    redis.call('ZADD', P .. 'wip:' .. origin, NOW + ttl, m)
    redis.call('SADD', worker_key .. ':executions', m)
    redis.call('EXPIRE', worker_key .. ':executions', ttl + 60)
  end
  redis.call('HSET', claims_key, E, cmsgpack.pack({origin, id, h[3] or nil}))
  redis.call('HSET', key, 'status', 'started', 'started_at', ISO, 'last_heartbeat', ISO,
    'worker_name', W)
  redis.call('PERSIST', key)
  redis.call('PERSIST', key .. ':dependents')
  redis.call('PERSIST', P .. 'job::' .. id .. ':dependencies')
  redis.call('HSET', worker_key, 'state', 'busy', 'last_heartbeat', ISO)
  if not string.find(id, '[^%w_-]') then
    redis.call('HSET', worker_key, 'current_job', id, 'current_job_working_time', '0')
  end
  redis.call('EXPIRE', worker_key, INTERVAL + 60)
end

local mine = claim_of(E)
if mine then return {'job', mine[1], mine[2], redis.call('HGETALL', job_key(mine[2])), dropped} end
-- A claim may be late: sent by a process that is gone, or on a connection that was given up. What
-- it took nobody would know of. So it counts only until the name is registered again.
if redis.call('HGET', worker_key, 'rqd_registration') ~= ARGV[8] then return {'unregistered'} end
if redis.call('EXISTS', P .. 'suspended') == 1 then
  redis.call('HSET', worker_key, 'state', 'suspended')
  return {'suspended'}
end
for i = 1, #KEYS - 1 do
  local list, queue = KEYS[i], ARGV[8 + i]
  -- LLEN, not LPOP alone: a command that only reads makes the server watch KEYS for a worker
  -- that waits.
  while (try('LLEN', list) or 0) > 0 do
    local id = redis.call('LPOP', list)
    local why = refusal(list, queue, id, job_key(id))
    if not why then
      take(queue, id)
      return {'job', queue, id, redis.call('HGETALL', job_key(id)), dropped}
    end
    if why == 'undecided' then
      redis.call('LPUSH', list, id)
      return {'again', dropped}
    end
    drop(queue, id, why)
    spend(5)
    if #dropped >= MOST * 3 or budget <= 0 then return {'again', dropped} end
  end
end
redis.call('HSET', worker_key, 'state', 'idle')
return {'empty', dropped}
