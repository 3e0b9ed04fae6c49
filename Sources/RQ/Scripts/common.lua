-- What the scripts share. Prepended to each of them, with bounds.lua behind it.
-- Every script's first arguments: key prefix, worker name, execution id ('' where there is none),
-- then the sender's time: whole epoch seconds, epoch seconds with a fraction, UTC in ISO 8601.
local P, W, E = ARGV[1] .. ':', ARGV[2], ARGV[3]
local YEAR = 31536000

-- Now, in the same three forms, by the server's clock: leases, lifetimes and due times of all hosts
-- are compared with it. Only where TIME is not permitted it is the sender's clock.
local NOW, NOWF, ISO = tonumber(ARGV[4]), ARGV[5], ARGV[6]
do
  -- Days since 1970-01-01 as year, month, day. Source: H. Hinnant, chrono-compatible low-level date
  -- algorithms, civil_from_days.
  local function civil(days)
    local z = days + 719468
    local era = math.floor(z / 146097)
    local doe = z - era * 146097
    local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524)
      - math.floor(doe / 146096)) / 365)
    local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
    local mp = math.floor((5 * doy + 2) / 153)
    local month = mp < 10 and mp + 3 or mp - 9
    local year, day = yoe + era * 400, doy - math.floor((153 * mp + 2) / 5) + 1
    return month <= 2 and year + 1 or year, month, day
  end
  local time = redis.pcall('TIME')
  if not time.err then
    local seconds, micros = tonumber(time[1]), tonumber(time[2])
    local year, month, day = civil(math.floor(seconds / 86400))
    local hour = math.floor(seconds % 86400 / 3600)
    NOW, NOWF = seconds, string.format('%d.%06d', seconds, micros)
    ISO = string.format('%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', year, month, day, hour,
      math.floor(seconds % 3600 / 60), seconds % 60, micros)
  end
end
-- When the job in question ended: by the server's clock, unless its worker knows.
local ENDED = ISO

local worker_key = P .. 'worker:' .. W
local claims_key = P .. 'rqd:claims:' .. W

local function job_key(id) return P .. 'job:' .. id end
local function queue_key(queue) return P .. 'queue:' .. queue end

-- A member of wip and of worker:<w>:executions. Python splits it at ':', so an id with one gets
-- none: its claim is known by the claims hash alone.
local function member(id, e)
  if string.find(id, ':', 1, true) then return nil end
  return id .. ':' .. e
end

-- redis.pcall, with nil for an error: a key of the wrong type must not stop a worker, nor leave
-- the rest of a step undone, for there is no way back from the middle of a script.
local function try(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then return nil end
  return reply
end

-- Deletes keys that may be large: their memory is freed beside the server's work.
local function remove(...)
  if try('UNLINK', ...) == nil then try('DEL', ...) end
end

-- Seconds of a claim's lease: the next heartbeat and a minute. Source: rq, get_heartbeat_ttl.
local function lease(timeout, interval)
  timeout = tonumber(timeout) or 180
  if timeout > 0 and timeout < interval then return math.floor(timeout) + 60 end
  return interval + 60
end

-- The claim of execution e as {queue, job id, rate limit or nil}, or nil if it is settled.
local function claim_of(e)
  local packed = redis.call('HGET', claims_key, e)
  if not packed then return nil end
  return cmsgpack.unpack(packed)
end

-- Whether execution e is still what the job is running under: nobody cleaned it up or cancelled it.
local function holds(queue, id, e)
  local m = member(id, e)
  return m == nil or redis.call('ZSCORE', P .. 'wip:' .. queue, m) ~= false
end

-- Removes every trace of execution e. Its first write is the one that may fail: on a server that
-- takes no writes the script ends there, with nothing done.
local function end_execution(queue, id, e)
  redis.call('HDEL', claims_key, e)
  local m = member(id, e)
  try('DEL', P .. 'execution:' .. id .. ':' .. e)
  try('ZREM', P .. 'executions:' .. id, e)
  if m then
    try('ZREM', P .. 'wip:' .. queue, m)
    try('SREM', worker_key .. ':executions', m)
  end
  if try('HGET', worker_key, 'current_job') == id then
    try('HDEL', worker_key, 'current_job', 'current_job_working_time')
  end
end

-- Lets a job's three keys live for ttl seconds; nil and negative leave them as they are.
local function expire_job(id, ttl)
  if not ttl or ttl < 0 then return end
  try('EXPIRE', job_key(id), ttl)
  try('EXPIRE', job_key(id) .. ':dependents', ttl)
  try('EXPIRE', P .. 'job::' .. id .. ':dependencies', ttl)
end

-- Adds a result and its lifetime: nil leaves it, negative keeps it for ever. Source: rq,
-- Result.save.
local function add_result(id, ttl, fields)
  local key = P .. 'results:' .. id
  try('XADD', key, 'MAXLEN', '10', '*', unpack(fields))
  if ttl and ttl >= 0 then try('EXPIRE', key, ttl) elseif ttl then try('PERSIST', key) end
end

local function delete_job(id, group)
  if group and group ~= '' then try('SREM', P .. 'group:' .. group, id) end
  remove(job_key(id), job_key(id) .. ':dependents', P .. 'job::' .. id .. ':dependencies',
    P .. 'results:' .. id, P .. 'executions:' .. id)
end

-- Puts a job on its queue.
local function push(queue, id, front)
  try('SADD', P .. 'queues', queue_key(queue))
  try(front and 'LPUSH' or 'RPUSH', queue_key(queue), id)
end

-- In bounds.lua: they may have much to do, and leave some of it to later steps.
local promote, release_dependents

-- Gives back a job's place under its rate limit, unless it goes on at once.
local function release_slot(limit, id)
  if not limit then return end
  local status = try('HGET', job_key(id), 'status')
  if status == 'queued' or status == 'started' then return end
  try('ZREM', P .. 'rl:' .. limit .. ':allowed', id)
  promote(limit)
end

-- Queues a job that has waited for others, or lines it up at its rate limit.
local function enqueue_dependent(id, queue, front, limit, concurrency)
  if limit and concurrency then
    try('SADD', P .. 'rl-keys', limit)
    try('HSET', P .. 'rl:' .. limit, 'concurrency', concurrency)
    try('HSET', job_key(id), 'status', 'rate_limited')
    try('ZADD', P .. 'rl:' .. limit .. ':rate_limited', NOWF, id)
    return promote(limit)
  end
  try('HSET', job_key(id), 'status', 'queued', 'enqueued_at', ISO)
  push(queue, id, front)
end

-- Whether a parent's status lets a dependent run. A parent whose hash is gone counts as finished.
local function met(status, allow_failure)
  return not status or status == 'finished' or (status == 'failed' and allow_failure)
end

-- Records the final failure of a job. Source: rq, FailedJobRegistry.add and Job._handle_failure.
local function fail_job(queue, id, status, result)
  try('HSET', job_key(id), 'status', status, 'ended_at', ENDED)
  release_dependents(id, status)
  local ttl = tonumber(try('HGET', job_key(id), 'failure_ttl') or nil) or YEAR
  if ttl == 0 then
    delete_job(id, try('HGET', job_key(id), 'group_id'))
  else
    expire_job(id, ttl)
    try('ZADD', P .. 'failed:' .. queue, ttl < 0 and -1 or NOW + ttl, id)
    add_result(id, ttl, result)
  end
end
