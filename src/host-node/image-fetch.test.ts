import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { serve } from '../../test/debian-archive.ts';
import { fetchText } from './image-fetch.ts';

afterEach(() => void vi.unstubAllEnvs());

test('a proxy of the environment is used', async () => {
  const mirror = await serve(new Map([['file', Buffer.from('content')]]));
  const port = new URL(mirror.url).port;
  const asked: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '');
    const path = new URL(incoming.url ?? '').pathname;
    request({ port, path }, (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 500))).end();
  });
  proxy.on('connect', (incoming, socket, head) => {
    asked.push(incoming.url ?? '');
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('http_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  expect(await fetchText('http://mirror.invalid/debian/file', { patience: 1 })).toBe('content');
  expect(asked.join()).toContain('mirror.invalid');
  proxy.closeAllConnections();
  proxy.close();
  await mirror.close();
});

test('a text without end is cut off', async () => {
  const mirror = await serve(new Map([['file', new Uint8Array(17 << 20)]]));
  expect(await fetchText(`${mirror.url}/file`)).toMatchObject({ code: 'mirror-failed' });
  await mirror.close();
});
