-- What the scripts of the client library share; follows common.lua.

-- Whether a run of the job holds a lease.
local function is_running(id)
  return (try('ZCOUNT', P .. 'executions:' .. id, '(' .. NOW, '+inf') or 0) > 0
end

-- Takes a job that will not run out of its rate limit; a slot of a run is freed when that ends.
local function leave_limit(limit, id, running)
  if not limit or limit == '' then return end
  local key = P .. 'rl:' .. limit
  attach('ZREM', key .. ':rate_limited', id)
  if running or (attach('ZREM', key .. ':allowed', id) or 0) == 0 then return end
  promote(limit)
end

-- Lets a job that waits live for its ttl, or without end: not for what an earlier run left it.
local function live_while_waiting(id, ttl)
  ttl = whole(ttl, nil)
  if ttl then return expire_job(id, ttl) end
  write('PERSIST', job_key(id))
  write('PERSIST', job_key(id) .. ':dependents')
  write('PERSIST', P .. 'job::' .. id .. ':dependencies')
end

-- Takes a job out of its queue and of every registry, whatever its status says.
local function remove_everywhere(queue, id)
  attach('LREM', queue_key(queue), 0, id)
  for _, name in ipairs({'finished', 'failed', 'scheduled', 'deferred', 'ready', 'canceled'}) do
    attach('ZREM', P .. name .. ':' .. queue, id)
  end
  for _, e in ipairs(try('ZRANGE', P .. 'executions:' .. id, 0, -1) or {}) do
    local m = member(id, e)
    if m then attach('ZREM', P .. 'wip:' .. queue, m) end
  end
  attach('ZREM', P .. 'wip:' .. queue, id)
end

-- Takes a job out of the sets of those it waits for.
local function forget_parents(id)
  for _, parent in ipairs(try('SMEMBERS', P .. 'job::' .. id .. ':dependencies') or {}) do
    attach('SREM', job_key(parent) .. ':dependents', id)
  end
end

-- Deletes a job and all that belongs to it. Returns whether there was one.
local function delete_whole(id)
  local h = try('HMGET', job_key(id), 'data', 'origin', 'group_id', 'rate_limit_key') or {}
  local leases, running = P .. 'executions:' .. id, is_running(id)
  if h[2] then remove_everywhere(h[2], id) end
  forget_parents(id)
  if h[3] and h[3] ~= '' then attach('SREM', P .. 'group:' .. h[3], id) end
  -- A run keeps its slot of a rate limit, by its lease, until it has ended.
  if not (running and h[4] and h[4] ~= '') then
    for _, e in ipairs(try('ZRANGE', leases, 0, -1) or {}) do
      local key, m = P .. 'execution:' .. id .. ':' .. e, member(id, e)
      local worker = try('HGET', key, 'worker_name')
      if worker and m then attach('SREM', P .. 'worker:' .. worker .. ':executions', m) end
      doom(key)
    end
    doom(leases)
  end
  doom(job_key(id), job_key(id) .. ':dependents', P .. 'job::' .. id .. ':dependencies',
    P .. 'results:' .. id)
  leave_limit(h[4], id, running)
  return h[1] and true or false
end
