/** The pages that the command writes, as a browser shows them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { family } from '../../src/timeline/fixture.ts';
import { timelinePage } from '../../src/timeline/index.ts';
import { LANGUAGES } from '../../src/words/index.ts';
import { timeslice } from '../cli/timeslice.ts';
import { hasChromium, launchChromium } from './chromium.ts';

const golden = resolve(import.meta.dirname, '../golden/pages');
const fonts = resolve(import.meta.dirname, '../../node_modules/@fontsource/nanum-gothic/files');

/** One font for all machines, else no two pictures are alike. */
const FONT = `${['latin', 'korean']
  .map((part) => readFileSync(join(fonts, `nanum-gothic-${part}-400-normal.woff2`)).toString('base64'))
  .map(
    (bytes, i) => `@font-face { font-family: Same; src: url(data:font/woff2;base64,${bytes}); ${RANGE(i)} }`,
  )
  .join('\n')} * { font-family: Same !important; font-weight: 400 !important; }`;

function RANGE(i: number): string {
  return i === 0 ? 'unicode-range: U+0000-00FF, U+2000-206F' : 'unicode-range: U+1100-11FF, U+3000-D7FF';
}

describe.skipIf(!hasChromium)('pages in Chromium', { retry: 3 }, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'timeslice-'));
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1000, height: 900 }, colorScheme: 'light' });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) errors.push(`asks for ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (text: string) => {
    const file = join(folder, 'page.html');
    writeFileSync(file, text);
    await page.goto(`file://${file}`);
  };
  const text = (id: string) => page.locator(`#${id}`).textContent();
  const looks = [
    { at: 0, pcbs: { 2: ['PCB of 2 at 0'] }, maps: { 2: ['map of 2 at 0'] } },
    { at: 4e6, pcbs: { 3: ['PCB of 3 <i>at</i> 4 ms'] }, maps: { 3: ['map of 3'] } },
  ];
  const timeline = (language: (typeof LANGUAGES)[number]) =>
    timelinePage(family(), { from: 0, to: 1e7 }, looks, { program: 'sh -c "<b>"', language });

  test('a stay of a task is chosen by a click or by keys, and all about it is told', async () => {
    await open(timeline('en'));
    await page.locator('rect[data-task="1"]').nth(2).click();
    expect(await text('facts')).toContain('waits for data in pipe 7');
    expect(await text('pcb')).toBe('PCB of 3 <i>at</i> 4 ms');
    expect(await text('maps')).toBe('map of 3');
    expect(await text('tree')).toMatch(/sh 2 ⏸ blocked\s*cat.* 3 ⏸ blocked\s*\{sh\} 4 ▶ running/);
    expect(await text('diagram')).toMatch(/dispatched ×1[\s\S]*waits ×1/);
    await page.locator('#lanes').focus();
    await page.keyboard.press('ArrowRight');
    expect(await text('facts')).toContain('what it waited for came (from 4)');
    await page.keyboard.press('ArrowUp');
    expect(await text('facts')).toContain('waits for a child');
    expect(await text('pcb')).toContain('was not there');
    await page.locator('#tree button', { hasText: '{sh} 4' }).click();
    expect(await text('facts')).toContain('running CPU 1');
    expect(await page.locator('b, i').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('the keys and the wheel zoom, dragging moves', async () => {
    await open(timeline('en'));
    const ticks = () => page.locator('#lanes .tick').allTextContents();
    expect(await ticks()).toMatchObject({ 0: '0.00 ms', 8: '10.00 ms' });
    await page.locator('#lanes').focus();
    await page.keyboard.press('+');
    expect(await ticks()).toMatchObject({ 0: '2.500 ms', 8: '7.500 ms' });
    await page.mouse.move(700, 200);
    await page.mouse.down();
    await page.mouse.move(600, 200);
    await page.mouse.up();
    expect(Number.parseFloat((await ticks())[0]!)).toBeGreaterThan(2.6);
    await page.mouse.wheel(0, -400);
    await page.waitForFunction(
      () => document.querySelectorAll('#lanes .tick')[8]!.textContent !== '8.115 ms',
    );
    await page.keyboard.press('0');
    expect(await ticks()).toMatchObject({ 0: '0.00 ms', 8: '10.00 ms' });
    expect(errors).toEqual([]);
  });

  test.each(LANGUAGES)('looks as it did: %s', async (language) => {
    await open(timeline(language));
    await page.addStyleTag({ content: FONT });
    await page.evaluate(() => document.fonts.ready);
    await page.locator('rect[data-task="1"]').nth(2).click();
    await page.mouse.move(0, 0);
    sameAs(`timeline-${language}`, await page.screenshot());
  });

  test('of a run: PCBs and maps of its moments, in both languages', async () => {
    const recording = join(folder, 'run.tsrec');
    await timeslice(['run', '--image', 'tiny', '--record', recording, 'sh', '-c', 'sleep 1 | cat']);
    const file = join(folder, 'run.html');
    for (const [language, head] of [
      ['en', 'process control block: '],
      ['ko', '프로세스 제어 블록: '],
    ] as const) {
      const { status } = await timeslice(['timeline', recording, '-o', file, '--lang', language]);
      expect(status).toBe(0);
      await page.goto(`file://${file}`);
      await page.locator('#tree button', { hasText: 'sh' }).click();
      expect(await text('pcb')).toContain(head);
      expect(await text('maps')).toContain('r-x');
    }
    expect(errors).toEqual([]);
  });

  test('the comparison of policies draws its curves', async () => {
    const file = join(folder, 'sched.html');
    const flags = ['--image', 'tiny', '--policies', 'rr,mlfq', '--quantum', '100us,1ms', '-o', file];
    const work = 'n=0; while [ $n -lt 300 ]; do n=$((n+1)); done | cat';
    const { status } = await timeslice(['sched', ...flags, 'sh', '-c', work]);
    expect(status).toBe(0);
    await page.goto(`file://${file}`);
    expect(await page.locator('.uplot canvas').count()).toBe(3);
    expect(await page.locator('.gantt rect').count()).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });
});

/** Part of the pixels that may differ: another version of the browser draws letters otherwise. */
const TOLERANCE = 0.02;

/** Compares a picture with the one that is kept; without one it is kept. `UPDATE_GOLDEN=1` keeps it anew. */
function sameAs(name: string, picture: Buffer): void {
  const file = join(golden, `${name}.png`);
  if (!existsSync(file) || process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, picture);
  }
  const [is, was] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(file))];
  expect([is.width, is.height]).toEqual([was.width, was.height]);
  const different = pixelmatch(is.data, was.data, undefined, is.width, is.height, { threshold: 0.2 });
  expect(different / (is.width * is.height)).toBeLessThan(TOLERANCE);
}
