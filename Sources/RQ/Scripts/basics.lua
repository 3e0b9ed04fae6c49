-- The names and numbers that all scripts share, behind journal.lua.
-- Every script's first arguments: key prefix, worker name, execution id ('' where there is none),
-- then the sender's time: whole epoch seconds, epoch seconds with a fraction, UTC in ISO 8601.
local P, W, E = ARGV[1] .. ':', ARGV[2], ARGV[3]
local YEAR = 31536000

-- Now, in the same three forms, by the server's clock: leases, lifetimes and due times of all hosts
-- are compared with it. Only where TIME is not permitted it is the sender's clock.
local NOW, NOWF, ISO = tonumber(ARGV[4]), ARGV[5], ARGV[6]
do
  local time = redis.pcall('TIME')
  if not time.err then
    local seconds, micros = tonumber(time[1]), string.sub('00000' .. time[2], -6)
    -- Nearly always the sender has the same second.
    if seconds ~= NOW or #ISO ~= 27 then
      -- Days since 1970-01-01 as year, month, day. Source: H. Hinnant, chrono-compatible low-level
      -- date algorithms, civil_from_days.
      local z = math.floor(seconds / 86400) + 719468
      local era = math.floor(z / 146097)
      local doe = z - era * 146097
      local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524)
        - math.floor(doe / 146096)) / 365)
      local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
      local mp = math.floor((5 * doy + 2) / 153)
      local month, day = mp < 10 and mp + 3 or mp - 9, doy - math.floor((153 * mp + 2) / 5) + 1
      local year = yoe + era * 400 + (month <= 2 and 1 or 0)
      ISO = string.format('%04d-%02d-%02dT%02d:%02d:%02d.', year, month, day,
        math.floor(seconds % 86400 / 3600), math.floor(seconds % 3600 / 60), seconds % 60)
    end
    NOW, NOWF, ISO = seconds, time[1] .. '.' .. micros, string.sub(ISO, 1, 20) .. micros .. 'Z'
  end
end
-- When the job in question ended: by the server's clock, unless its worker knows.
local ENDED = ISO

local worker_key = P .. 'worker:' .. W
local claims_key = P .. 'rqd:claims:' .. W

local function job_key(id) return P .. 'job:' .. id end
local function queue_key(queue) return P .. 'queue:' .. queue end

-- A member of worker:<w>:executions, and of wip but for RQ 1. Python splits it at ':', so an id
-- with one gets none: its claim is known by the claims hash alone.
local function member(id, e)
  if string.find(id, ':', 1, true) then return nil end
  return id .. ':' .. e
end

-- The claim's member of wip: RQ 1 looks there for the bare id, whatever that is.
local function leased(claim)
  if claim[5] then return claim[2] end
  return member(claim[2], claim.e)
end

-- A whole number that somebody wrote, or the default for what is none: absent, not a number,
-- words. What is behind the point is cut off, and beyond 10^10 (317 years) it is that: Redis takes
-- no 1e300 for seconds, and Python no year after 9999.
local MOST_SECONDS = 10000000000
local function whole(text, default)
  local number = tonumber(text or nil)
  if not number or number ~= number then return default end
  if number >= MOST_SECONDS then return MOST_SECONDS end
  if number <= -MOST_SECONDS then return -MOST_SECONDS end
  return number < 0 and math.ceil(number) or math.floor(number)
end

-- How long after a heartbeat that did not come a worker counts as alive, in seconds: two more, a
-- minute at most and never less than ten seconds, in which a connection comes back.
local function patience(interval) return math.max(10, math.min(2 * interval, 60)) end

-- Seconds of a claim's lease: the next heartbeat and that patience. Source, for the usual interval
-- of 30 s and longer ones: rq, get_heartbeat_ttl.
local function lease(timeout, interval)
  timeout = whole(timeout, 180)
  if timeout > 0 and timeout < interval then return timeout + patience(interval) end
  return interval + patience(interval)
end

-- The claim of execution e, or nil if it is settled: {the queue whose registries know the job, its
-- id, its rate limit or nil, the queue it was taken from if that is another one, true if wip has
-- its bare id}.
local function claim_of(e)
  local packed = call('HGET', claims_key, e)
  if not packed then return nil end
  local claim = cmsgpack.unpack(packed)
  claim.e, claim.packed = e, packed
  return claim
end
