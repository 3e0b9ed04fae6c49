-- Records what became of an execution, once: the first call decides, later ones return {'gone'}.
-- ARGV[7] kind: finished, failed, stopped, the last two with unlisted: before them if the job is
-- only to be marked so, or retry:MAX:FRONT:SECONDS,…; [8] when the function
-- started (ISO); [9] seconds it ran; [10] result_ttl of a job that has none; [11] the worker
-- hash's lifetime when idle; [12] number of changed fields, then their names and values; then the
-- fields of the result entry. Returns {fate, queue, id, …}: finished, ttl | failed | stopped |
-- retried, left | scheduled, left, seconds | canceled (while it ran; its result is kept) |
-- deleted (while it ran) | lost, status (another process has decided) | gone. At place 6 stands
-- 'unfinished' if dependents or a rate limit are left to resume.lua.
local KIND, STARTED, SECONDS = ARGV[7], ARGV[8], tonumber(ARGV[9])
local unlisted = string.match(KIND, '^unlisted:(.*)$')
KIND = unlisted or KIND
ENDED = ARGV[6]
local claim = claim_of(E)
if not claim then return {'gone'} end
local queue, id, limit = claim[1], claim[2], claim[3]
-- Where it goes if it is to run again: RQ retries and repeats on the queue it took the job from.
local again = claim[4] or queue
local key = job_key(id)

local first_result = 13 + 2 * tonumber(ARGV[12])

-- What is read here can be taken back later without being looked up.
local FIELDS = {'data', 'status', 'started_at', 'ended_at', 'last_heartbeat', 'result_ttl',
  'repeats_left', 'rqd_queued_again', 'worker_name'}
for i = 13, first_result - 1, 2 do FIELDS[#FIELDS + 1] = ARGV[i] end
local place, m = leased(claim), member(id, E)
-- The end of the lease; false if somebody has cleaned it up or cancelled it. A registry that holds
-- other data cannot tell.
claim.lease = place and try('ZSCORE', P .. 'wip:' .. queue, place)
local held = not place or claim.lease ~= false
local before = try('HMGET', key, unpack(FIELDS)) or {}
local counter = KIND == 'finished' and 'successful_job_count' or 'failed_job_count'
local worker = try('HMGET', worker_key, 'current_job', counter, 'total_working_time',
  'last_heartbeat') or {}
local worked = tonumber(worker[3] or nil)
if not worked or not (math.abs(worked) < 1e12) then worked = 0 end
local total = string.gsub(string.format('%.6f', worked + SECONDS), '%.?0+$', '')
local ttl = whole(before[6], tonumber(ARGV[10]))

-- The plain end: a value of a job that has no result yet, that does not repeat itself and for which
-- nobody waits. Most end so; what it takes is written here one command after the other, and in an
-- order in which what takes a command back is known to be allowed.
local done = {step = 0, listed = 0, leased = 0, noted = 0, enlisted = 0, entry = false}
local results, parents = P .. 'results:' .. id, P .. 'job::' .. id .. ':dependencies'
local function finish(queue, id, key, m, worker, counter, total, ttl, has_parents)
  may('ZADD', claims_key, 1, 'm')
  call('EXPIRE', worker_key, ARGV[11])
  call('HSET', key, 'status', 'finished', 'started_at', ARGV[8], 'ended_at', ENDED,
    'last_heartbeat', ISO)
  done.step = 1
  call('HDEL', claims_key, E)
  done.step = 2
  call('HSET', worker_key, 'state', 'idle', 'last_heartbeat', ISO, counter,
    whole(worker[2], 0) + 1, 'total_working_time', total)
  done.step = 3
  if worker[1] == id then call('HDEL', worker_key, 'current_job', 'current_job_working_time') end
  done.step = 4
  done.listed = try('ZREM', P .. 'executions:' .. id, E)
  if place then done.leased = try('ZREM', P .. 'wip:' .. queue, place) end
  if m then done.noted = try('SREM', worker_key .. ':executions', m) end
  done.enlisted = try('ZADD', P .. 'finished:' .. queue, ttl < 0 and '+inf' or NOW + ttl, id)
  done.entry = try('XADD', results, 'MAXLEN', '10', '*', unpack(ARGV, 13))
  if ttl > 0 then
    call('EXPIRE', results, ttl)
    if has_parents then call('EXPIRE', parents, ttl) end
    done.step = 5
    call('EXPIRE', key, ttl)
    done.step = 6
  end
  call('DEL', P .. 'execution:' .. id .. ':' .. E)
  return {'finished', queue, id, tostring(ttl)}
end

local is_plain = KIND == 'finished' and ttl ~= 0 and held and before[1]
  and before[2] ~= 'canceled' and before[2] ~= 'queued'
  and (not before[4] or before[4] == '') and whole(before[7], 0) <= 0 and not before[8]
  and not limit and first_result == 13 and worker[1] ~= nil
-- Most have none of the three keys, so that they are asked for at once.
local has_parents = is_plain and call('EXISTS', key .. ':dependents', results, parents) > 0
if is_plain and (not has_parents or call('EXISTS', key .. ':dependents', results) == 0) then
  local ok, reply = pcall(finish, queue, id, key, m, worker, counter, total, ttl, has_parents)
  if ok then return reply end
  -- A job that runs has no lifetime, its worker is busy, and what a heartbeat wrote is known from
  -- the lease: nothing had to be looked up for this.
  local executions, owned = P .. 'executions:' .. id, worker_key .. ':executions'
  local lease_end = tonumber(claim.lease or nil) or NOW
  local life = math.max(lease_end + 60 - NOW, 1)
  if done.step > 5 then back('PERSIST', key) end
  if done.step > 4 and has_parents then back('PERSIST', parents) end
  if done.entry then erase(results) end
  if done.enlisted == 1 then back('ZREM', P .. 'finished:' .. queue, id) end
  if done.noted == 1 then
    back('SADD', owned, m)
    back('EXPIRE', owned, life)
  end
  if done.leased == 1 then back('ZADD', P .. 'wip:' .. queue, claim.lease, place) end
  if done.listed == 1 then
    back('ZADD', executions, lease_end + 60, E)
    back('EXPIRE', executions, life)
  end
  if done.step > 3 and worker[1] == id then
    back('HSET', worker_key, 'current_job', id, 'current_job_working_time', '0')
  end
  if done.step > 2 then
    back('HSET', worker_key, 'state', 'busy')
    restore(worker_key, {counter, 'total_working_time', 'last_heartbeat'}, {unpack(worker, 2, 4)})
  end
  if done.step > 1 then back('HSET', claims_key, E, claim.packed) end
  if done.step > 0 then restore(key, {unpack(FIELDS, 2, 5)}, {unpack(before, 2, 5)}) end
  error(reply, 0)
end
