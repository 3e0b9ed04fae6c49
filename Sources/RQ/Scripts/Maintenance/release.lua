-- Releases what a scheduler holds. ARGV[7] on: keys of locks without the prefix; and 'scheduler:'
-- with its own name, for its hash. Locks of others stay.
for i = 7, #ARGV do
  local key = P .. ARGV[i]
  if ARGV[i] == 'scheduler:' .. W or try('GET', key) == W then doom(key) end
end
return 1
