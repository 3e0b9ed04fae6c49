-- Records what became of an execution, once: the first call decides, later ones return {'gone'}.
-- ARGV[7] kind: finished, failed, stopped, the last two with unlisted: before them if the job is
-- only to be marked so, or retry:MAX:FRONT:SECONDS,…; [8] when the function
-- started (ISO); [9] seconds it ran; [10] result_ttl of a job that has none; [11] the worker
-- hash's lifetime when idle; [12] number of changed fields, then their names and values; then the
-- fields of the result entry. Returns {fate, queue, id, …}: finished, ttl | failed | stopped |
-- retried, left | scheduled, left, seconds | canceled (while it ran; its result is kept) |
-- deleted (while it ran) | lost, status (another process has decided) | gone. At place 6 stands
-- 'unfinished' if dependents or a rate limit are left to resume.lua.
local KIND, STARTED, SECONDS = ARGV[7], ARGV[8], ARGV[9]
local unlisted = string.match(KIND, '^unlisted:(.*)$')
KIND = unlisted or KIND
ENDED = ARGV[6]
local claim = claim_of(E)
if not claim then return {'gone'} end
local queue, id = claim[1], claim[2]
local key = job_key(id)

local first_result = 13 + 2 * tonumber(ARGV[12])
local result = {}
for i = first_result, #ARGV do result[#result + 1] = ARGV[i] end

local function count(field)
  try('HSET', worker_key, 'state', 'idle', 'last_heartbeat', ISO)
  try('HINCRBY', worker_key, field, 1)
  try('HINCRBYFLOAT', worker_key, 'total_working_time', SECONDS)
  try('EXPIRE', worker_key, ARGV[11])
end

local held = holds(queue, id, E)
local h = try('HMGET', key, 'data', 'status') or {}
end_execution(queue, id, E)
if h[1] and not held and h[2] ~= 'canceled' then
  try('HSET', worker_key, 'state', 'idle')
  return {'lost', queue, id, h[2] or ''}
end
count(KIND == 'finished' and 'successful_job_count' or 'failed_job_count')
if not h[1] then
  release_slot(claim[3], id)
  return with_rest({'deleted', queue, id})
end
if h[2] == 'canceled' then
  local field = KIND == 'finished' and 'result_ttl' or 'failure_ttl'
  local ttl = tonumber(try('HGET', key, field) or nil)
  add_result(id, ttl or tonumber(ARGV[10]), result)
  release_slot(claim[3], id)
  return with_rest({'canceled', queue, id})
end

try('HSET', key, 'started_at', STARTED, 'ended_at', ENDED, 'last_heartbeat', ISO)
for i = 13, first_result - 1, 2 do try('HSET', key, ARGV[i], ARGV[i + 1]) end
h = try('HMGET', key, 'result_ttl', 'retries_left', 'retry_intervals',
  'enqueue_at_front_on_retry', 'group_id', 'repeats_left', 'repeat_intervals', 'ttl')

local function schedule(seconds)
  try('SADD', P .. 'queues', queue_key(queue))
  try('HSET', key, 'status', 'scheduled')
  try('ZADD', P .. 'scheduled:' .. queue, NOW + seconds, id)
end

-- The JSON list of seconds in a field, or nil.
local function intervals(text)
  local ok, list = pcall(cjson.decode, text or '')
  if ok and type(list) == 'table' and #list > 0 then return list end
  return nil
end

-- An id that was queued again while the job ran: now it may run.
local function queue_again()
  local list = try('HGET', key, 'rqd_queued_again')
  if not list then return end
  try('HDEL', key, 'rqd_queued_again')
  try('HSET', key, 'status', 'queued', 'enqueued_at', ISO)
  try('PERSIST', key)
  push(list, id, false)
end

local function run_again(seconds, front)
  try('HDEL', key, 'rqd_queued_again')
  expire_job(id, tonumber(h[8] or nil))
  if seconds > 0 then return schedule(seconds) end
  try('HSET', key, 'status', 'queued', 'enqueued_at', ISO)
  push(queue, id, front)
end

if KIND == 'finished' then
  local ttl = tonumber(h[1] or nil) or tonumber(ARGV[10])
  if ttl ~= 0 then
    try('HSET', key, 'status', 'finished')
    add_result(id, ttl, result)
    try('ZADD', P .. 'finished:' .. queue, ttl < 0 and '+inf' or NOW + ttl, id)
  end
  local repeats = tonumber(h[6] or nil)
  if repeats and repeats > 0 then
    local list = intervals(h[7]) or {0}
    local seconds = math.floor(tonumber(list[1]) or 0)
    if #list > 1 then
      table.remove(list, 1)
      try('HSET', key, 'repeat_intervals', cjson.encode(list))
    end
    try('HSET', key, 'repeats_left', repeats - 1)
    run_again(seconds, false)
    release_dependents(id, 'finished')
  else
    release_dependents(id, 'finished')
    if ttl == 0 then
      delete_job(id, h[5])
    else
      expire_job(id, ttl)
      queue_again()
    end
  end
  release_slot(claim[3], id)
  return with_rest({'finished', queue, id, tostring(ttl)})
end

local max, front, pauses = string.match(KIND, '^retry:(%d+):(%d):(.*)$')
if max then
  local granted = tonumber(try('HGET', key, 'number_of_retries') or nil) or 0
  if granted > 0 and granted >= tonumber(max) then
    result[2] = '5'
    fail_job(queue, id, 'failed', result)
    release_slot(claim[3], id)
    return with_rest({'failed', queue, id})
  end
  local list = {}
  for seconds in string.gmatch(pauses, '%d+') do list[#list + 1] = tonumber(seconds) end
  local seconds = list[math.min(#list, granted + 1)] or 0
  try('HSET', key, 'number_of_retries', granted + 1)
  if front == '1' then try('HSET', key, 'enqueue_at_front_on_retry', '1') end
  add_result(id, tonumber(try('HGET', key, 'failure_ttl') or nil), result)
  run_again(seconds, front == '1')
  release_slot(claim[3], id)
  local remaining = tostring(math.max(tonumber(max) - granted - 1, 0))
  if seconds > 0 then
    return with_rest({'scheduled', queue, id, remaining, tostring(seconds)})
  end
  return with_rest({'retried', queue, id, remaining})
end

local left = tonumber(h[2] or nil)
if KIND == 'failed' and left and left > 0 then
  local list = intervals(h[3])
  local seconds = math.floor(list and tonumber(list[math.max(#list - left, 0) + 1]) or 0)
  try('HSET', key, 'retries_left', left - 1)
  run_again(seconds, h[4] == '1')
  release_slot(claim[3], id)
  if seconds > 0 then
    return with_rest({'scheduled', queue, id, tostring(left - 1), tostring(seconds)})
  end
  return with_rest({'retried', queue, id, tostring(left - 1)})
end
if unlisted then
  try('HSET', key, 'status', KIND)
  release_dependents(id, KIND)
else
  fail_job(queue, id, KIND, result)
end
queue_again()
release_slot(claim[3], id)
return with_rest({KIND, queue, id})
