-- Takes over, or takes away, the name of a worker of RQ's own that rqd hosts and whose process is
-- gone. What it left of jobs goes back to the front of its queue, or fails; its registration gets
-- its `death`, for RQ refuses a name without.
-- ARGV[7] the process that held the name, '' for none; [8] the process that takes it, '' for none;
-- [9] requeue or fail; [10] the reason; [11] 1 if a job may have killed its worker; [12] how many
-- such deaths fail it; [13] the queue of the id it took last, [14] that id ('' for none), [15] when
-- (ISO); [16] where to go on, '' at first; then the fields of the result entry, for a job that
-- fails.
-- Returns {'taken', process, hostname, pid} if another process has the name, else {'inherited',
-- where to go on or '' if all is done, 1 if something is left to resume.lua, then fate, queue, id,
-- deaths, …}: requeued | failed | canceled | deleted.
local hosted = P .. 'rqd:hosted'
local known = call('HGET', hosted, W) or call('HGET', P .. 'rqd:workers', W)
if known and known ~= ARGV[7] and known ~= ARGV[8] then return {'taken', known, '', ''} end
if not known then
  local h = call('HMGET', worker_key, 'birth', 'death', 'hostname', 'pid')
  if h[1] and not h[2] then return {'taken', '', h[3] or '', h[4] or ''} end
end

local result = {}
for i = 17, #ARGV do result[#result + 1] = ARGV[i] end
local reply, settled = {'inherited', '', 0}, {}

local function tell(fate, queue, id, deaths)
  for _, word in ipairs({fate, queue, id, tostring(deaths or 0)}) do reply[#reply + 1] = word end
end

local function hand_back(queue, id, limit)
  local deaths = 0
  if ARGV[11] == '1' then
    deaths = math.max(whole(try('HGET', job_key(id), 'rqd_worker_deaths'), 0), 0) + 1
    write('HSET', job_key(id), 'rqd_worker_deaths', deaths)
  end
  if ARGV[9] == 'requeue' and deaths < tonumber(ARGV[12]) and item(function()
    write('HSET', job_key(id), 'status', 'queued', 'started_at', '', 'worker_name', '',
      'rqd_handed_back', ARGV[10])
    push(queue, id, true)
    return true
  end) then return tell('requeued', queue, id, deaths) end
  fail_job(queue, id, 'failed', result)
  if limit and limit ~= '' then release_slot(limit, id) end
  tell('failed', queue, id, deaths)
end

-- Settles one run: `e` is '' for one of RQ 1, nil for an id that was taken and may not have
-- started. What has an outcome keeps it.
local function settle(list, id, e)
  if settled[id] then return end
  spend(20)
  local h = try('HMGET', job_key(id), 'data', 'status', 'origin', 'rate_limit_key', 'started_at')
  h = h or {}
  local queue = h[3] and h[3] ~= '' and h[3] or list
  local ran = false
  if e then
    local m = e == '' and id or id .. ':' .. e
    local removed = (attach('ZREM', P .. 'wip:' .. queue, m) or 0)
    if list ~= queue then removed = removed + (attach('ZREM', P .. 'wip:' .. list, m) or 0) end
    if e ~= '' then
      doom(P .. 'execution:' .. m)
      attach('ZREM', P .. 'executions:' .. id, e)
    end
    ran = removed > 0 and (h[2] == 'started' or h[2] == 'queued')
  end
  -- Whatever its status is: RQ runs what it takes, and says when in started_at.
  local taken = not e and (h[5] or '') < ARGV[15]
  if not ran and not taken then return end
  settled[id] = true
  local between = queue_key(list) .. ':intermediate'
  spend(math.ceil((try('LLEN', between) or 0) / 100))
  attach('LREM', between, 1, id)
  doom(between .. ':first_seen:' .. id)
  if not h[1] then
    remember_end(id, 'failed', nil)
    return tell('deleted', list, id)
  end
  if h[2] == 'canceled' then return tell('canceled', list, id) end
  if h[2] ~= 'started' and lies_in(queue_key(list), id) ~= false then return end
  hand_back(ran and queue or list, id, h[4])
end

local function split(m)
  local id, e = string.match(m, '^(.*):(%x+)$')
  if e and #e == 32 then return id, e end
  return m, ''
end

-- Ends the call: what is left is done by the next one, from there on.
local function stop_at(place)
  reply[2], reply[3] = place, has_rest and 1 or 0
  return reply
end

local runs_key = worker_key .. ':executions'
local cursor = '0'
repeat
  local page = try('SSCAN', runs_key, cursor, 'COUNT', 100) or {'0', {}}
  spend(1)
  for _, m in ipairs(page[2]) do
    if budget <= 0 then return stop_at('1:0') end
    local id, e = split(m)
    settle(try('HGET', job_key(id), 'origin') or '', id, e)
    write('SREM', runs_key, m)
  end
  cursor = page[1]
until cursor == '0'

-- Of so many queues that RQ keeps no list of this worker's, all are looked at; of more, none.
local MOST_QUEUES = 500
local queues, names = {}, try('HGET', worker_key, 'queues')
if names then
  for queue in string.gmatch(names, '[^,]+') do queues[#queues + 1] = queue end
elseif (try('SCARD', P .. 'queues') or 0) <= MOST_QUEUES then
  for _, list in ipairs(try('SMEMBERS', P .. 'queues') or {}) do
    queues[#queues + 1] = string.sub(list, #queue_key('') + 1)
  end
  table.sort(queues)
end
-- Before RQ 3 nothing lists a worker's runs; a job tells whose it is once it has started.
local function is_mine(id, m, e)
  spend(2)
  local owner = e ~= '' and try('HGET', P .. 'execution:' .. m, 'worker_name')
  if owner and owner ~= '' then return owner == W end
  local h = try('HMGET', job_key(id), 'worker_name', 'status', 'started_at') or {}
  if h[1] == W and h[2] == 'started' then return true end
  return id == ARGV[14] and (h[3] or '') < ARGV[15]
end
local number, from = string.match(ARGV[16], '^(%d+):(%d+)$')
number, from = tonumber(number) or 1, tonumber(from) or 0
while number <= #queues do
  local queue = queues[number]
  spend(2)
  local members = try('ZRANGE', P .. 'wip:' .. queue, from, math.min(from + 99, 999)) or {}
  for _, m in ipairs(members) do
    if budget <= 0 then return stop_at(number .. ':' .. from) end
    local id, e = split(m)
    if is_mine(id, m, e) then settle(queue, id, e) end
    if try('ZSCORE', P .. 'wip:' .. queue, m) then from = from + 1 end
  end
  if #members < 100 or from > 999 then number, from = number + 1, 0 end
  if budget <= 0 and number <= #queues then return stop_at(number .. ':' .. from) end
end
if ARGV[14] ~= '' then settle(ARGV[13], ARGV[14], nil) end

for _, queue in ipairs(queues) do attach('SREM', P .. 'workers:' .. queue, worker_key) end
write('SREM', P .. 'workers', worker_key)
doom(runs_key)
local card = call('HMGET', worker_key, 'birth', 'death')
if not card[1] then doom(worker_key) elseif not card[2] then bury() end
if call('EXISTS', claims_key) == 0 then write('HDEL', P .. 'rqd:workers', W) end
if ARGV[8] == '' then
  write('HDEL', hosted, W)
else
  write('HSET', hosted, W, ARGV[8])
end
return stop_at('')
