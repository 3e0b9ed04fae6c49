-- Takes slots of a rate limit back from jobs that have ended, gives them to those that wait, and
-- forgets a limit that nobody uses. ARGV[7] the limit; [8] how many slots to look at. Returns the
-- number of slots taken back. Source: rq 3.0, RateLimitRegistry.cleanup.
local LIMIT = ARGV[7]
local base = P .. 'rl:' .. LIMIT
local freed = 0
for _, id in ipairs(try('ZRANGE', base .. ':allowed', 0, tonumber(ARGV[8]) - 1) or {}) do
  local queue = try('HGET', job_key(id), 'origin') or ''
  if free_slot(queue, id, LIMIT) then freed = freed + 1 end
end
promote(LIMIT, STEPS)
if try('ZCARD', base .. ':allowed') == 0 and try('ZCARD', base .. ':rate_limited') == 0 then
  try('SREM', P .. 'rl-keys', LIMIT)
  try('DEL', base, base .. ':allowed', base .. ':rate_limited')
end
return freed
