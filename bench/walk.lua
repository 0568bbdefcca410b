-- Asks for the addresses in a file, one after the other, each time with a number that makes it another address, so that
-- no answer comes from memory; says at the end how many were answered, how slow the slowest twentieth was, and what failed.
local addresses, i, run = {}, 0, ""
function init(args)
  run = args[2]
  for line in io.lines(args[1]) do addresses[#addresses + 1] = line end
end
function request()
  i = i + 1
  local address = addresses[(i * 7919) % #addresses + 1]
  local join = address:find("?", 1, true) and "&" or "?"
  return wrk.format("GET", address .. join .. "nth=" .. run .. i, {["Accept"] = "text/html"})
end
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format("walked %d %.3f %d", summary.requests, latency:percentile(95) / 1000,
    errors.status + errors.timeout + errors.connect + errors.read + errors.write))
end
