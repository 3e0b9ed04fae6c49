-- Settles runs of one queue whose lease is over, of workers that are not rqd's: the job is tried
-- again if it has retries left, else it fails; one that never started goes back to its queue.
-- ARGV[7] the queue; [8] how many runs to look at; [9] how many to pass over first; [10] seconds
-- after the end of the lease; then the fields of the result entry. Returns {'locked'} while another
-- cleaner works, else {'done', number of the runs that were left alone, 1 if there may be more, id,
-- fate, …}: failed | retried | scheduled | requeued | missing | stale.
-- Source: rq 3.0, StartedJobRegistry.cleanup.
local QUEUE, MOST, FROM = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local wip = P .. 'wip:' .. QUEUE
local result = {}
for i = 11, #ARGV do result[#result + 1] = ARGV[i] end

local function split(m)
  local id, e = string.match(m, '^(.*):(%x+)$')
  if e and #e == 32 then return id, e end
  return m, ''
end

local function forget(m, id, e, worker)
  write('ZREM', wip, m)
  if e == '' then return end
  doom(P .. 'execution:' .. id .. ':' .. e)
  attach('ZREM', P .. 'executions:' .. id, e)
  if worker and worker ~= '' then attach('SREM', P .. 'worker:' .. worker .. ':executions', m) end
end

local function try_again(id, left, intervals, front)
  local key, seconds = job_key(id), retry_pause(intervals, left)
  write('HSET', key, 'retries_left', left - 1)
  if seconds > 0 then
    attach('SADD', P .. 'queues', queue_key(QUEUE))
    write('HSET', key, 'status', 'scheduled')
    write('ZADD', P .. 'scheduled:' .. QUEUE, NOW + seconds, id)
    return 'scheduled'
  end
  write('HSET', key, 'status', 'queued', 'enqueued_at', ISO)
  push(QUEUE, id, front)
  return 'retried'
end

-- Whether a worker of rqd's has claimed a job under RQ 1's bare id: by the claims of its name,
-- which are few. Where they are many, that is left to a later look.
local function is_claimed(worker, id)
  local key = P .. 'rqd:claims:' .. worker
  spend(2)
  if (try('HLEN', key) or 0) > 100 then return true end
  for _, packed in ipairs(try('HVALS', key) or {}) do
    spend(1)
    local claim = cmsgpack.unpack(packed)
    if claim[5] and claim[2] == id then return true end
  end
  return false
end

-- What becomes of one run; nil leaves it alone.
local function settle(m)
  local id, e = split(m)
  local h = try('HMGET', job_key(id), 'data', 'status', 'worker_name', 'retries_left',
    'retry_intervals', 'enqueue_at_front_on_retry', 'rate_limit_key') or {}
  local worker = h[3]
  -- A run of rqd's is handed back under its worker's name.
  if worker and e ~= '' and try('HEXISTS', P .. 'rqd:claims:' .. worker, e) == 1 then return end
  if worker and e == '' and is_claimed(worker, id) then return end
  local is_running = false
  if h[1] then is_running = runs(QUEUE, id, e) end
  if is_running == nil then return end
  forget(m, id, e, worker)
  if not h[1] then return id, 'missing' end
  if is_running then return id, 'stale' end
  if h[2] == 'queued' then
    if lies_in(queue_key(QUEUE), id) ~= false then return id, 'stale' end
    attach('LREM', queue_key(QUEUE) .. ':intermediate', 1, id)
    push(QUEUE, id, true)
    return id, 'requeued'
  end
  -- RQ says scheduled before it has scheduled: a death in between leaves it in no registry.
  local halfway = h[2] == 'scheduled' and not try('ZSCORE', P .. 'scheduled:' .. QUEUE, id)
  if h[2] ~= 'started' and not halfway then return id, 'stale' end
  local left = whole(h[4], 0)
  local fate = left > 0 and item(function() return try_again(id, left, h[5], h[6] == '1') end)
  if not fate then
    fate = 'failed'
    fail_job(QUEUE, id, 'failed', result)
  end
  free_slot(QUEUE, id, h[7])
  return id, fate
end

local lock = try('GET', P .. 'clean_registries:' .. QUEUE)
if lock and lock ~= W then return {'locked'} end
local lapsed = NOW - tonumber(ARGV[10])
local members = try('ZRANGEBYSCORE', wip, 0, lapsed, 'LIMIT', FROM, MOST) or {}
local reply = {'done', 0, #members == MOST and 1 or 0}
for _, m in ipairs(members) do
  if budget <= 0 then
    reply[3] = 1
    break
  end
  spend(20)
  local id, fate
  item(function() id, fate = settle(m) end)
  if id then
    reply[#reply + 1] = id
    reply[#reply + 1] = fate
  else
    reply[2] = reply[2] + 1
  end
end
return reply
