-- Looks for jobs that say they are queued and are nowhere, and puts them back at the front of their
-- queues if told to. ARGV[7] 1 to put them back; [8] how many ids all queues may hold together for
-- that to be looked up; then ids, queues and when they were queued, as scan.lua gave them. Returns
-- the ids that were, or are, lost.
local lists = {}
local total = 0
for _, key in ipairs(try('SMEMBERS', P .. 'queues') or {}) do
  lists[#lists + 1] = key
  lists[#lists + 1] = key .. ':intermediate'
  total = total + (try('LLEN', key) or 0)
end
if total > tonumber(ARGV[8]) then return {} end

local function is_lost(id, queue, since)
  local h = try('HMGET', job_key(id), 'data', 'status', 'enqueued_at') or {}
  if not h[1] or h[2] ~= 'queued' or (h[3] or '') ~= since or runs(queue, id) then return false end
  for _, list in ipairs(lists) do
    if lies_in(list, id) then return false end
  end
  return not lies_in(queue_key(queue), id)
end

local lost = {}
for i = 9, #ARGV, 3 do
  if is_lost(ARGV[i], ARGV[i + 1], ARGV[i + 2]) then
    lost[#lost + 1] = ARGV[i]
    if ARGV[7] == '1' then push(ARGV[i + 1], ARGV[i], true) end
  end
end
return lost
