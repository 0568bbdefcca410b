-- Asks for the page of another asset each time: numbers step through the register in a fixed, scattered order.
local i = 0
function init(args)
  prefix, count = args[1], tonumber(args[2])
end
function request()
  i = i + 7919
  return wrk.format("GET", prefix .. (i % count), {["Accept"] = "text/html"})
end
