-- Queues the job of a cron entry, if this scheduler leads and nobody has queued it for this moment.
-- ARGV[7] the entry; [8] the moment (epoch seconds); [9] the job's id; [10] its queue; then fields
-- and values of the job. Returns {'queued', id} | {'done', when it was queued last} | {'follow'}.
-- Source: rq 3.0, CronJob.enqueue.
if try('GET', P .. 'rqd:cron') ~= W then return {'follow'} end
local ENTRY, ID, QUEUE = ARGV[7], ARGV[9], ARGV[10]
local last = try('ZSCORE', P .. 'cron_jobs', ENTRY)
if last and tonumber(last) >= tonumber(ARGV[8]) then return {'done', last} end
write('HSET', job_key(ID), 'status', 'queued', 'enqueued_at', ISO, unpack(ARGV, 11))
push(QUEUE, ID, false)
local history = P .. 'cron_job:' .. ENTRY .. ':jobs'
attach('ZADD', history, NOWF, ID)
-- Some at a time: more were left by somebody else.
local surplus = (try('ZCARD', history) or 0) - 1000
local old = surplus > 0 and try('ZRANGE', history, 0, math.min(surplus, 100) - 1) or {}
for _, id in ipairs(old) do attach('ZREM', history, id) end
write('EXPIRE', history, YEAR)
write('ZADD', P .. 'cron_jobs', NOWF, ENTRY)
return {'queued', ID}
