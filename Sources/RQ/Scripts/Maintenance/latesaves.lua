-- Removes what producers have saved of jobs that had ended and were deleted: hashes without a
-- lifetime, of jobs that nobody will run. One that was enqueued again is another job.
-- ARGV[7] the epoch second since when the jobs have ended; [8] how many of them to pass over; [9]
-- how many to look at. Returns {removed, the place to go on from or -1}.
local FROM, MOST = tonumber(ARGV[8]), tonumber(ARGV[9])
local removed = 0

-- Whether a job is somewhere: in its queue, in the hands of a worker, in a registry.
local function is_somewhere(id, queue, limit)
  local list = queue_key(queue)
  spend(10)
  for _, place in ipairs({list, list .. ':intermediate'}) do
    if lies_in(place, id) ~= false then return true end
  end
  for _, registry in ipairs({'finished', 'failed', 'scheduled', 'deferred', 'canceled', 'ready'}) do
    if try('ZSCORE', P .. registry .. ':' .. queue, id) then return true end
  end
  if limit and try('ZSCORE', P .. 'rl:' .. limit .. ':rate_limited', id) then return true end
  return runs(queue, id) ~= false
end

local function look(status, id, ended)
  -- One with a lifetime goes by itself.
  if try('PTTL', job_key(id)) ~= -1 then return end
  local h = try('HMGET', job_key(id), 'enqueued_at', 'created_at', 'origin', 'rate_limit_key')
  local since = h and (h[1] and h[1] ~= '' and h[1] or h[2])
  if not h or not is_before(since, ended) then return end
  if h[3] and is_somewhere(id, h[3], h[4]) then return end
  -- Somebody may have enqueued others to wait for it. As with rq, none waits in vain but for one
  -- that failed and is gone.
  if status == 'finished' then release_dependents(id, status) end
  doom_job(id)
  removed = removed + 1
end

local found = try('ZRANGEBYSCORE', ended_key, ARGV[7], '+inf', 'WITHSCORES', 'LIMIT', FROM, MOST)
  or {}
for i = 1, #found, 2 do
  if budget <= 0 then return {removed, FROM + (i - 1) / 2} end
  spend(3)
  local status, id = string.match(found[i], '^(%l+):(.*)$')
  if status then look(status, id, found[i + 1]) end
end
return {removed, #found == 2 * MOST and FROM + MOST or -1}
