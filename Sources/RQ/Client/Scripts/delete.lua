-- Deletes a job. ARGV[7] its id; [8] 1 to delete those that wait for it as well.
-- Returns {'deleted'} or {'missing'}.
local id = ARGV[7]
if ARGV[8] == '1' then
  for _, dependent in ipairs(try('SMEMBERS', job_key(id) .. ':dependents') or {}) do
    delete_whole(dependent)
  end
end
return {delete_whole(id) and 'deleted' or 'missing'}
