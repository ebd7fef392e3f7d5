-- wrk: redeem from cards at random, each under a key of its own.
-- Arguments: the token, the number of cards, and the prefix of keys.
local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end
function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Token " .. args[1]
  cards, prefix, sent = tonumber(args[2]), args[3], 0
  math.randomseed(os.time())
end
function request()
  sent = sent + 1
  wrk.headers["Idempotency-Key"] = prefix .. "-" .. id .. "-" .. sent
  local body = '{"points":"' .. math.random(1, 100) .. '","origin":"bench"}'
  return wrk.format(nil, "/api/v1/cards/BENCH" .. math.random(2, cards) .. "/redeem", nil, body)
end
function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format(
    "\nload: %d requests, %d microseconds, %d p50, %d p95, %d failed\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
