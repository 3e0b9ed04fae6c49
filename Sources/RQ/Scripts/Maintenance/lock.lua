-- Takes or renews a lock of maintenance. ARGV[7] its key without the prefix; [8] seconds that it
-- lives; [9] a holder that is known to be dead, or ''. Returns 1 if this scheduler has it.
local key = P .. ARGV[7]
local holder = try('GET', key)
if holder and holder ~= W and (ARGV[9] == '' or holder ~= ARGV[9]) then return 0 end
write('SET', key, W, 'EX', ARGV[8])
return 1
