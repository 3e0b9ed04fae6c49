-- Unregisters a worker, or a dead one by its name. What it still has to settle stays known under
-- its name. ARGV[7] the process that must hold the name ('' for any). Returns 1, or 0 if another
-- process has taken the name.
local known = redis.call('HGET', P .. 'rqd:workers', W)
if ARGV[7] ~= '' and known and known ~= ARGV[7] then return 0 end
local queues = redis.call('HGET', worker_key, 'queues')
redis.call('SREM', P .. 'workers', worker_key)
if queues then
  for queue in string.gmatch(queues, '[^,]+') do
    redis.call('SREM', P .. 'workers:' .. queue, worker_key)
  end
else
  -- Of very many queues some: maintenance takes workers that are gone out of the others.
  for _, list in ipairs(redis.call('SSCAN', P .. 'queues', 0, 'COUNT', 500)[2]) do
    redis.call('SREM', P .. 'workers:' .. string.sub(list, #queue_key('') + 1), worker_key)
  end
end
redis.call('DEL', worker_key)
remove(worker_key .. ':executions')
if redis.call('EXISTS', claims_key) == 0 then redis.call('HDEL', P .. 'rqd:workers', W) end
return 1
