-- Looks for jobs that say they are queued and are nowhere, and puts them back at the front of their
-- queues if told to. ARGV[7] 1 to put them back; [8] how many ids all queues may hold together for
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

local function is_lost(id, queue, since)
  local h = try('HMGET', job_key(id), 'data', 'status', 'enqueued_at') or {}
  return h[1] and h[2] == 'queued' and (h[3] or '') == since and not listed[id]
    and runs(queue, id) == false
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
