/** The same bundle, the same scenes, the same results in headless Chromium. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, JSHandle } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Library, SCENES } from './contract.ts';

const dist = join(import.meta.dirname, '../../dist');

/** Serves the built files and an empty page. */
function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const name = /^\/([\w.-]+\.js)$/.exec(request.url ?? '')?.[1];
    if (name !== undefined && existsSync(join(dist, name)))
      response.setHeader('content-type', 'text/javascript').end(readFileSync(join(dist, name)));
    else response.setHeader('content-type', 'text/html').end('<!doctype html><title>timeslice</title>');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.skipIf(!hasChromium)('in Chromium', { retry: 3 }, () => {
  let server: Server;
  let browser: Browser;
  let library: JSHandle<Library>;
  const errors: string[] = [];

  beforeAll(async () => {
    server = await serve();
    browser = await launchChromium();
    const page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.addScriptTag({
      type: 'module',
      content: "import * as library from '/web.js'; globalThis.library = library;",
    });
    await page.waitForFunction(() => 'library' in globalThis);
    library = await page.evaluateHandle(() => (globalThis as unknown as { library: Library }).library);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test.each(SCENES)('$name', async ({ play, expected }) => {
    const played = await library.evaluate(play);
    if (expected !== undefined) expect(played).toEqual(expected);
    else expect(played).toEqual(await play(await import(join(dist, 'index.js'))));
    expect(errors).toEqual([]);
  });
});
