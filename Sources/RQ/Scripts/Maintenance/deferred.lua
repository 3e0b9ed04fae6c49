-- Queues deferred jobs whose parents have all ended and that nobody released. ARGV[7] the queue;
-- [8] from which place on; [9] how many to look at. Returns {queued, the place to go on from, or
-- -1 at the end, 1 if that is in the midst of a job's many parents}. A job all of whose parents are
-- gone is left: somebody may have deleted them.
local QUEUE, FROM, MOST = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local key = P .. 'deferred:' .. QUEUE
local queued, kept, looked = 0, 0, 0
-- How long a look at many parents may take, in all its steps.
local PATIENCE = 60

-- Some parents of a job, as {where to go on, or '0', parents}.
local function some_parents(id, h, cursor)
  local set = P .. 'job::' .. id .. ':dependencies'
  local page = try('SSCAN', set, cursor, 'COUNT', 50)
  if page and (#page[2] > 0 or page[1] ~= '0' or cursor ~= '0') then return page end
  local ok, list = pcall(cjson.decode, h[4] or '')
  if ok and type(list) == 'table' and #list > 0 then
    -- So many that they take more than a step are left: their set was there when they were made.
    spend(math.ceil(#list / 10))
    return {'0', #list <= budget and list or {}}
  end
  return {'0', {h[5] or nil}}
end

-- Whether all parents of a job have ended, and one is there still; nil if the next call is to go
-- on.
local function is_stuck(id, h, allow)
  local function waits_for(status) return not met(status or nil, allow) end
  if h[6] then
    spend(2)
    local status = try('HGET', job_key(h[6]), 'status')
    local is_parent = try('SISMEMBER', P .. 'job::' .. id .. ':dependencies', h[6]) == 1
    if is_parent and waits_for(status) then return false end
  end
  local since, found, cursor = string.match(h[7] or '', '^sweep:(%d+):(%d) (%d+)$')
  if not since or NOW - since > PATIENCE then since, found, cursor = NOW, '0', '0' end
  repeat
    if budget <= 0 then
      attach('HSET', job_key(id), 'rqd_look', 'sweep:' .. since .. ':' .. found .. ' ' .. cursor)
      return nil
    end
    local page = some_parents(id, h, cursor)
    for _, parent in ipairs(page[2]) do
      spend(1)
      local status = try('HGET', job_key(parent), 'status')
      if waits_for(status) then return false end
      if status then found = '1' end
    end
    cursor = page[1]
  until cursor == '0'
  return found == '1'
end

-- Lets the few parents that RQ's own jobs have forget one that does not wait any more.
local function leave_parents(id)
  local set = P .. 'job::' .. id .. ':dependencies'
  if (try('SCARD', set) or 0) > FEW_PARENTS then return end
  for _, parent in ipairs(try('SMEMBERS', set) or {}) do
    attach('SREM', job_key(parent) .. ':dependents', id)
  end
end

local ids = try('ZRANGE', key, FROM, FROM + MOST - 1) or {}
local is_midway = false
for _, id in ipairs(ids) do
  if budget <= 0 then break end
  spend(2)
  local h = try('HMGET', job_key(id), 'data', 'status', 'allow_dependency_failures',
    'dependency_ids', 'dependency_id', 'rqd_waits_for', 'rqd_look') or {}
  local stuck = h[1] and h[2] == 'deferred' and is_stuck(id, h, h[3] == '1')
  if stuck == nil and h[1] then
    is_midway = true
    break
  end
  looked = looked + 1
  local is_queued = stuck and item(function()
    write('ZREM', key, id)
    leave_parents(id)
    if h[6] or h[7] then write('HDEL', job_key(id), 'rqd_waits_for', 'rqd_look') end
    let_go(QUEUE, id)
    return true
  end)
  if not h[1] then
    write('ZREM', key, id)
  elseif is_queued then
    queued = queued + 1
  else
    kept = kept + 1
  end
end
local is_end = looked == #ids and #ids < MOST
return {queued, is_end and -1 or FROM + kept, is_midway and 1 or 0}
