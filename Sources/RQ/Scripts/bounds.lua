-- What becomes of what is too much for one script, behind runs.lua and common.lua.

-- Whether this script has left something to resume.lua.
local has_rest = false
local rest_key = P .. 'rqd:unfinished'

-- Records what is left to do: it is in the set before anything of it is done or moved. Workers and
-- schedulers go on with it, see resume.lua. Returns whether it could be recorded.
local function leave_rest(entry)
  has_rest = true
  if try('ZSCORE', rest_key, entry) then return true end
  return attach('ZADD', rest_key, NOWF, entry) ~= nil
end

-- A reply of up to five words, with 'unfinished' at place 6 if something was left.
local function with_rest(reply)
  if not has_rest then return reply end
  for i = #reply + 1, 5 do reply[i] = '' end
  reply[6] = 'unfinished'
  return reply
end

-- Queues what a rate limit lets through, the oldest first. One whose queue cannot take it gets in
-- line again. A limit that is no number is 1. Source: rq, RateLimitRegistry.
function promote(limit)
  local key, refused, has_moved = P .. 'rl:' .. limit, {}, false
  local most = math.max(whole(try('HGET', key, 'concurrency'), 1), 1)
  while budget > 0 do
    spend(7)
    if (try('ZCARD', key .. ':allowed') or most) >= most then return end
    local id = (attach('ZPOPMIN', key .. ':rate_limited') or {})[1]
    if not id then return end
    local h = try('HMGET', job_key(id), 'origin', 'status', 'enqueue_at_front') or {}
    if h[1] and h[2] == 'rate_limited' and not item(function()
      spend(10)
      write('ZADD', key .. ':allowed', NOW, id)
      write('HSET', job_key(id), 'status', 'queued', 'enqueued_at', ISO)
      push(h[1], id, h[3] == '1')
      return true
    end) then
      write('ZADD', key .. ':rate_limited', NOW, id)
      if refused[id] then return end
      refused[id] = true
    else
      has_moved = true
    end
  end
  -- If none could be queued, another step could not either.
  if has_moved then leave_rest('promote ' .. limit) end
end

-- Up to so many parents are looked at in one go.
local FEW_PARENTS = 16

-- Whether the parents of a job have ended, but for parent `but`: true, false, or nil if that is to
-- be found out in a later step with the same `mark`. Of many parents one that has not ended is kept
-- in the job's field rqd_waits_for: as long as that one has not ended, no other is looked at. How
-- far a look has come is kept in rqd_look. `fields` are those two as they are.
local function parents_met(id, but, allow, fields, mark)
  local key, set = job_key(id), P .. 'job::' .. id .. ':dependencies'
  local function waits_for(parent)
    spend(1)
    return parent ~= but and not met(try('HGET', job_key(parent), 'status') or nil, allow)
  end
  if (try('SCARD', set) or 0) <= FEW_PARENTS then
    for _, parent in ipairs(try('SMEMBERS', set) or {}) do
      if waits_for(parent) then return false end
    end
    return true
  end
  local known = fields[1]
  if known and try('SISMEMBER', set, known) == 1 and waits_for(known) then return false end
  local of, cursor = string.match(fields[2] or '', '^(%S+) (%d+)$')
  if not mark or of ~= mark then cursor = '0' end
  repeat
    if budget <= 0 then
      if mark then attach('HSET', key, 'rqd_look', mark .. ' ' .. cursor) end
      return nil
    end
    local page = try('SSCAN', set, cursor, 'COUNT', 50) or {'0', {}}
    for _, parent in ipairs(page[2]) do
      if waits_for(parent) then
        attach('HSET', key, 'rqd_waits_for', parent)
        if fields[2] then attach('HDEL', key, 'rqd_look') end
        return false
      end
    end
    cursor = page[1]
  until cursor == '0'
  if known or fields[2] then attach('HDEL', key, 'rqd_waits_for', 'rqd_look') end
  return true
end

-- Queues a dependent of a job that has ended in `status`, if its other parents have ended too. With
-- a `mark` that end was in an earlier step: then only one that still waits is queued. Returns true
-- if it is queued, false if not or if its queue cannot take it, nil if a later step must go on.
local function release_dependent(dependent, id, status, mark)
  spend(12)
  local h = try('HMGET', job_key(dependent), 'status', 'origin', 'allow_dependency_failures',
    'enqueue_at_front', 'data', 'rate_limit_key', 'rate_limit_concurrency', 'rqd_waits_for',
    'rqd_look')
  if not (h and h[5] and h[2]) or h[1] == 'canceled' then return false end
  if mark and h[1] ~= 'deferred' then return false end
  local allow = h[3] == '1'
  if not met(status, allow) then return false end
  local is_met = parents_met(dependent, id, allow, {h[8], h[9]}, mark)
  if not is_met then return is_met end
  return item(function()
    attach('ZREM', P .. 'deferred:' .. h[2], dependent)
    enqueue_dependent(dependent, h[2], h[4] == '1', h[6], h[7])
    return true
  end) or false
end

-- Goes on with the dependents of a job that were set aside, as far as the budget goes. Those that
-- must wait on go back to where they were. Returns whether none is left, and how many were queued.
local function release_more(status, mark, id)
  local set = P .. 'rqd:releasing:' .. mark .. ':' .. id
  local dependents_key = job_key(id) .. ':dependents'
  local has_parent = try('EXISTS', job_key(id)) == 1
  local has_kept, queued, is_through = false, 0, false
  while budget > 0 and not is_through do
    local some = try('SRANDMEMBER', set, 20) or {}
    is_through = #some == 0
    for _, dependent in ipairs(some) do
      local is_queued = nil
      if budget > 0 then is_queued = release_dependent(dependent, id, status, mark) end
      if is_queued == nil then break end
      if is_queued then
        queued = queued + 1
      elseif has_parent then
        has_kept = attach('SADD', dependents_key, dependent) ~= nil or has_kept
      end
      write('SREM', set, dependent)
    end
  end
  if has_kept then
    local ttl = try('PTTL', job_key(id)) or -1
    if ttl > 0 then write('EXPIRE', dependents_key, math.ceil(ttl / 1000)) end
  end
  return is_through, queued
end

-- Up to so many dependents are released in the step that ends their parent.
local FEW_DEPENDENTS = 50

-- Queues the dependents of a job that has ended in `status` and whose other parents have ended too.
-- Many are set aside first, and released in steps.
function release_dependents(id, status)
  local dependents_key = job_key(id) .. ':dependents'
  local count = try('SCARD', dependents_key) or 0
  if count == 0 then return end
  local later = {}
  if count <= FEW_DEPENDENTS then
    for _, dependent in ipairs(try('SMEMBERS', dependents_key) or {}) do
      local is_queued = nil
      if budget > 0 then is_queued = release_dependent(dependent, id, status, nil) end
      if is_queued then write('SREM', dependents_key, dependent) end
      if is_queued == nil then later[#later + 1] = dependent end
    end
    if #later == 0 then return end
  end
  local mark = NOWF
  while try('EXISTS', P .. 'rqd:releasing:' .. mark .. ':' .. id) == 1 do mark = mark .. '+' end
  local set = P .. 'rqd:releasing:' .. mark .. ':' .. id
  local entry = 'release ' .. status .. ' ' .. mark .. ' ' .. id
  if not leave_rest(entry) then return end
  for _, dependent in ipairs(later) do
    write('SADD', set, dependent)
    write('SREM', dependents_key, dependent)
  end
  if #later > 0 then return end
  write('RENAME', dependents_key, set)
  -- A lifetime would be that of their parent.
  write('PERSIST', set)
end
