-- Puts jobs back that a Python worker took into the intermediate list and then died. ARGV[7] the
-- queue; then ids that have lain there for long. Returns {id, fate, …}: requeued | stale |
-- missing; an id that somebody runs, or that another call dealt with, is left out.
local QUEUE = ARGV[7]
local list = queue_key(QUEUE) .. ':intermediate'
local reply = {}
for i = 8, #ARGV do
  -- The rest has its turn when it is looked at again.
  if budget <= 0 then break end
  local id = ARGV[i]
  spend(10 + math.ceil((try('LLEN', list) or 0) / 100))
  local h = try('HMGET', job_key(id), 'data', 'status') or {}
  -- A started job is settled with its lease.
  local is_busy = runs(QUEUE, id) ~= false or (h[1] and h[2] == 'started')
  local fate = not is_busy and item(function()
    if write('LREM', list, 1, id) ~= 1 then return nil end
    doom(list .. ':first_seen:' .. id)
    if not h[1] then return 'missing' end
    if h[2] ~= 'queued' or lies_in(queue_key(QUEUE), id) ~= false then return 'stale' end
    push(QUEUE, id, true)
    return 'requeued'
  end)
  if fate then
    reply[#reply + 1] = id
    reply[#reply + 1] = fate
  end
end
return reply
