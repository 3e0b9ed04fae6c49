-- Unregisters a worker, or a dead one by its name. What it still has to settle stays known under
-- its name. ARGV[7] the process that must hold the name ('' for any). Returns 1, or 0 if another
-- process has taken the name.
local known = call('HGET', P .. 'rqd:workers', W)
if ARGV[7] ~= '' and known and known ~= ARGV[7] then return 0 end
local queues = try('HGET', worker_key, 'queues')
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
doom(worker_key, worker_key .. ':executions')
return 1
