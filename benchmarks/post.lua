-- wrk: POST the bodies of a file, one a line, in turn; with a prefix, each under a ref of its own.
-- Arguments: the file, the token, and the prefix of refs or nothing.
local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end
function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Token " .. args[2]
  prefix, sent, bodies = args[3], 0, {}
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
end
function request()
  sent = sent + 1
  local body = bodies[sent % #bodies + 1]
  if prefix then
    body = '{"ref":"' .. prefix .. "-" .. id .. "-" .. sent .. '",' .. body:sub(2)
  end
  return wrk.format(nil, nil, nil, body)
end
