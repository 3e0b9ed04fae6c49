-- Puts a job of a registry back into its queue. ARGV[7] its id; [8] the registry's queue; [9] the
-- registry's word; [10] 1 for the front.
-- Returns {'requeued', status}, {'missing'} or {'refused', status} for one that is not there.
local id, registry = ARGV[7], P .. ARGV[9] .. ':' .. ARGV[8]
local h = call('HMGET', job_key(id), 'data', 'status', 'origin', 'rate_limit_key',
  'rate_limit_concurrency', 'ttl')
local was_there = write('ZREM', registry, id) == 1
if not h[1] then return {'missing'} end
if not was_there then return {'refused', h[2] or 'created'} end
local queue, front = h[3] or ARGV[8], ARGV[10] == '1'
write('HSET', job_key(id), 'started_at', '', 'ended_at', '')
write('HDEL', job_key(id), 'exc_info')
-- It waits for nobody any more, who would queue it a second time.
forget_parents(id)
live_while_waiting(id, h[6] or nil)
if h[4] and h[4] ~= '' and h[5] then
  local key = P .. 'rl:' .. h[4]
  write('HSET', job_key(id), 'status', 'rate_limited', 'enqueue_at_front', front and 1 or 0)
  write('SADD', P .. 'queues', queue_key(queue))
  write('SADD', P .. 'rl-keys', h[4])
  write('HSET', key, 'concurrency', h[5])
  write('ZADD', key .. ':rate_limited', NOW, id)
  promote(h[4])
else
  write('HSET', job_key(id), 'status', 'queued', 'enqueued_at', ISO)
  write('SADD', P .. 'queues', queue_key(queue))
  write(front and 'LPUSH' or 'RPUSH', queue_key(queue), id)
end
return {'requeued', call('HGET', job_key(id), 'status')}
