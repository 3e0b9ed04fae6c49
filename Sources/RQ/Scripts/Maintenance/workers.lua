-- Removes workers whose hash is gone from a set of workers. ARGV[7] the set without the prefix;
-- [8] the cursor; [9] how many to look at, about. Returns {the next cursor, removed}.
local key = P .. ARGV[7]
local page = try('SSCAN', key, ARGV[8], 'COUNT', ARGV[9]) or {'0', {}}
local removed = 0
for _, worker in ipairs(page[2]) do
  if try('EXISTS', worker) == 0 then removed = removed + write('SREM', key, worker) end
end
return {page[1], removed}
