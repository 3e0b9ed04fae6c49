-- All other ends: what follows outcome.lua, its reads and the plain end, and the shared scripts.
local h, result = {}, {}
for i, field in ipairs(FIELDS) do h[field] = before[i] or nil end
for i = first_result, #ARGV do result[#result + 1] = ARGV[i] end
-- Its producer has saved it late, over what somebody else had meant.
if h.data and h.status == 'queued'
  and was_canceled(queue, id, try('HGET', key, 'enqueued_at')) then
  attach('HSET', key, 'status', 'canceled')
  h.status = 'canceled'
end
local is_lost = h.data and not held and h.status ~= 'canceled'
  and is_decided(claim, h.status, h.worker_name)
end_execution(claim, worker[1])

if is_lost then
  attach('HSET', worker_key, 'state', 'idle')
  return {'lost', queue, id, h.status or ''}
end
attach('HSET', worker_key, 'state', 'idle', 'last_heartbeat', ISO, counter,
  whole(worker[2], 0) + 1, 'total_working_time', total)
write('EXPIRE', worker_key, ARGV[11])
if not h.data then
  remember_end(id, 'failed', nil)
  release_slot(limit, id)
  return with_rest({'deleted', queue, id})
end
if h.status == 'canceled' then
  local field = KIND == 'finished' and 'result_ttl' or 'failure_ttl'
  add_result(id, whole(try('HGET', key, field), tonumber(ARGV[10])), result)
  release_slot(limit, id)
  return with_rest({'canceled', queue, id})
end

-- What the run has changed, and the status.
local fields = {'status', KIND == 'finished' and KIND or h.status or 'started', 'started_at',
  STARTED, 'ended_at', ENDED, 'last_heartbeat', ISO}
for i = 13, first_result - 1 do fields[#fields + 1] = ARGV[i] end
for i = 13, first_result - 1, 2 do h[ARGV[i]] = ARGV[i + 1] end
for i = 1, #fields, 1000 do
  write('HSET', key, unpack(fields, i, math.min(i + 999, #fields)))
end

-- A value that is to be kept.
local function store()
  attach('ZADD', P .. 'finished:' .. queue, ttl < 0 and '+inf' or NOW + ttl, id)
  add_result(id, ttl, result)
end

ttl = whole(h.result_ttl, tonumber(ARGV[10]))
local repeats = whole(h.repeats_left, 0)
if KIND == 'finished' and repeats <= 0 then
  if ttl ~= 0 then store() end
  release_dependents(id, 'finished')
  if ttl == 0 then
    delete_job(id, 'finished', try('HGET', key, 'group_id'))
  else
    expire_job(id, ttl)
  end
  if ttl == 0 or not h.rqd_queued_again then
    release_slot(limit, id)
    return with_rest({'finished', queue, id, tostring(ttl)})
  end
end

-- An id that was queued again while the job ran: now it may run.
local function queue_again()
  local list = h.rqd_queued_again
  if not list then return end
  item(function()
    write('HDEL', key, 'rqd_queued_again')
    write('HSET', key, 'status', 'queued', 'enqueued_at', ISO)
    write('PERSIST', key)
    push(list, id, false)
  end)
end

-- Lets it run again, or returns nil if its queue cannot take it.
local function run_again(seconds, front, ...)
  local others = {...}
  return item(function()
    if h.rqd_queued_again then write('HDEL', key, 'rqd_queued_again') end
    write('HSET', key, unpack(others))
    expire_job(id, whole(try('HGET', key, 'ttl'), nil))
    if again ~= queue then write('HSET', key, 'origin', again) end
    if seconds > 0 then
      attach('SADD', P .. 'queues', queue_key(again))
      write('HSET', key, 'status', 'scheduled')
      write('ZADD', P .. 'scheduled:' .. again, NOW + seconds, id)
    else
      write('HSET', key, 'status', 'queued', 'enqueued_at', ISO)
      push(again, id, front)
    end
    return true
  end)
end

-- Lets a job run again that repeats itself.
local function repeat_job()
  local list = intervals_of(try('HGET', key, 'repeat_intervals'))
  local seconds, others = list and list[1] or 0, {'repeats_left', repeats - 1}
  if list and #list > 1 then
    table.remove(list, 1)
    others[3], others[4] = 'repeat_intervals', cjson.encode(list)
  end
  return run_again(seconds, false, unpack(others))
end

if KIND == 'finished' then
  if repeats > 0 then
    if ttl ~= 0 then store() end
    if not repeat_job() then expire_job(id, ttl) end
    release_dependents(id, 'finished')
  else
    queue_again()
  end
  release_slot(limit, id)
  return with_rest({'finished', queue, id, tostring(ttl)})
end

-- The job's final failure, if it is one.
local function fail(fate)
  fail_job(queue, id, fate, result)
  queue_again()
  release_slot(limit, id)
  return with_rest({fate, queue, id})
end

local max, front, pauses = string.match(KIND, '^retry:(%d+):(%d):(.*)$')
if max then
  local granted = whole(try('HGET', key, 'number_of_retries'), 0)
  if granted > 0 and granted >= tonumber(max) then
    result[2] = '5'
    return fail('failed')
  end
  local list = {}
  for seconds in string.gmatch(pauses, '%d+') do list[#list + 1] = whole(seconds, 0) end
  local seconds = list[math.max(math.min(#list, granted + 1), 1)] or 0
  local others = {'number_of_retries', granted + 1}
  if front == '1' then others[3], others[4] = 'enqueue_at_front_on_retry', '1' end
  if not run_again(seconds, front == '1', unpack(others)) then return fail('failed') end
  add_result(id, whole(try('HGET', key, 'failure_ttl'), nil), result)
  release_slot(limit, id)
  local remaining = tostring(math.max(tonumber(max) - granted - 1, 0))
  if seconds > 0 then return with_rest({'scheduled', queue, id, remaining, tostring(seconds)}) end
  return with_rest({'retried', queue, id, remaining})
end

local r = try('HMGET', key, 'retries_left', 'retry_intervals', 'enqueue_at_front_on_retry') or {}
local left = whole(r[1], 0)
if KIND == 'failed' and left > 0 then
  local seconds = retry_pause(r[2], left)
  if run_again(seconds, r[3] == '1', 'retries_left', left - 1) then
    release_slot(limit, id)
    if seconds > 0 then
      return with_rest({'scheduled', queue, id, tostring(left - 1), tostring(seconds)})
    end
    return with_rest({'retried', queue, id, tostring(left - 1)})
  end
end
if not unlisted then return fail(KIND) end
write('HSET', key, 'status', KIND)
release_dependents(id, KIND)
queue_again()
release_slot(limit, id)
return with_rest({KIND, queue, id})
