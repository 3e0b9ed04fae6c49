-- Takes the first runnable job of the queues in KEYS, in their order, and records in the same step
-- who owns it. The last key is the suspension's: a waiting worker hears of changes of KEYS alone.
-- ARGV[7] seconds between heartbeats; [8] the registration under which it is sent; [9] 1 if wip is
-- to have the bare id, for readers of RQ 1; [10] a pattern of what the readers of current_job
-- accept in no id, or ''; then the queues' names.
-- Returns {'job', queue, id, {field, value, …}, dropped} | {'empty', dropped} | {'suspended'}
-- | {'unregistered'} | {'again', dropped}: so many could not run that others must have their turn.
-- `dropped` lists ids that were in a queue but cannot run: {queue, id, reason, …}.
-- Sent again with the same execution id, it returns the same job: a lost reply loses nothing.
local INTERVAL, IS_BARE, REFUSED = tonumber(ARGV[7]), ARGV[9] == '1', ARGV[10]
-- How many ids one call may pass over: the server serves nobody else meanwhile.
local MOST = 100
local dropped = {}

-- Takes an id out that cannot run.
local function drop(list, queue, id, reason)
  call('LPOP', list)
  undo[#undo + 1] = function() back('LPUSH', list, id) end
  dropped[#dropped + 1] = queue
  dropped[#dropped + 1] = id
  dropped[#dropped + 1] = reason
end

-- Whether one of rqd's workers runs the job. What a Python worker runs, or has died of, is not
-- looked at: rq itself would run the job again, and nobody would tell us when it ends.
local function runs(id)
  return any_run(id, function(key)
    local owner = try('HGET', key, 'worker_name')
    return owner and call('HEXISTS', P .. 'rqd:workers', owner) == 1
  end)
end

-- The job's data, timeout, rate limit, origin, status, start, heartbeat and worker; or nil and why
-- it cannot run: 'undecided' if it takes another call to tell. One that runs already is queued
-- again by its outcome. What may not be looked at (NOPERM) is not ours to drop: the claim is
-- refused.
-- `beside`: whether there are runs of it, or one of the other keys that are asked for at once.
local function look(queue, id, beside)
  local key = job_key(id)
  local h = redis.pcall('HMGET', key, 'data', 'timeout', 'rate_limit_key', 'origin', 'status',
    'started_at', 'last_heartbeat', 'worker_name')
  if h.err then
    local problem = failure(h, 'HMGET', key)
    if is_wrong_type(problem) then return nil, 'not a hash' end
    error(problem, 0)
  end
  if not h[1] then return nil, 'missing' end
  if h[5] == 'canceled' then return nil, 'canceled' end
  local is_running = beside and runs(id)
  if is_running == nil then return nil, 'undecided' end
  if not is_running then return h end
  local before = call('HGET', key, 'rqd_queued_again')
  call('HSET', key, 'rqd_queued_again', queue)
  undo[#undo + 1] = function() restore(key, {'rqd_queued_again'}, {before}) end
  return nil, 'running'
end

-- How far `take` has come; whether the two sets beside the job had a lifetime, and the worker's.
local step, kept, known, life = 0, 0, 0, 0

-- Makes the job this worker's, and takes it from the list last, so that it is nowhere at no moment.
-- The first write is one that a full server takes: claiming is how memory gets free.
local function take(list, queue, id, origin, h, beside)
  local key, executions, m = job_key(id), P .. 'executions:' .. id, member(id, E)
  local place = IS_BARE and id or m
  local execution, owned = P .. 'execution:' .. id .. ':' .. E, worker_key .. ':executions'
  local ttl = lease(h[2], INTERVAL)
  life = call('PTTL', worker_key)
  call('EXPIRE', worker_key, INTERVAL + patience(INTERVAL))
  step = 1
  if beside then
    kept = call('PERSIST', key .. ':dependents')
    known = call('PERSIST', P .. 'job::' .. id .. ':dependencies')
  end
  if REFUSED ~= '' and string.find(id, REFUSED) then
    call('HSET', worker_key, 'state', 'busy', 'last_heartbeat', ISO)
  else
    call('HSET', worker_key, 'state', 'busy', 'last_heartbeat', ISO, 'current_job', id,
      'current_job_working_time', '0')
  end
  step = 2
  local claim = {origin, id, h[3] or nil}
  if queue ~= origin or IS_BARE then
    claim = {origin, id, h[3], queue ~= origin and queue, IS_BARE or nil}
  end
  call('HSET', claims_key, E, cmsgpack.pack(claim))
  step = 3
  call('HSET', execution, 'id', E, 'job_id', id, 'created_at', NOWF, 'last_heartbeat', NOWF,
    'worker_name', W)
  step = 4
  call('EXPIRE', execution, ttl)
  try('ZADD', executions, NOW + ttl + 60, E)
  step = 5
  if place then
    try('ZADD', P .. 'wip:' .. origin, NOW + ttl, place)
    step = 6
  end
  if m then
    call('SADD', owned, m)
    step = 7
    call('EXPIRE', owned, ttl + 60)
  end
  call('HSET', key, 'origin', origin, 'status', 'started', 'started_at', ISO, 'last_heartbeat',
    ISO, 'worker_name', W)
  step = 8
  call('EXPIRE', executions, ttl + 60)
  call('LPOP', list)
  step = 9
  local fields = call('HGETALL', key)
  call('PERSIST', key)
  return {'job', queue, id, fields, dropped}
end

-- Takes back what `take` has done. All that it overwrites is known, so that this costs nothing
-- beforehand: the worker was idle, and a job and its two sets get their lifetimes together.
local function leave(list, id, origin, h)
  local key, m = job_key(id), member(id, E)
  local place = IS_BARE and id or m
  if step > 8 then back('LPUSH', list, id) end
  if step > 7 then
    restore(key, {'origin', 'status', 'started_at', 'last_heartbeat', 'worker_name'},
      {unpack(h, 4, 8)})
  end
  if m and step > 6 then back('SREM', worker_key .. ':executions', m) end
  if place and step > 5 then back('ZREM', P .. 'wip:' .. origin, place) end
  if step > 4 then back('ZREM', P .. 'executions:' .. id, E) end
  if step > 3 then erase(P .. 'execution:' .. id .. ':' .. E) end
  if step > 2 then back('HDEL', claims_key, E) end
  if step > 1 then
    back('HSET', worker_key, 'state', 'idle')
    back('HDEL', worker_key, 'current_job', 'current_job_working_time')
  end
  if step > 0 and life > 0 then back('EXPIRE', worker_key, math.ceil(life / 1000)) end
  local left = kept + known > 0 and back('PTTL', key) or -1
  if left < 0 then return end
  left = math.ceil(left / 1000)
  if known == 1 then back('EXPIRE', P .. 'job::' .. id .. ':dependencies', left) end
  if kept == 1 then back('EXPIRE', key .. ':dependents', left) end
end

local mine = claim_of(E)
if mine then
  return {'job', mine[4] or mine[1], mine[2], call('HGETALL', job_key(mine[2])), dropped}
end
-- A claim may be late: sent by a process that is gone, or on a connection that was given up. What
-- it took nobody would know of. So it counts only until the name is registered again.
if call('HGET', worker_key, 'rqd_registration') ~= ARGV[8] then return {'unregistered'} end
local suspension = P .. 'suspended'
local function suspend()
  call('HSET', worker_key, 'state', 'suspended')
  return {'suspended'}
end
for i = 1, #KEYS - 1 do
  local list, queue = KEYS[i], ARGV[10 + i]
  -- LRANGE: it takes nothing until all is decided, and a command that only reads makes the server
  -- watch KEYS for a worker that waits.
  local id = (try('LRANGE', list, 0, 0) or {})[1]
  while id do
    -- Most jobs have none of these, so that they are asked for at once.
    local beside = call('EXISTS', suspension, P .. 'executions:' .. id,
      job_key(id) .. ':dependents', P .. 'job::' .. id .. ':dependencies') > 0
    if beside and call('EXISTS', suspension) == 1 then return suspend() end
    local h, why = look(queue, id, beside)
    if h then
      local origin = h[4] and h[4] ~= '' and h[4] or queue
      local is_ours, reply = pcall(take, list, queue, id, origin, h, beside)
      if is_ours then return reply end
      leave(list, id, origin, h)
      error(reply, 0)
    end
    if why == 'undecided' then return {'again', dropped} end
    drop(list, queue, id, why)
    spend(5)
    if #dropped >= MOST * 3 or budget <= 0 then return {'again', dropped} end
    id = call('LRANGE', list, 0, 0)[1]
  end
end
if call('EXISTS', suspension) == 1 then return suspend() end
call('HSET', worker_key, 'state', 'idle')
return {'empty', dropped}
