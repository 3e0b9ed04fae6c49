-- Unregisters a worker, or a dead one by its name. Its hash stays for a minute with its `death`,
-- for those who read counts and state at the end: the name is free. What it still has to settle
-- stays known under its name. ARGV[7] the process that must hold the name ('' for any). Returns 1,
-- or 0 if another process has taken the name.
local known = call('HGET', P .. 'rqd:workers', W)
if ARGV[7] ~= '' and known and known ~= ARGV[7] then return 0 end
local h = try('HMGET', worker_key, 'queues', 'birth') or {}
local queues = h[1]
write('SREM', P .. 'workers', worker_key)
if queues then
  for queue in string.gmatch(queues, '[^,]+') do
    attach('SREM', P .. 'workers:' .. queue, worker_key)
  end
else
  -- Of very many queues some: maintenance takes workers that are gone out of the others.
  local page = try('SSCAN', P .. 'queues', 0, 'COUNT', 500) or {'0', {}}
  for _, list in ipairs(page[2]) do
    attach('SREM', P .. 'workers:' .. string.sub(list, #queue_key('') + 1), worker_key)
  end
end
if call('EXISTS', claims_key) == 0 then write('HDEL', P .. 'rqd:workers', W) end
doom(worker_key .. ':executions')
if h[2] then
  bury()
else
  doom(worker_key)
end
return 1
