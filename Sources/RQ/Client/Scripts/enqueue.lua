-- Makes jobs and puts each where it belongs, all in one step.
-- ARGV[7] number of jobs, then for each of them: id; queue; when it is due (epoch seconds, '' for
-- now); 1 for the front of the queue; 1 if it must be the only job of its id; ttl ('' for none);
-- group; rate limit's key; its concurrency; 1 if failed parents count as ended; number of parents
-- and their ids; number of fields, then their names and values.
-- Returns for each job the status it got; or {'duplicate', id} with nothing done.
local at = 7
local function take()
  at = at + 1
  return ARGV[at - 1]
end

local jobs = {}
for i = 1, tonumber(take()) do
  local job = {id = take(), queue = take(), due = take(), front = take() == '1',
    unique = take() == '1', ttl = take(), group = take(), limit = take(), slots = take(),
    allow = take() == '1', parents = {}, fields = {}}
  for p = 1, tonumber(take()) do job.parents[p] = take() end
  for f = 1, 2 * tonumber(take()) do job.fields[f] = take() end
  jobs[i] = job
end

for _, job in ipairs(jobs) do
  if job.unique and call('EXISTS', job_key(job.id)) == 1 then return {'duplicate', job.id} end
end

-- All hashes first: a job may wait for one that comes behind it.
for _, job in ipairs(jobs) do
  write('HSET', job_key(job.id), 'status', 'created', unpack(job.fields))
end

local function waits(job)
  for _, parent in ipairs(job.parents) do
    local h = try('HMGET', job_key(parent), 'status', 'data') or {}
    if h[2] and not met(h[1] or 'created', job.allow) then return true end
  end
  return false
end

-- rq 2.6 fails a deferred job when its score has passed; later releases ignore it, and write the
-- moment at which it was deferred.
local function defer(job)
  local until_then = whole(job.ttl, nil) and NOW + whole(job.ttl) or '+inf'
  write('ZADD', P .. 'deferred:' .. job.queue, until_then, job.id)
  for _, parent in ipairs(job.parents) do
    write('SADD', job_key(parent) .. ':dependents', job.id)
    write('SADD', P .. 'job::' .. job.id .. ':dependencies', parent)
  end
  return 'deferred'
end

local function place(job)
  write('SADD', P .. 'queues', queue_key(job.queue))
  if job.group ~= '' then
    write('SADD', P .. 'group:' .. job.group, job.id)
    write('SADD', P .. 'groups', job.group)
  end
  if job.due ~= '' then
    write('ZADD', P .. 'scheduled:' .. job.queue, job.due, job.id)
    return 'scheduled'
  end
  if waits(job) then return defer(job) end
  if job.limit ~= '' then
    local key = P .. 'rl:' .. job.limit
    write('SADD', P .. 'rl-keys', job.limit)
    write('HSET', key, 'concurrency', job.slots)
    write('ZADD', key .. ':rate_limited', NOW, job.id)
    return 'rate_limited'
  end
  write('HSET', job_key(job.id), 'enqueued_at', ISO)
  write(job.front and 'LPUSH' or 'RPUSH', queue_key(job.queue), job.id)
  return 'queued'
end

local placed, limits = {}, {}
for i, job in ipairs(jobs) do
  placed[i] = place(job)
  write('HSET', job_key(job.id), 'status', placed[i])
  if job.front and placed[i] ~= 'queued' then
    write('HSET', job_key(job.id), 'enqueue_at_front', '1')
  end
  live_while_waiting(job.id, job.ttl)
  if placed[i] == 'rate_limited' then limits[job.limit] = true end
end

for limit in pairs(limits) do promote(limit) end
for i, job in ipairs(jobs) do
  if placed[i] == 'rate_limited' then
    placed[i] = call('HGET', job_key(job.id), 'status') or placed[i]
  end
end
return placed
