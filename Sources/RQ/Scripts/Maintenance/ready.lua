-- Queues jobs whose parents have ended and whose releaser died before it queued them (rq 3.0).
-- ARGV[7] the queue; [8] how many at most. Returns {queued, 1 if there may be more}.
local QUEUE, MOST = ARGV[7], tonumber(ARGV[8])
local key, queued = P .. 'ready:' .. QUEUE, 0
local ids = try('ZRANGE', key, 0, MOST - 1) or {}
local looked = 0
for _, id in ipairs(ids) do
  if budget <= 0 then break end
  looked = looked + 1
  spend(2)
  redis.call('ZREM', key, id)
  local h = try('HMGET', job_key(id), 'data', 'status') or {}
  if h[1] and h[2] == 'ready_to_enqueue' then
    let_go(QUEUE, id)
    queued = queued + 1
  end
end
return {queued, (#ids == MOST or looked < #ids) and 1 or 0}
