-- All or nothing: a script that Redis refuses a command takes back what it has written and ends
-- with the server's error, which names the command and the key. What holds data of another type
-- than it must does not end a script: the step is left out, or the one job, and the reply says so.

-- What takes back the writes made so far; keys to delete when all else is done.
local undo, doomed = {}, {}
-- What was left out, and what could not be taken back.
local warnings, stuck = {}, {}

-- The command that is under way, and its key, to be named in an error.
local doing, doing_key

-- An error of the server with the command and the key, as {text = …}: Redis 7 makes a string of a
-- table with `err` that is caught. 6.x puts the line of the script before the text, and a missing
-- right is ERR in a script of 7.x.
local function failure(problem, command, key)
  if type(problem) == 'table' and problem.text then return problem end
  local text = type(problem) == 'table' and problem.err or tostring(problem)
  text = string.gsub(string.gsub(text, '^@?user_script: ?%d+: ', ''), '^%-', '')
  if string.find(text, 'The user executing the script', 1, true)
    or string.find(text, 'ACL failure in script', 1, true) then
    text = string.gsub(text, '^%u+ ', 'NOPERM ')
  end
  return {text = text .. ' (' .. tostring(command) .. ' ' .. tostring(key) .. ')'}
end

local function is_wrong_type(problem)
  return string.find(problem.text, 'WRONGTYPE', 1, true)
end

-- redis.call, whose error will name the command and the key.
local redis_call, redis_pcall = redis.call, redis.pcall  -- looked up once
local function call(command, key, ...)
  doing, doing_key = command, key
  return redis_call(command, key, ...)
end

-- The same, with a warning and nil for a key of the wrong type.
local function try(command, key, ...)
  local reply = redis_pcall(command, key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  local problem = failure(reply, command, key)
  if not is_wrong_type(problem) then error(problem, 0) end
  warnings[#warnings + 1] = problem.text
  return nil
end

-- An error that was caught.
local function named(problem) return failure(problem, doing, doing_key) end

-- A command that takes something back.
local function back(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  -- On a key of the wrong type nothing was written.
  if not string.find(reply.err, 'WRONGTYPE', 1, true) then
    stuck[#stuck + 1] = command .. ' ' .. tostring(key)
  end
  return nil
end

-- Removes a key that was not there before.
local function erase(key)
  local reply = redis.pcall('DEL', key)
  if type(reply) == 'table' then back('EXPIRE', key, 0) end
end

-- Refuses a write that could not be taken back, for want of the right to what would. Redis 6 cannot
-- tell.
local function may(command, key, ...)
  if redis.acl_check_cmd and not redis.acl_check_cmd(command, key, ...) then
    error({text = 'NOPERM no right to the command that would undo this one (' .. command .. ' '
      .. key .. ')'}, 0)
  end
end

-- Gives fields of a hash the values that they had; false for one that was not there.
local function restore(key, fields, values)
  for i, field in ipairs(fields) do
    -- Without the right to HDEL, an empty field: to RQ that is the same as none.
    local gone = values[i] or redis.pcall('HDEL', key, field)
    if type(gone) ~= 'number' then back('HSET', key, field, values[i] or '') end
  end
end

-- Takes back what was written since `mark`, the last first.
local function take_back(mark)
  for i = #undo, mark + 1, -1 do
    undo[i]()
    undo[i] = nil
  end
end

-- Runs a script's body; with warnings, {'warnings', text, …} is the last of its reply, and where
-- that is a number they are in the server's log.
local function attempt(body)
  local ok, reply = pcall(body)
  for i = 1, ok and #doomed or 0, 7000 do
    local last = math.min(i + 6999, #doomed)
    -- The memory of large ones is freed beside the server's work, where that is permitted.
    local gone = redis.pcall('UNLINK', unpack(doomed, i, last))
    if type(gone) == 'table' then gone = redis.pcall('DEL', unpack(doomed, i, last)) end
    if type(gone) == 'table' then ok, reply = false, failure(gone, 'DEL', doomed[i]) end
  end
  if not ok then
    reply = named(reply)
    take_back(0)
    local text = reply.text
    if stuck[1] then text = text .. '; not taken back: ' .. table.concat(stuck, ', ') end
    return {err = text}
  end
  if warnings[1] and type(reply) == 'table' then
    reply[#reply + 1] = {'warnings', unpack(warnings, 1, 10)}
  elseif warnings[1] then
    redis.log(redis.LOG_WARNING, 'rqd: left out: ' .. warnings[1])
  end
  return reply
end
