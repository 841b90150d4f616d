-- Posts the bodies in BODIES (one a line) in turn, and prints one line of figures.
local bodies, sent = {}, 0
local threads, bad = {}, 0
function setup(thread) threads[#threads + 1] = thread end

function init() -- not sooner: by now wrk knows the Host header
  wrong = 0
  for line in os.getenv("BODIES"):gmatch("[^\n]+") do
    bodies[#bodies + 1] = wrk.format("POST", "/v1/assessments", { ["Content-Type"] = "application/json" }, line)
  end
end

function request()
  sent = sent + 1
  return bodies[sent % #bodies + 1]
end

function response(status) if status ~= 201 then wrong = wrong + 1 end end

function done(summary, latency)
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  local errors = summary.errors
  bad = bad + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("requests=%d rps=%f p50_ms=%f p99_ms=%f bad=%d\n", summary.requests,
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, bad))
end
