-- wrk: GET, or POST the bodies of a file, one a line, in turn; with a prefix, each under a ref of
-- its own. Prints what benchmarks/load.py reads.
-- Arguments: the token, then the file of bodies or nothing, then the prefix of refs or nothing.
local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end
function init(args)
  wrk.headers["Authorization"] = "Token " .. args[1]
  prefix, sent, bodies = args[3], 0, {}
  if args[2] then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    for line in io.lines(args[2]) do bodies[#bodies + 1] = line end
  end
end
function request()
  if #bodies == 0 then return wrk.format() end
  sent = sent + 1
  local body = bodies[sent % #bodies + 1]
  if prefix then
    body = '{"ref":"' .. prefix .. "-" .. id .. "-" .. sent .. '",' .. body:sub(2)
  end
  return wrk.format(nil, nil, nil, body)
end
function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format(
    "\nload: %d requests, %d microseconds, %d p50, %d p95, %d failed\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
