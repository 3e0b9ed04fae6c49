-- Looks at some keys of the database for jobs that say they are queued. ARGV[7] the cursor; [8] how
-- many keys to look at, about; [9] a moment (ISO): jobs queued since are left out. Returns {the
-- next cursor, id, queue, when queued, …}.
local start = job_key('')
local page = call('SCAN', ARGV[7], 'MATCH', start .. '*', 'COUNT', ARGV[8], 'TYPE', 'hash')
local reply = {page[1]}
for _, key in ipairs(page[2]) do
  local h = try('HMGET', key, 'status', 'origin', 'enqueued_at') or {}
  if h[1] == 'queued' and h[2] and (h[3] or '') < ARGV[9] then
    reply[#reply + 1] = string.sub(key, #start + 1)
    reply[#reply + 1] = h[2]
    reply[#reply + 1] = h[3] or ''
  end
end
return reply
