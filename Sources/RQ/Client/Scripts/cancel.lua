-- Takes a job back. ARGV[7] its id; [8] 1 to let those run that wait for it; [9] 1 to take it out
-- of the sets of those it waits for.
-- Returns {'canceled'}, {'missing'}, or {'refused', status} for one that is canceled already.
local id = ARGV[7]
local h = call('HMGET', job_key(id), 'data', 'status', 'origin', 'rate_limit_key')
if not h[1] then return {'missing'} end
if h[2] == 'canceled' then return {'refused', h[2]} end
local queue = h[3] or ''
write('HSET', job_key(id), 'status', 'canceled')
if ARGV[9] == '1' then forget_parents(id) end
remove_everywhere(queue, id)
write('ZADD', P .. 'canceled:' .. queue, NOW, id)
if ARGV[8] == '1' then release_dependents(id, 'finished') end
leave_limit(h[4], id, is_running(id))
return {'canceled'}
