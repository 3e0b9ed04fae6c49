-- Goes before handback.lua and lets it have only a claim whose lease is over: {'alive'} if it is
-- not. The worker is on another host, so nothing else tells whether it lives. The last argument,
-- which goes before handback.lua reads them, is for how many seconds the lease must be over.
do
  local over = tonumber(table.remove(ARGV))
  local claim = claim_of(E)
  if claim then
    local place = leased(claim)
    local lapse = place and try('ZSCORE', P .. 'wip:' .. claim[1], place)
    if try('EXISTS', P .. 'execution:' .. claim[2] .. ':' .. E) == 1
      or (lapse and tonumber(lapse) > NOW - over) then
      return {'alive'}
    end
  end
end
