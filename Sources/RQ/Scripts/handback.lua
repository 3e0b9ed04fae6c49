-- Settles an execution whose worker or stable died, or that a cold stop interrupted: the fault
-- was ours, not the job's. ARGV[7] requeue or fail; [8] the reason; [9] 1 if the job may have
-- killed its worker; [10] how many such deaths fail it; [11] the process that must still hold the
-- worker's name ('' for any); then the fields of the result entry, for the case that it fails.
-- Returns {fate, queue, id, deaths}: requeued | failed | lost | deleted | canceled | gone;
-- 'unfinished' at place 6 as of outcome.lua.
local claim = claim_of(E)
if not claim then return {'gone'} end
-- A successor may have the name by now, and this claim may be its own.
if ARGV[11] ~= '' and call('HGET', P .. 'rqd:workers', W) ~= ARGV[11] then return {'gone'} end
local queue, id, limit = claim[1], claim[2], claim[3]
local key = job_key(id)
local held = holds(claim)
local h = try('HMGET', key, 'data', 'status', 'rqd_worker_deaths', 'worker_name') or {}
local is_lost = not held and h[1] and h[2] ~= 'canceled' and is_decided(claim, h[2], h[4])
end_execution(claim, try('HGET', worker_key, 'current_job'))
if try('EXISTS', worker_key) == 1 then attach('HSET', worker_key, 'state', 'idle') end
if not h[1] or h[2] == 'canceled' then
  if not h[1] then remember_end(id, 'failed', nil) end
  release_slot(limit, id)
  return with_rest({h[1] and 'canceled' or 'deleted', queue, id})
end
if is_lost then return {'lost', queue, id} end

local deaths = 0
if ARGV[9] == '1' then
  deaths = math.max(whole(h[3], 0), 0) + 1
  write('HSET', key, 'rqd_worker_deaths', deaths)
end
-- To where it was taken from, which need not be the queue that it names.
if ARGV[7] == 'requeue' and deaths < tonumber(ARGV[10]) and item(function()
  write('HSET', key, 'status', 'queued', 'started_at', '', 'worker_name', '',
    'rqd_handed_back', ARGV[8])
  attach('HDEL', key, 'rqd_queued_again')
  push(claim[4] or queue, id, true)
  return true
end) then return {'requeued', claim[4] or queue, id, tostring(deaths)} end
local result = {}
for i = 12, #ARGV do result[#result + 1] = ARGV[i] end
fail_job(queue, id, 'failed', result)
release_slot(limit, id)
return with_rest({'failed', queue, id, tostring(deaths)})
