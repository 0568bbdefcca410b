-- Asks a query over HTTP: the address is `before`, a number, and `after`; numbers step through `count` in scattered order.
-- Where there are several, no query comes twice: each ends in a comment, which `run` keeps apart from those of other runs.
local i = 0
function init(args)
  before, count, after, run = args[1], tonumber(args[2]), args[3], args[4]
end
function request()
  i = i + 7919
  local comment = count > 1 and ("%20%23" .. run .. "-" .. i) or ""
  return wrk.format("GET", before .. (i % count) .. after .. comment, {["Accept"] = "application/sparql-results+json"})
end
