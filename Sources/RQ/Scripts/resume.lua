-- Goes on with what earlier scripts have left undone: the entries of P:rqd:unfinished, the one that
-- has waited longest first. An entry is `release STATUS MARK JOB`, for the dependents of a job that
-- were set aside in P:rqd:releasing:MARK:JOB, or `promote LIMIT`, for those that wait for a rate
-- limit. W goes on alone for ARGV[7] seconds; then, or if it is through, anybody may.
-- Returns {1 if it is W's to call again at once, how many jobs were queued}.
local holder_key = P .. 'rqd:resuming'
local holder = try('GET', holder_key)
if holder and holder ~= W then return {0, 0} end
local entry = (try('ZRANGE', rest_key, 0, 0) or {})[1]
if not entry then return {0, 0} end
-- The first write is one that may fail, and then nothing is done. It lets the others come first.
write('ZADD', rest_key, NOWF, entry)
if holder ~= nil then write('SET', holder_key, W, 'EX', ARGV[7]) end

local queued = 0
local status, mark, id = string.match(entry, '^release (%S+) (%S+) (.*)$')
local limit = string.match(entry, '^promote (.*)$')
if status then
  local is_through
  is_through, queued = release_more(status, mark, id)
  if is_through then write('ZREM', rest_key, entry) end
elseif limit then
  write('ZREM', rest_key, entry)
  promote(limit)
else
  -- Of a later rqd, who knows what to do with it.
  return {0, 0}
end
if try('EXISTS', rest_key) == 1 then return {1, queued} end
if holder ~= nil then doom(holder_key) end
return {0, queued}
