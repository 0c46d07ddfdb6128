import { expect, test } from 'vitest';
import { shadowOf } from './shadow.ts';

test('passwords move to shadow, and who has none there is locked', () => {
  expect(shadowOf('root:*:0:0:root:/root:/bin/bash\na:x:5:5::/:/bin/sh\nfree::6:6::/:/bin/sh\n')).toEqual({
    passwd: 'root:x:0:0:root:/root:/bin/bash\na:x:5:5::/:/bin/sh\nfree:x:6:6::/:/bin/sh\n',
    shadow: 'root:*::0:99999:7:::\na:*::0:99999:7:::\nfree:::0:99999:7:::\n',
  });
});
