-- Removes finished and failed jobs from a queue's registries when their time is over; their hashes
-- expire by themselves. That they have ended is remembered for a while. ARGV[7] the queue; [8] how
-- many of each at most. Returns {removed, 1 if there are more}.
local MOST = tonumber(ARGV[8])
local removed, more = 0, 0

-- One write for all of them: of some that were known already the earlier moment is not kept.
local function remember_ends(status, ids)
  if #ids == 0 then return end
  local entries, members = {}, {}
  for _, id in ipairs(ids) do
    members[#members + 1] = status .. id
    entries[#entries + 1] = NOW
    entries[#entries + 1] = status .. id
  end
  may('ZREM', ended_key, 'm')
  if not try('ZADD', ended_key, unpack(entries)) then return end
  undo[#undo + 1] = function() back('ZREM', ended_key, unpack(members)) end
  write('EXPIRE', ended_key, ENDED_SECONDS)
  for _ = MOST_ENDED + 1, try('ZCARD', ended_key) do attach('ZPOPMIN', ended_key) end
end

for _, registry in ipairs({'finished:', 'failed:'}) do
  local key = P .. registry .. ARGV[7]
  local ids = try('ZRANGEBYSCORE', key, 0, NOW, 'LIMIT', 0, MOST) or {}
  for _, id in ipairs(ids) do removed = removed + write('ZREM', key, id) end
  if #ids == MOST then more = 1 end
  remember_ends(registry, ids)
end
return {removed, more}
