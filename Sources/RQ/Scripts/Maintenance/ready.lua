-- Queues jobs whose parents have ended and whose releaser died before it queued them (rq 3.0).
-- ARGV[7] the queue; [8] how many at most. Returns {queued, 1 if there may be more}.
local QUEUE, MOST = ARGV[7], tonumber(ARGV[8])
local key, queued = P .. 'ready:' .. QUEUE, 0
local ids = try('ZRANGE', key, 0, MOST - 1) or {}
local looked, left = 0, 0
for _, id in ipairs(ids) do
  if budget <= 0 then break end
  looked = looked + 1
  spend(2)
  local h = try('HMGET', job_key(id), 'data', 'status') or {}
  local is_gone = item(function()
    write('ZREM', key, id)
    if not h[1] or h[2] ~= 'ready_to_enqueue' then return true end
    let_go(QUEUE, id)
    queued = queued + 1
    return true
  end)
  if not is_gone then left = left + 1 end
end
-- Those that cannot be queued are looked at again the next time.
return {queued, (#ids == MOST or looked < #ids) and left == 0 and 1 or 0}
