-- Removes jobs that are gone from a group, and the group's name when nobody is left. ARGV[7] the
-- group; [8] the cursor; [9] how many to look at, about. Returns {the next cursor, removed}.
-- Source: rq, Group.cleanup.
local key = P .. 'group:' .. ARGV[7]
local page = try('SSCAN', key, ARGV[8], 'COUNT', ARGV[9]) or {'0', {}}
local removed = 0
for _, id in ipairs(page[2]) do
  if try('EXISTS', job_key(id)) == 0 then removed = removed + write('SREM', key, id) end
end
if page[1] == '0' and try('EXISTS', key) == 0 then attach('SREM', P .. 'groups', ARGV[7]) end
return {page[1], removed}
