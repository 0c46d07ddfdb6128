/** Gets files from a mirror: resumed where a transfer broke off, tried again, never more than was announced. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvHttpProxyAgent } from 'undici';
import { type Problem, problem } from '../base/index.ts';
import { fileProblem } from './image-cache.ts';

export interface Expected {
  readonly size: number;
  readonly sha256: string;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of the file there are; the number falls when a transfer must begin again. */
  readonly onBytes?: ((soFar: number) => void) | undefined;
  /** Milliseconds before the first repetition; doubles each time. */
  readonly patience?: number | undefined;
}

const ATTEMPTS = 5;
const PATIENCE = 500;
/** Milliseconds without a byte after which a transfer counts as broken. */
const IDLE_TIMEOUT = 30_000;
const USE_ANOTHER = 'Name another mirror with --mirror or TIMESLICE_MIRROR.';
/** An InRelease file has 140 KB. */
const TEXT_LIMIT = 16 << 20;

export const sha256Hex = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Set by convention for all programs; Node 20's own fetch does not look at them. */
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

async function request(url: string, signal: AbortSignal, headers: Record<string, string>): Promise<Response> {
  if (!PROXY_VARIABLES.some((name) => process.env[name])) return fetch(url, { signal, headers });
  const { EnvHttpProxyAgent, fetch: proxiedFetch } = await import('undici');
  proxy ??= new EnvHttpProxyAgent();
  return (await proxiedFetch(url, { signal, headers, dispatcher: proxy })) as unknown as Response;
}

/** Keeps its connections: one for all requests. */
let proxy: EnvHttpProxyAgent | undefined;

/** A small file as text. */
export async function fetchText(url: string, options: FetchOptions = {}): Promise<string | Problem> {
  const chunks: Uint8Array[] = [];
  const wrong = await repeatedly(url, options, async (watch) => {
    chunks.length = 0;
    let size = 0;
    const response = await request(url, watch.signal, {});
    const refused = refusal(url, response);
    if (refused) return refused;
    for await (const chunk of response.body ?? []) {
      watch.touch();
      chunks.push(chunk);
      size += chunk.length;
      if (size > TEXT_LIMIT) return problem('mirror-failed', `${url} does not end`, USE_ANOTHER);
    }
    return undefined;
  });
  return wrong ?? Buffer.concat(chunks).toString('utf8');
}

/** A file of known size and hash, to a path; what a broken run left in `path.part` is gone on with. */
export async function download(
  url: string,
  path: string,
  expected: Expected,
  options: FetchOptions = {},
): Promise<Problem | undefined> {
  if (await holds(path, expected)) {
    options.onBytes?.(expected.size);
    return undefined;
  }
  const part = `${path}.part`;
  const wrong = await repeatedly(url, options, async (watch) => {
    const file = await open(part, 'a+');
    try {
      return await transfer(url, file, expected.size, watch, options.onBytes ?? (() => undefined));
    } finally {
      await file.close();
    }
  });
  if (wrong) return wrong;
  if (await holds(part, expected)) {
    await rename(part, path);
    return undefined;
  }
  await rm(part, { force: true });
  return otherFile(url);
}

const otherFile = (url: string): Problem =>
  problem('bad-checksum', `${url} is not what the signed index of the archive says`, USE_ANOTHER);

async function holds(path: string, { size, sha256 }: Expected): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && bytes.length === size && sha256Hex(bytes) === sha256;
}

/** Appends what is missing. Stops beyond `size`: a mirror must not fill the disk. */
async function transfer(
  url: string,
  part: FileHandle,
  size: number,
  watch: Watch,
  onBytes: (soFar: number) => void,
): Promise<Problem | undefined> {
  const there = (await part.stat()).size;
  if (there === size) return undefined;
  const resume = there > 0 && there < size;
  const headers: Record<string, string> = resume ? { range: `bytes=${there}-` } : {};
  const response = await request(url, watch.signal, headers);
  let at = resume && response.status === 206 ? there : 0;
  if (at < there) await part.truncate(0);
  if (response.status === 416) throw new Error('the mirror does not have the rest of the file');
  const refused = refusal(url, response);
  if (refused) return refused;
  const announced = response.headers.get('content-length');
  if (announced !== null && at + Number(announced) !== size) return otherFile(url);
  onBytes(at);
  for await (const chunk of response.body ?? []) {
    watch.touch();
    await part.write(chunk);
    at += chunk.length;
    onBytes(at);
    if (at > size) return undefined;
  }
  if (at < size) throw new Error(`the transfer ended after ${at} of ${size} bytes`);
  return undefined;
}

interface Watch {
  readonly signal: AbortSignal;
  /** Something arrived: the idle timeout begins again. */
  touch(): void;
}

/** Tries until it works, is refused, or has failed often enough; system errors of our own side pass through. */
async function repeatedly(
  url: string,
  { signal, patience = PATIENCE }: FetchOptions,
  attempt: (watch: Watch) => Promise<Problem | undefined>,
): Promise<Problem | undefined> {
  let reason = '';
  for (let i = 0; i < ATTEMPTS; i++) {
    if (i > 0) await pause(patience * 2 ** (i - 1), signal);
    const idle = new AbortController();
    const timer = setTimeout(() => idle.abort(new Error('nothing arrived for 30 seconds')), IDLE_TIMEOUT);
    const watch = {
      signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
      touch: () => void timer.refresh(),
    };
    try {
      return await attempt(watch);
    } catch (error) {
      if (signal?.aborted)
        return problem(
          'interrupted',
          'the download was interrupted',
          'Pull again: it goes on where it stopped.',
        );
      if (fileProblem(error, url)) throw error;
      reason = rootCause(error);
    } finally {
      clearTimeout(timer);
    }
  }
  return problem(
    'mirror-failed',
    `${url} cannot be fetched: ${reason}`,
    `Check the network and pull again (it goes on where it stopped). ${USE_ANOTHER}`,
  );
}

/** Ends early when the user has had enough. */
const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);

/** undici's fetch says only "fetch failed"; the cause says why. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootCause(error.cause) : error.message;
}

/** What an answer without the file means; server errors are thrown, so that they are tried again. */
function refusal(url: string, response: Response): Problem | undefined {
  if (response.ok) return undefined;
  if (response.status >= 500 || response.status === 429)
    throw new Error(`the mirror answers ${response.status}`);
  return problem(
    response.status === 404 ? 'not-on-mirror' : 'mirror-failed',
    `the mirror answers ${response.status} for ${url}`,
    USE_ANOTHER,
  );
}
