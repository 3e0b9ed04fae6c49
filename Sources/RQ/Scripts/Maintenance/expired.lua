-- Removes finished and failed jobs from a queue's registries when their time is over; their hashes
-- expire by themselves. ARGV[7] the queue; [8] how many of each at most. Returns {removed, 1 if
-- there are more}.
local MOST = tonumber(ARGV[8])
local removed, more = 0, 0
for _, registry in ipairs({'finished:', 'failed:'}) do
  local key = P .. registry .. ARGV[7]
  local ids = try('ZRANGEBYSCORE', key, 0, NOW, 'LIMIT', 0, MOST) or {}
  for _, id in ipairs(ids) do removed = removed + write('ZREM', key, id) end
  if #ids == MOST then more = 1 end
end
return {removed, more}
