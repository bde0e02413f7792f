-- Sends what a client that is known would, and says at the end what came of it, in words for a program.

local path = 0

function request()
  path = path + 1
  return wrk.format("GET", "/v1/item/" .. path, { authorization = "Bearer wonderland" })
end

-- A global of each thread, which `done` asks it for.
answers = {}

function response(status)
  answers[status] = (answers[status] or 0) + 1
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function done(summary, latency)
  local errors = summary.errors
  print("duration " .. summary.duration)
  print("median " .. latency:percentile(50))
  print("p99 " .. latency:percentile(99))
  print("unanswered " .. errors.connect + errors.read + errors.write + errors.timeout)
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("answers")) do
      print("status " .. status .. " " .. count)
    end
  end
end
