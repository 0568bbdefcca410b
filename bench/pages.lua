-- Asks for the page of another asset each time: numbers step through the register in a fixed, scattered order, of which
-- `skipped` were asked for before.
local i = 0
function init(args)
  prefix, count, i = args[1], tonumber(args[2]), 7919 * tonumber(args[3])
end
function request()
  i = i + 7919
  return wrk.format("GET", prefix .. (i % count), {["Accept"] = "text/html"})
end
