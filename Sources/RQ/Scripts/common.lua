-- What the scripts share that settle a job, behind runs.lua and before bounds.lua.

-- The JSON list of intervals in a field, in whole seconds from 0 on, or nil.
local function intervals_of(text)
  local ok, list = pcall(cjson.decode, text or '')
  if not ok or type(list) ~= 'table' or #list == 0 then return nil end
  local intervals = {}
  for i, interval in ipairs(list) do intervals[i] = math.max(whole(interval, 0), 0) end
  return intervals
end

-- The pause before a retry. Source: rq, Job.get_retry_interval.
local function retry_pause(text, left)
  local intervals = intervals_of(text)
  return intervals and intervals[math.max(#intervals - left, 0) + 1] or 0
end

-- Whether a claim's lease is there: nobody cleaned it up or cancelled it. Keeps its end, and when a
-- registry that holds other data cannot tell, it is.
local function holds(claim)
  local place = leased(claim)
  if not place then return true end
  claim.lease = try('ZSCORE', P .. 'wip:' .. claim[1], place)
  return claim.lease ~= false
end

-- Whether an id lies in a list; nil if that list is too long to tell. LPOS came with Redis 6.0.6.
local LONGEST = 200000
local function lies_in(list, id)
  local length = try('LLEN', list) or 0
  if length > LONGEST then return nil end
  spend(2 + math.ceil(length / 100))
  local place = redis.pcall('LPOS', list, id)
  if type(place) ~= 'table' then return place ~= false end
  spend(math.ceil(length / 10))
  for _, other in ipairs(try('LRANGE', list, 0, -1) or {}) do
    if other == id then return true end
  end
  return false
end

-- Whether somebody else has decided what becomes of a claim whose lease is gone: has recorded an
-- end, put the job back, or runs it anew. A tool that has only cleaned wip has decided nothing, nor
-- has a producer that saved the job late. `status` and `worker` are the job's as they are.
local function is_decided(claim, status, worker)
  local queue, id = claim[1], claim[2]
  if status == 'finished' or status == 'failed' or status == 'stopped' then return true end
  for _, name in ipairs({queue, claim[4] or nil}) do
    if status == 'scheduled' or status == 'deferred' then
      if try('ZSCORE', P .. status .. ':' .. name, id) then return true end
    elseif status == 'queued' then
      local list = queue_key(name)
      if lies_in(list, id) ~= false or lies_in(list .. ':intermediate', id) then return true end
    end
  end
  if not worker or worker == '' or worker == W then return false end
  local own = P .. 'execution:' .. id .. ':' .. claim.e
  return any_run(id, function(key) return key ~= own and try('EXISTS', key) == 1 end) ~= false
    or try('HGET', P .. 'worker:' .. worker, 'current_job') == id
end

-- Removes every trace of a claim's execution. Its first write is the one that may fail: on a server
-- that takes no writes the script ends there.
local function end_execution(claim, current_job)
  local e, id = claim.e, claim[2]
  local m = member(id, e)
  write('HDEL', claims_key, e)
  attach('ZREM', P .. 'executions:' .. id, e)
  local place = leased(claim)
  if place then attach('ZREM', P .. 'wip:' .. claim[1], place) end
  if m then attach('SREM', worker_key .. ':executions', m) end
  if current_job == id then
    write('HDEL', worker_key, 'current_job', 'current_job_working_time')
  end
  doom(P .. 'execution:' .. id .. ':' .. e)
end

-- Lets a job's three keys live for ttl seconds; nil and negative leave them as they are.
local function expire_job(id, ttl)
  if not ttl or ttl < 0 then return end
  write('EXPIRE', job_key(id), ttl)
  write('EXPIRE', job_key(id) .. ':dependents', ttl)
  write('EXPIRE', P .. 'job::' .. id .. ':dependencies', ttl)
end

-- Adds a result and its lifetime: nil leaves it, negative keeps it for ever. Source: rq,
-- Result.save.
local function add_result(id, ttl, fields)
  local key = P .. 'results:' .. id
  if not attach('XADD', key, 'MAXLEN', '10', '*', unpack(fields)) or not ttl then return end
  if ttl >= 0 then write('EXPIRE', key, ttl) else write('PERSIST', key) end
end

-- Epoch seconds of a moment in ISO 8601, UTC, with its fraction; 0 for what is none.
local function epoch(text)
  local year, month, day, hour, minute, second =
    string.match(text or '', '^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d%.?%d*)')
  if not year then return 0 end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local days = 365 * year + math.floor(year / 4) - math.floor(year / 100)
    + math.floor(year / 400) + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
  return days * 86400 + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
end

-- Whether a job was canceled after it was last enqueued. A producer that saves its job late writes
-- its own status over that.
local function was_canceled(queue, id, enqueued_at)
  local score = try('ZSCORE', P .. 'canceled:' .. queue, id)
  return score and tonumber(score) >= math.floor(epoch(enqueued_at)) or false
end

-- The jobs that have ended and are in no registry, as `finished:ID` or `failed:ID`, for an hour,
-- and at most so many: by it a hash is known that a producer has saved after the end. Score: when
-- the job had ended for sure.
local ended_key, MOST_ENDED, ENDED_SECONDS = P .. 'rqd:ended', 50000, 3600

-- Remembers the end of a job. What is enqueued later has a later moment in its hash, also where the
-- producer's clock is ahead.
local function remember_end(id, status, enqueued_at)
  local moment = math.max(tonumber(NOWF), epoch(enqueued_at))
  if not attach('ZADD', ended_key, moment, status .. ':' .. id) then return end
  write('EXPIRE', ended_key, ENDED_SECONDS)
  if try('ZCARD', ended_key) > MOST_ENDED then attach('ZPOPMIN', ended_key) end
end

-- Whether what a hash says of its last enqueueing is not later than that end.
local function is_before(moment, ended) return epoch(moment) <= tonumber(ended) + 0.001 end

local function doom_job(id)
  doom(job_key(id), job_key(id) .. ':dependents', P .. 'job::' .. id .. ':dependencies',
    P .. 'results:' .. id, P .. 'executions:' .. id)
end

local function delete_job(id, status, group)
  remember_end(id, status, try('HGET', job_key(id), 'enqueued_at'))
  if group and group ~= '' then attach('SREM', P .. 'group:' .. group, id) end
  doom_job(id)
end

-- Puts a job on its queue.
local function push(queue, id, front)
  attach('SADD', P .. 'queues', queue_key(queue))
  write(front and 'LPUSH' or 'RPUSH', queue_key(queue), id)
end

-- In bounds.lua: they may have much to do, and leave some of it to later steps.
local promote, release_dependents

-- Gives back a job's place under its rate limit, unless it goes on at once.
local function release_slot(limit, id)
  if not limit then return end
  local status = try('HGET', job_key(id), 'status')
  if status == 'queued' or status == 'started' then return end
  attach('ZREM', P .. 'rl:' .. limit .. ':allowed', id)
  promote(limit)
end

-- Queues a job that has waited for others, or lines it up at its rate limit.
local function enqueue_dependent(id, queue, front, limit, concurrency)
  if limit and concurrency then
    write('SADD', P .. 'rl-keys', limit)
    write('HSET', P .. 'rl:' .. limit, 'concurrency', concurrency)
    write('HSET', job_key(id), 'status', 'rate_limited')
    write('ZADD', P .. 'rl:' .. limit .. ':rate_limited', NOWF, id)
    return promote(limit)
  end
  write('HSET', job_key(id), 'status', 'queued', 'enqueued_at', ISO)
  push(queue, id, front)
end

-- Whether a parent's status lets a dependent run. A parent whose hash is gone counts as finished.
local function met(status, allow_failure)
  return not status or status == 'finished' or (status == 'failed' and allow_failure)
end

-- Records the final failure of a job. Source: rq, FailedJobRegistry.add and Job._handle_failure.
local function fail_job(queue, id, status, result)
  write('HSET', job_key(id), 'status', status, 'ended_at', ENDED)
  local ttl = whole(try('HGET', job_key(id), 'failure_ttl'), YEAR)
  -- As with rq, the set of those that wait for it goes with it, and they wait on.
  if ttl == 0 then return delete_job(id, 'failed', try('HGET', job_key(id), 'group_id')) end
  release_dependents(id, status)
  expire_job(id, ttl)
  attach('ZADD', P .. 'failed:' .. queue, ttl < 0 and -1 or NOW + ttl, id)
  add_result(id, ttl, result)
end
