/** Services and their clients over the loopback interface: redis, nginx, Python's server, netcat, sqlite3. */
import { expect, test } from 'vitest';
import { bash, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('services');
const lines = (text: string): string[] => text.trimEnd().split('\n');

const NGINX = `user root;
worker_processes 2;
pid /tmp/nginx.pid;
error_log /tmp/error.log;
events { worker_connections 128; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  server { listen 8081 reuseport; listen [::]:8081; root /data; }
}
`;
const files = {
  '/data/a.txt': 'hello\n',
  '/data/big.txt': Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join(''),
  '/data/nginx.conf': NGINX,
};

describeDebian(
  'services over the loopback interface',
  () => {
    test('redis-server serves redis-cli, a pipeline and its benchmark', () => {
      const told = bash(
        `redis-server --save '' --appendonly no --daemonize yes >/dev/null
until redis-cli ping >/dev/null 2>&1; do sleep 0.1; done
redis-cli set key value
redis-cli get key
for i in $(seq 500); do echo "rpush list $i"; done | redis-cli --pipe | grep errors
redis-cli lrange list 0 2
redis-cli eval 'return redis.call("llen", KEYS[1]) + 1' 1 list
(echo subscribe news; sleep 1) | redis-cli | tail -n 3 &
sleep 0.5; redis-cli publish news extra; wait
redis-benchmark -t ping_mbulk,set,get -n 2000 -q | tr '\\r' '\\n' | grep -c 'requests per second'
redis-cli shutdown nosave`,
        { image },
      );
      expect(lines(told)).toEqual([
        'OK',
        'value',
        'errors: 0, replies: 500',
        '1',
        '2',
        '3',
        '501',
        '1',
        'message',
        'news',
        'extra',
        '3',
      ]);
    });

    test('nginx with two workers serves curl, over both families and in parallel', () => {
      const told = bash(
        `nginx -c /data/nginx.conf
until curl -sf -o /dev/null http://127.0.0.1:8081/a.txt; do sleep 0.1; done
curl -s -o /dev/null -w '%{http_code} %{content_type} %{size_download}\\n' http://localhost:8081/a.txt
curl -s 'http://[::1]:8081/big.txt' | md5sum
md5sum < /data/big.txt
curl -s http://127.0.0.1:8081/missing -o /dev/null -w '%{http_code}\\n'
curl -s --parallel --parallel-max 8 $(for i in $(seq 20); do echo http://127.0.0.1:8081/a.txt; done) | sort | uniq -c
nginx -c /data/nginx.conf -s quit 2>/dev/null
while [ -e /tmp/nginx.pid ]; do sleep 0.1; done
curl -s http://127.0.0.1:8081/a.txt || echo $?`,
        { image, files },
      );
      const [first, one, other, ...rest] = lines(told);
      expect(first).toBe('200 text/plain 6');
      expect(one).toBe(other);
      expect(rest).toEqual(['404', '     20 hello', '7']);
    });

    test('Python serves curl and urllib', () => {
      const told = bash(
        `cd /data; python3 -m http.server 8000 >/dev/null 2>&1 & server=$!
until curl -sf http://127.0.0.1:8000/a.txt; do sleep 0.1; done
python3 -c "import urllib.request as r; print(len(r.urlopen('http://localhost:8000/big.txt').read()))"
kill $server; wait $server`,
        { image, files, status: 143 },
      );
      expect(lines(told)).toEqual(['hello', String(files['/data/big.txt'].length)]);
    });

    test('netcat carries files through TCP, UDP and a socket file', () => {
      const told = bash(
        `nc -l -p 7000 > /tmp/1 & sleep 0.3; nc -N 127.0.0.1 7000 < /data/big.txt; wait
md5sum < /data/big.txt; md5sum < /tmp/1
nc -lU /tmp/socket > /tmp/2 & sleep 0.3; nc -NU /tmp/socket < /data/a.txt; wait; cat /tmp/2
nc -lu -p 7001 -W1 > /tmp/3 & sleep 0.3; echo datagram | nc -u -q0 127.0.0.1 7001; wait; cat /tmp/3`,
        { image, files },
      );
      const [sent, came, ...rest] = lines(told);
      expect(came).toBe(sent);
      expect(rest).toEqual(['hello', 'datagram']);
    });

    test('sqlite3 keeps a database, with a log of writes, too', () => {
      const told = bash(
        `sqlite3 /tmp/db "create table t(a int, b text); insert into t values(1,'x'),(2,'y'); select sum(a), group_concat(b) from t;"
sqlite3 /tmp/db "pragma journal_mode=wal; begin; insert into t select a+10, b from t; commit; select count(*) from t; pragma integrity_check;"`,
        { image },
      );
      expect(lines(told)).toEqual(['3|x,y', 'wal', '4', 'ok']);
    });

    test('ss, netstat, lsof and ip show who listens, who is connected, and the interface', () => {
      const told = bash(
        `nc -l -p 7000 >/dev/null & sleep 0.3; (sleep 2) | nc -N 127.0.0.1 7000 & sleep 0.5
ss -Htn state established '( dport = :7000 )' | awk '{print $4}'
netstat -tn | awk '$4 ~ /:7000$/ {print $6}'
lsof -nPi TCP:7000 -sTCP:ESTABLISHED | awk 'NR > 1 {print $1}' | sort | uniq -c
ip -br addr
wait; ss -Htan state time-wait | wc -l`,
        { image },
      );
      expect(lines(told).map((line) => line.trim().replace(/\s+/g, ' '))).toEqual([
        '127.0.0.1:7000',
        'ESTABLISHED',
        '2 nc',
        'lo UNKNOWN 127.0.0.1/8 ::1/128',
        '1',
      ]);
    });
  },
  image,
);
