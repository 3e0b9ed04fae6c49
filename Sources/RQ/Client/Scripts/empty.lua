-- Takes jobs from the front of a queue and deletes them. ARGV[7] the queue; [8] how many at most.
-- Returns how many.
local count = 0
while count < tonumber(ARGV[8]) do
  local id = write('LPOP', queue_key(ARGV[7]))
  if not id then break end
  delete_whole(id)
  count = count + 1
end
return count
