-- Looks for jobs that say they are queued and are nowhere, and puts them back at the front of their
-- queues if told to; what has ended gets its status back.
-- ARGV[7] 1 to put them back; [8] how many ids all queues may hold together for
-- that to be looked up; then ids, queues and when they were queued, as scan.lua gave them. Returns
-- the ids that were, or are, lost.
local MOST_QUEUES = 500
if (try('SCARD', P .. 'queues') or 0) > MOST_QUEUES then return {} end
local lists, queues, total = {}, {}, 0
for _, key in ipairs(try('SMEMBERS', P .. 'queues') or {}) do queues[key] = true end
for i = 9, #ARGV, 3 do queues[queue_key(ARGV[i + 1])] = true end
for key in pairs(queues) do
  for _, list in ipairs({key, key .. ':intermediate'}) do
    lists[#lists + 1] = list
    total = total + (try('LLEN', list) or 0)
  end
end
if total > tonumber(ARGV[8]) then return {} end

local listed = {}
for _, list in ipairs(lists) do
  for _, id in ipairs(try('LRANGE', list, 0, -1) or {}) do listed[id] = true end
end

-- Whether a registry has an entry of a job that is younger than its last enqueueing. The entry has
-- the end of its lifetime; one without an end may be of any age: then it counts.
local function ended_since(registry, id, ttl, since)
  local score = try('ZSCORE', P .. registry, id)
  if not score then return false end
  return ttl < 0 or score == 'inf' or whole(score, 0) - ttl >= since
end

-- The status that a job's place in a registry stands for; nil without one. A producer that saves
-- its job late writes `queued` over the status of a job that has ended, or that waits for something
-- else than a worker.
local function place_of(id, queue, h)
  local since = math.floor(epoch(h[3]))
  local finished = ended_since('finished:' .. queue, id, whole(h[6], 500), since)
  -- A job that repeats is queued again by its end.
  if finished and not h[5] then return 'finished' end
  if ended_since('failed:' .. queue, id, whole(h[7], YEAR), since) then return 'failed' end
  for _, status in ipairs({'scheduled', 'deferred'}) do
    if try('ZSCORE', P .. status .. ':' .. queue, id) then return status end
  end
  if was_canceled(queue, id, h[3]) then return 'canceled' end
  return nil
end

local function is_lost(id, queue, since)
  local h = try('HMGET', job_key(id), 'data', 'status', 'enqueued_at', 'origin', 'repeats_left',
    'result_ttl', 'failure_ttl') or {}
  if not h[1] or h[2] ~= 'queued' or (h[3] or '') ~= since or listed[id]
    or runs(queue, id) ~= false then
    return false
  end
  -- The job had ended and was deleted: latesaves.lua removes what was saved since.
  for _, end_status in ipairs({'finished:', 'failed:'}) do
    local ended = try('ZSCORE', ended_key, end_status .. id)
    if ended and is_before(since, ended) then return false end
  end
  local status = place_of(id, h[4] or queue, h)
  if status and ARGV[7] == '1' then
    item(function() write('HSET', job_key(id), 'status', status) end)
  end
  return not status
end

local lost = {}
for i = 9, #ARGV, 3 do
  if budget > 0 and is_lost(ARGV[i], ARGV[i + 1], ARGV[i + 2]) then
    lost[#lost + 1] = ARGV[i]
    if ARGV[7] == '1' then
      item(function() push(ARGV[i + 1], ARGV[i], true) end)
      listed[ARGV[i]] = true
    end
  end
end
return lost
