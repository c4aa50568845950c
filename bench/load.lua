-- Load of bench/messages.ts for wrk: one message a request, every destination another number.
-- Arguments: target ("kannel" or "ringdown"), then for ringdown the Authorization header, path and source; first number of this run.
local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

local target, auth, path, src, first
local n = 0

function init(args)
  target, path, src, first, auth = args[1], args[2], args[3], tonumber(args[4]), args[5]
  -- Each thread has its own span of numbers, so that none is used twice.
  first = first + id * 10000000
  if target == "ringdown" then
    wrk.method = "POST"
    wrk.headers["Authorization"] = auth
    wrk.headers["Content-Type"] = "application/json"
  end
end

function request()
  n = n + 1
  local dst = string.format("%.0f", first + n)
  if target == "ringdown" then
    return wrk.format(nil, path, nil, '{"src":"' .. src .. '","dst":"' .. dst .. '","text":"hey"}')
  end
  return wrk.format("GET", path .. "?username=bench&password=bench&from=" .. src .. "&to=" .. dst .. "&text=hey")
end

function done(summary, latency, requests)
  local bad = summary.errors.status
  io.write(string.format(
    '\nRESULT {"requests":%d,"durationUs":%d,"failedStatus":%d,"socketErrors":%d,"p50Us":%d,"p99Us":%d,"maxUs":%d}\n',
    summary.requests, summary.duration, bad,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
