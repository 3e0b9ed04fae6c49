-- Writes that find out for themselves how they are taken back, behind journal.lua. For steps that
-- are not taken for each job, for finding out costs a command more.

-- Gives a key back its lifetime: what PTTL answered.
local function restore_lifetime(key, left)
  if left == -1 then back('PERSIST', key) end
  if left > 0 then back('EXPIRE', key, math.ceil(left / 1000)) end
end

-- Finds out what a command will overwrite, and returns what takes it back; that gets its reply. A
-- key that vanished with its last member gets its lifetime back as well.
local function reversal(command, key, a, b, ...)
  if command == 'HSET' or command == 'HDEL' then
    local fields, words = {a}, {b, ...}
    for i = 1, #words do
      if command == 'HDEL' or i % 2 == 0 then fields[#fields + 1] = words[i] end
    end
    local before = call('HMGET', key, unpack(fields))
    may('HSET', key, 'f', 'v')
    if command == 'HSET' then may('HDEL', key, 'f') end
    return function() restore(key, fields, before) end
  end
  if command == 'ZADD' then
    local before = call('ZSCORE', key, b)
    may('ZREM', key, b)
    return function()
      if before then back('ZADD', key, before, b) else back('ZREM', key, b) end
    end
  end
  if command == 'ZREM' then
    local before, left = call('ZSCORE', key, a), call('PTTL', key)
    may('ZADD', key, 1, a)
    if left > 0 then may('EXPIRE', key, 1) end
    return function(removed)
      if removed == 1 then back('ZADD', key, before, a) end
      if removed == 1 and left > 0 then restore_lifetime(key, left) end
    end
  end
  if command == 'ZPOPMIN' then
    may('ZADD', key, 1, 'm')
    return function(popped) if popped[1] then back('ZADD', key, popped[2], popped[1]) end end
  end
  if command == 'SADD' then
    may('SREM', key, a)
    return function(added) if added == 1 then back('SREM', key, a) end end
  end
  if command == 'SREM' then
    local left = call('PTTL', key)
    may('SADD', key, a)
    if left > 0 then may('EXPIRE', key, 1) end
    return function(removed)
      if removed == 1 then back('SADD', key, a) end
      if removed == 1 and left > 0 then restore_lifetime(key, left) end
    end
  end
  if command == 'LPUSH' then
    may('LPOP', key)
    return function() back('LPOP', key) end
  end
  if command == 'RPUSH' then
    may('LREM', key, -1, a)
    return function() back('LREM', key, -1, a) end
  end
  if command == 'LPOP' then
    may('LPUSH', key, 'm')
    return function(id) if id then back('LPUSH', key, id) end end
  end
  if command == 'LREM' then
    local place = redis.pcall('LPOS', key, b)
    may('LPUSH', key, b)
    return function(removed)
      if removed == 0 then return end
      local after = type(place) == 'number' and call('LRANGE', key, place, place)[1]
      if not after then return back('RPUSH', key, b) end
      local put = redis.pcall('LINSERT', key, 'BEFORE', after, b)
      if type(put) == 'table' then back('LPUSH', key, b) end
    end
  end
  if command == 'EXPIRE' or command == 'PERSIST' then
    local left = call('PTTL', key)
    if left == -1 then may('PERSIST', key) else may('EXPIRE', key, 1) end
    return function() restore_lifetime(key, left) end
  end
  if command == 'XADD' then
    local was_there = call('EXISTS', key) == 1
    return function(entry)
      if was_there then back('XDEL', key, entry) else erase(key) end
    end
  end
  if command == 'RENAME' then
    may('RENAME', a, key)
    return function() back('RENAME', a, key) end
  end
  local before, left = call('GET', key), call('PTTL', key)
  if before and left > 0 then may('EXPIRE', key, 1) end
  return function()
    if not before then return erase(key) end
    back('SET', key, before)
    restore_lifetime(key, left)
  end
end

-- A write that is taken back if a later one is refused.
local function write(command, key, ...)
  local reverse = reversal(command, key, ...)
  local reply = call(command, key, ...)
  undo[#undo + 1] = function() reverse(reply) end
  return reply
end

-- The same, left out with a warning if the key is of the wrong type.
local function attach(command, key, ...)
  local ok, reply = pcall(write, command, key, ...)
  if ok then return reply end
  reply = named(reply)
  if not is_wrong_type(reply) then error(reply, 0) end
  warnings[#warnings + 1] = reply.text
  return nil
end

-- Deletes keys once all else is done, for that cannot be taken back.
local function doom(...)
  for _, key in ipairs({...}) do doomed[#doomed + 1] = key end
end

-- Leaves the hash of a worker as RQ leaves it. Without its registration no late claim counts.
-- Source: rq, BaseWorker.register_death.
local function bury()
  write('HSET', worker_key, 'death', ISO)
  write('HDEL', worker_key, 'rqd_host', 'rqd_process', 'rqd_registration')
  write('EXPIRE', worker_key, 60)
end

-- One job of many, or one of two ways: nil, with nothing done and a warning, if a key is of the
-- wrong type.
local function item(body)
  local mark, dying = #undo, #doomed
  local ok, reply = pcall(body)
  if ok then return reply end
  reply = named(reply)
  if not is_wrong_type(reply) then error(reply, 0) end
  take_back(mark)
  for i = #doomed, dying + 1, -1 do doomed[i] = nil end
  warnings[#warnings + 1] = reply.text
  return nil
end
