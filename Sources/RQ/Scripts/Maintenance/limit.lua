-- Takes slots of a rate limit back from jobs that have ended, gives them to those that wait, and
-- forgets a limit that nobody uses. ARGV[7] the limit; [8] how many slots to look at; [9] how many
-- to pass over first. Returns {slots taken back, the place to go on from, or -1 at the end}.
-- Source: rq 3.0, RateLimitRegistry.cleanup.
local LIMIT, MOST, FROM = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local base = P .. 'rl:' .. LIMIT
local freed, looked = 0, 0
local ids = try('ZRANGE', base .. ':allowed', FROM, FROM + MOST - 1) or {}
for _, id in ipairs(ids) do
  if budget <= 0 then break end
  looked = looked + 1
  spend(1)
  local queue = try('HGET', job_key(id), 'origin') or ''
  if free_slot(queue, id, LIMIT) then freed = freed + 1 end
end
promote(LIMIT)
if try('ZCARD', base .. ':allowed') == 0 and try('ZCARD', base .. ':rate_limited') == 0 then
  attach('SREM', P .. 'rl-keys', LIMIT)
  doom(base, base .. ':allowed', base .. ':rate_limited')
end
local is_end = looked == #ids and #ids < MOST
return {freed, is_end and -1 or FROM + looked - freed}
