-- How much a script does, and whether somebody runs a job; before common.lua, and in claim.lua.

-- What this script may still look at, counted in calls: the server serves nobody else meanwhile.
-- 1000 calls take 2 to 4 ms. Whatever grows with the number of jobs, runs or members spends of it,
-- ends when nothing is left, and leaves the rest to resume.lua or to the next call.
local budget = 1000

local function spend(calls) budget = budget - calls end

-- Removes a run that is over; what takes that back is known, so that it needs no writes.lua.
local function drop_run(key, e)
  local until_then, left = call('ZSCORE', key, e), call('PTTL', key)
  may('ZADD', key, 1, e)
  if left > 0 then may('EXPIRE', key, 1) end
  call('ZREM', key, e)
  undo[#undo + 1] = function()
    back('ZADD', key, until_then, e)
    if left > 0 then back('EXPIRE', key, math.ceil(left / 1000)) end
  end
end

-- Whether one of the newest runs of a job whose leases are not over is such that `counts(key of its
-- hash)`. A run without a hash is over: it is removed on the way. Returns nil if there were too
-- many of those to tell in this step. What is left of the budget does not matter to the answer.
local MOST_RUNS = 100
local function any_run(id, counts)
  local key, from, looked, page = P .. 'executions:' .. id, 0, 0, 20
  while from < MOST_RUNS do
    if looked >= MOST_RUNS then return nil end
    spend(1)
    looked = looked + page
    local runs = redis.pcall('ZREVRANGEBYSCORE', key, '+inf', NOW, 'LIMIT', from, page)
    -- Users made for earlier versions may lack that right.
    if runs.err then runs = try('ZRANGEBYSCORE', key, NOW, '+inf', 'LIMIT', from, page) or {} end
    for _, e in ipairs(runs) do
      local hash = P .. 'execution:' .. id .. ':' .. e
      spend(3)
      if counts(hash) then return true end
      if call('EXISTS', hash) == 0 then
        spend(4)
        drop_run(key, e)
      else
        from = from + 1
      end
    end
    if #runs < page then return false end
  end
  return false
end
