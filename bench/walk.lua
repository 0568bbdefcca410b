-- Asks for the addresses in a file, one after the other, each time with another Accept that means the same, so that no
-- answer comes from memory (a parameter more would be refused by pages that know theirs); says at the end how many were
-- answered, how slow the slowest twentieth was, and what failed.
local addresses, i, run = {}, 0, ""
function init(args)
  run, i = args[2], tonumber(args[3])
  for line in io.lines(args[1]) do addresses[#addresses + 1] = line end
end
function request()
  i = i + 1
  local address = addresses[(i * 7919) % #addresses + 1]
  return wrk.format("GET", address, {["Accept"] = "text/html, x-nth/" .. run .. i .. ";q=0.1"})
end
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format("walked %d %.3f %d", summary.requests, latency:percentile(95) / 1000,
    errors.status + errors.timeout + errors.connect + errors.read + errors.write))
end
