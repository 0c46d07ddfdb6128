/** Lua, as a first guest beside the default set: numbers, strings, coroutines, files and other processes. */
import { expect, test } from 'vitest';
import { bash, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('lua');

describeDebian(
  'Lua',
  () => {
    test('computes, yields, reads files and starts processes', () => {
      const program = `
local function queens(n)
  local found = 0
  local function place(row, columns, left, right)
    if row > n then found = found + 1 return end
    for column = 1, n do
      if not (columns[column] or left[row + column] or right[row - column]) then
        columns[column], left[row + column], right[row - column] = true, true, true
        place(row + 1, columns, left, right)
        columns[column], left[row + column], right[row - column] = nil, nil, nil
      end
    end
  end
  place(1, {}, {}, {})
  return found
end
print(queens(7), 2 ^ 0.5, 7 // 2, 1 << 40, math.maxinteger)
local squares = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end)
print(squares(), squares(), squares())
local lines = 0
for _ in io.lines('/etc/passwd') do lines = lines + 1 end
print(lines > 5, io.popen('echo child; exit 3'):read('a'), os.execute('exit 3'))
print(pcall(error, 'caught'))
print(select(2, io.open('/missing')))`;
      const files = { '/data/program.lua': program };
      expect(bash('lua5.4 /data/program.lua', { image, files })).toBe(
        [
          '40\t1.4142135623731\t3\t1099511627776\t9223372036854775807',
          '1\t4\t9',
          'true\tchild\n\tnil\texit\t3',
          'false\tcaught',
          '/missing: No such file or directory\t2',
          '',
        ].join('\n'),
      );
    });
  },
  image,
);
