-- init(PATH, STATUS, FILE, MARK): posts the bodies in FILE (one a line) in turn, and prints one line of figures.
-- Where MARK stands in a body, each request has another UUID.
local path, wanted, mark, bodies, sent = "", 0, "", {}, 0
local threads, bad = {}, 0
function setup(thread) threads[#threads + 1] = thread end

function init(args)
  wrong, path, wanted, mark = 0, args[1], tonumber(args[2]), args[4]
  for line in io.lines(args[3]) do
    local from, to = line:find(mark, 1, true)
    bodies[#bodies + 1] = from and { line:sub(1, from - 1), line:sub(to + 1) } or { line }
  end
end

function request()
  sent = sent + 1
  local body = bodies[sent % #bodies + 1]
  local text = body[1]
  if body[2] then text = text .. string.format("%08x-0000-4000-8000-%012x", os.time(), sent) .. body[2] end
  return wrk.format("POST", path, { ["Content-Type"] = "application/json" }, text)
end

function response(status) if status ~= wanted then wrong = wrong + 1 end end

function done(summary, latency)
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  local errors = summary.errors
  bad = bad + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("requests=%d rps=%f p50_ms=%f p95_ms=%f p99_ms=%f bad=%d\n", summary.requests,
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, bad))
end
