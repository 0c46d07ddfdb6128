-- Recursion, and a loop over a table and strings.
local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local words, total = {}, 0
for turn = 0, 999999 do
  local word = "w" .. turn % 977
  words[word] = (words[word] or 0) + #word
end
for _, count in pairs(words) do total = total + count end
print(fib(30), total)
