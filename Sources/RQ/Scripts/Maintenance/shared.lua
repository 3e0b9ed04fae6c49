-- What the scheduler's scripts share, behind bounds.lua. In them W is the scheduler's name, which
-- is also the token of its locks.

-- Whether somebody runs the job now, but for execution `but`: a run whose lease is not over, or RQ
-- 1's bare member; nil if that cannot be told in this step.
local function runs(queue, id, but)
  spend(2)
  local own = P .. 'execution:' .. id .. ':' .. (but or '')
  local is_running = any_run(id, function(key) return key ~= own and try('EXISTS', key) == 1 end)
  if is_running ~= false then return is_running end
  local bare = try('ZSCORE', P .. 'wip:' .. queue, id)
  return bare and tonumber(bare) > NOW or false
end

-- Takes a job's slot away unless it is still entitled to it. Returns whether it had one.
local function free_slot(queue, id, limit)
  if not limit or limit == '' then return false end
  spend(3)
  local status = try('HGET', job_key(id), 'status')
  if status == 'queued' or status == 'started' or runs(queue, id) ~= false then
    return false
  end
  if attach('ZREM', P .. 'rl:' .. limit .. ':allowed', id) ~= 1 then return false end
  promote(limit)
  return true
end

-- Lets a job that waited for its time or for others go on: to its queue, or into the line before
-- its rate limit. Only what changes is written.
local function let_go(queue, id)
  local key = job_key(id)
  spend(12)
  local h = try('HMGET', key, 'origin', 'ttl', 'enqueue_at_front', 'enqueue_at_front_on_retry',
    'ended_at', 'rate_limit_key', 'rate_limit_concurrency') or {}
  local front = h[3] == '1' or (h[4] == '1' and h[5] and h[5] ~= '')
  if h[1] ~= queue then write('HSET', key, 'origin', queue) end
  local limit, slots = h[6], whole(h[7], nil)
  if limit and limit ~= '' and slots then
    local base = P .. 'rl:' .. limit
    write('SADD', P .. 'rl-keys', limit)
    write('HSET', base, 'concurrency', slots)
    write('HSET', key, 'status', 'rate_limited')
    if front then write('HSET', key, 'enqueue_at_front', '1') end
    attach('ZREM', base .. ':allowed', id)
    write('ZADD', base .. ':rate_limited', NOW, id)
    promote(limit)
  else
    write('HSET', key, 'status', 'queued', 'enqueued_at', ISO)
    push(queue, id, front)
  end
  local ttl = whole(h[2], 0)
  if ttl > 0 then expire_job(id, ttl) end
end
