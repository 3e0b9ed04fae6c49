-- The queue that the claim of an execution came from; '' where there is no claim any more.
local claim = claim_of(E)
return claim and claim[1] or ''
