-- Replaces a job's notes. ARGV[7] its id; [8] the notes, serialised.
-- Returns {'saved'} or {'missing'}: notes alone would make a job that nobody can run.
if call('HEXISTS', job_key(ARGV[7]), 'data') == 0 then return {'missing'} end
write('HSET', job_key(ARGV[7]), 'meta', ARGV[8])
return {'saved'}
