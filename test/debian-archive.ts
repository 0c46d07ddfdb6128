/** A small Debian archive for tests: packages, index and signature made here, served on 127.0.0.1 with faults. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { createCleartextMessage, generateKey, type PrivateKey, sign } from 'openpgp';

export interface TestFile {
  readonly path: string;
  readonly text?: string;
  readonly mode?: number;
  readonly target?: string;
  readonly hardLink?: string;
}

export interface TestPackage {
  readonly name: string;
  readonly version?: string;
  /** More fields of its paragraph. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly postinst?: string;
  readonly files?: readonly TestFile[];
}

export type Files = Map<string, Uint8Array>;

/** Published like a mirror's folder: `dists/…` and `pool/…` by path. */
export interface TestArchive {
  readonly files: Files;
  /** The public key, as a keyring file. */
  readonly keyring: Uint8Array;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The key is made once for all tests: making one takes a while. */
let key: Promise<PrivateKey> | undefined;

export async function testKey(): Promise<PrivateKey> {
  key ??= newKey();
  return key;
}

export async function newKey(): Promise<PrivateKey> {
  const userIDs = [{ name: 'Test Archive', email: 'archive@example.org' }];
  return (await generateKey({ type: 'ecc', userIDs, format: 'object' })).privateKey;
}

export async function makeArchive(
  packages: readonly TestPackage[],
  { suite = 'trixie', release = '', damage = (deb: Uint8Array): Uint8Array => deb } = {},
): Promise<TestArchive> {
  const files: Files = new Map();
  let index = '';
  for (const item of packages) {
    const deb = damage(await makeDeb(item));
    const version = item.version ?? '1.0';
    const path = `pool/${item.name}_${version}_riscv64.deb`;
    files.set(path, deb);
    const fields = { Version: version, Architecture: 'riscv64', ...item.fields };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
    index += `Package: ${item.name}\n${lines.join('')}Filename: ${path}\nSize: ${deb.length}\nSHA256: ${sha256(deb)}\n\n`;
  }
  const list = gzipSync(index);
  const listPath = 'main/binary-riscv64/Packages.gz';
  files.set(`dists/${suite}/${listPath}`, list);
  const text = `Origin: Debian\nSuite: stable\nCodename: ${suite}\nVersion: 13.0\nDate: Sat, 12 Sep 2026 07:55:41 UTC\n${release}SHA256:\n ${sha256(list)} ${list.length} ${listPath}\n`;
  files.set(`dists/${suite}/InRelease`, Buffer.from(await signText(text, await testKey())));
  return { files, keyring: (await testKey()).toPublic().write() };
}

export async function signText(text: string, signingKeys: PrivateKey): Promise<string> {
  return sign({ message: await createCleartextMessage({ text }), signingKeys });
}

export async function makeDeb({
  name,
  version = '1.0',
  postinst,
  files = [],
}: TestPackage): Promise<Uint8Array> {
  const control: TarEntry[] = [tarFile('./control', `Package: ${name}\nVersion: ${version}\n`)];
  if (postinst !== undefined) control.push(tarFile('./postinst', postinst, 0o755));
  const data = files.map(({ path, text, mode, target, hardLink }) => {
    const header = { name: `.${path}`, size: 0, mtime: new Date(1e12), uid: 0, gid: 0 };
    if (target !== undefined) return { header: { ...header, type: 'symlink' as const, linkname: target } };
    if (hardLink !== undefined)
      return { header: { ...header, type: 'link' as const, linkname: `.${hardLink}` } };
    if (text === undefined) return { header: { ...header, type: 'directory' as const, mode: mode ?? 0o755 } };
    return tarFile(`.${path}`, text, mode);
  });
  return ar([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzipSync(await packTar(control))],
    ['data.tar.gz', gzipSync(await packTar(data))],
  ]);
}

const tarFile = (name: string, text: string, mode = 0o644): TarEntry => ({
  header: { name, size: Buffer.byteLength(text), type: 'file', mode, mtime: new Date(1e12), uid: 0, gid: 0 },
  body: text,
});

/** man 5 ar */
export function ar(members: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('!<arch>\n')];
  for (const [name, bytes] of members) {
    const cells = [name.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
    parts.push(Buffer.from(`${cells.join('')}${String(bytes.length).padEnd(10)}\`\n`), bytes);
    if (bytes.length % 2 === 1) parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** What a mirror does wrong: for each request it may answer itself (true) or leave it to the server. */
export type Fault = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

export interface TestMirror {
  readonly url: string;
  /** Paths asked for, with the range where there was one. */
  readonly requests: string[];
  fault: Fault;
  close(): Promise<void>;
}

export async function serve(files: Files): Promise<TestMirror> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').replace(/^\/debian\//, '');
    requests.push(request.headers.range ? `${path} ${request.headers.range}` : path);
    if (!mirror.fault(path, request, response)) answer(files.get(path), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mirror: TestMirror = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`,
    requests,
    fault: () => false,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mirror;
}

function answer(bytes: Uint8Array | undefined, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (!bytes) response.writeHead(404).end();
  else if (from === 0) response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  else {
    const rest = bytes.subarray(from);
    const headers = {
      'content-length': rest.length,
      'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
    };
    response.writeHead(206, headers).end(rest);
  }
}
