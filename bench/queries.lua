-- Asks a query over HTTP: the address is `before`, a number, and `after`; numbers step through `count` in scattered order.
local i = 0
function init(args)
  before, count, after = args[1], tonumber(args[2]), args[3]
end
function request()
  i = i + 7919
  return wrk.format("GET", before .. (i % count) .. after, {["Accept"] = "application/sparql-results+json"})
end
