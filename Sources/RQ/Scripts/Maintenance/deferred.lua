-- Queues deferred jobs whose parents have all ended and that nobody released. ARGV[7] the queue;
-- [8] from which place on; [9] how many to look at. Returns {queued, the place to go on from, or
-- -1 at the end}. A job all of whose parents are gone is left: somebody may have deleted them.
local QUEUE, FROM, MOST = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local key = P .. 'deferred:' .. QUEUE
local queued, kept = 0, 0

local function parents_of(id, h)
  local parents = try('SMEMBERS', P .. 'job::' .. id .. ':dependencies') or {}
  if #parents > 0 then return parents end
  local ok, list = pcall(cjson.decode, h[4] or '')
  if ok and type(list) == 'table' and #list > 0 then return list end
  return {h[5]}
end

local function is_stuck(parents, allow)
  local ended = false
  for _, parent in ipairs(parents) do
    local status = try('HGET', job_key(parent), 'status')
    if not met(status, allow) then return false end
    if status then ended = true end
  end
  return ended
end

local ids = try('ZRANGE', key, FROM, FROM + MOST - 1) or {}
for _, id in ipairs(ids) do
  local h = try('HMGET', job_key(id), 'data', 'status', 'allow_dependency_failures',
    'dependency_ids', 'dependency_id') or {}
  if not h[1] then
    redis.call('ZREM', key, id)
  else
    local parents = parents_of(id, h)
    if h[2] == 'deferred' and is_stuck(parents, h[3] == '1') then
      redis.call('ZREM', key, id)
      for _, parent in ipairs(parents) do try('SREM', job_key(parent) .. ':dependents', id) end
      let_go(QUEUE, id)
      queued = queued + 1
    else
      kept = kept + 1
    end
  end
end
return {queued, #ids == MOST and FROM + kept or -1}
