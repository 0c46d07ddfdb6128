/** PostgreSQL: a server of many processes with shared memory, semaphores, signals and files, and its benchmark. */
import { expect, test } from 'vitest';
import { bash, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('postgresql');

describeDebian(
  'PostgreSQL',
  () => {
    test('makes a cluster, serves psql and pgbench, and shuts down', () => {
      // What systemd-tmpfiles makes at boot; a server refuses to run as root.
      const script = `
exec 2>&1
install -d -o postgres -g postgres -m 2775 /run/postgresql
su postgres -c '
  cd /tmp; PATH=/usr/lib/postgresql/17/bin:$PATH
  initdb -D /tmp/pg >/tmp/initdb.log 2>&1 || cat /tmp/initdb.log
  pg_ctl -D /tmp/pg -l /tmp/log -w start >/dev/null || cat /tmp/log
  psql -At -c "select 6 * 7, count(*) > 300 from pg_class"
  pgbench -q -i 2>/dev/null && pgbench -T 4 -c 4 -j 2 2>&1 | grep -E "^duration|failed"
  psql -At -c "select sum(abalance) = (select sum(delta) from pgbench_history) from pgbench_accounts"
  pg_ctl -D /tmp/pg -m fast stop
  grep -E "PANIC|FATAL|ERROR" /tmp/log'`;
      const printed = bash(script, {
        image,
        status: 1,
        machine: { memory: 2 ** 31, cpus: 2, maxInstructions: 1e11 },
      });
      expect(printed.split('\n')).toEqual([
        '42|t',
        'duration: 4 s',
        'number of failed transactions: 0 (0.000%)',
        't',
        'waiting for server to shut down.... done',
        'server stopped',
        '',
      ]);
    });
  },
  image,
);
