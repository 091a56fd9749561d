-- Each thread asks the questions of its own file, one after the other, and counts how often it had to begin anew.
local threads = {}
local number = 0

function setup(thread)
  thread:set("number", number)
  thread:set("again", 0)
  number = number + 1
  table.insert(threads, thread)
end

function init(args)
  bodies, at, heads = {}, 0, {}
  for line in io.lines(args[1] .. number) do bodies[#bodies + 1] = line end
  head = "POST " .. args[2] .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. args[3]
    .. "\r\nContent-Type: application/json\r\nContent-Length: "
end

function request()
  at = at + 1
  if at > #bodies then at, again = 1, again + 1 end
  local body = bodies[at]
  local before = heads[#body]
  if not before then
    before = head .. #body .. "\r\n\r\n"
    heads[#body] = before
  end
  return before .. body
end

function done(summary, latency, requests)
  local again = 0
  for _, thread in ipairs(threads) do again = again + thread:get("again") end
  local e = summary.errors
  print(string.format("result %d %d %d %d %d", summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status, again))
end
