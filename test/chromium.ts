import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BrowserContext, chromium } from 'playwright-core';

/** Debian's, by `apt-get install chromium`. */
const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a browser to test in; says so when not. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM)) return true;
  console.log('skipped: no chromium');
  return false;
}

/** A browser with an extension, unpacked in a folder; `profile` is an empty folder. */
export async function launchWithExtension(
  extension: string,
  profile: string,
): Promise<BrowserContext> {
  const load = [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`];
  return chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...ARGUMENTS, ...load],
  });
}

/** Headers of a page that may share memory with its workers. */
export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** A file as it is served: its type, what it holds, and the headers of its own. */
export interface ServedFile {
  type: 'text/html' | 'text/javascript' | 'application/octet-stream' | 'application/wasm';
  body: string | Uint8Array;
  headers?: Record<string, string>;
}

/**
 * Serves files by their paths on a free port of this machine, opens `/` and waits for what its scripts put into
 * `globalThis.report`, a promise.
 * @param settleMs - what the browser has to start up before that
 */
export async function reportOfPage<T>(
  files: Readonly<Record<string, ServedFile>>,
  settleMs = 0,
): Promise<T> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404, {
      'content-type': file?.type ?? 'text/plain',
      ...file?.headers,
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const page = await browser.newPage();
    await page.waitForTimeout(settleMs);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await page.evaluate(report<T>);
  } finally {
    await browser.close();
    server.close();
  }
}

/** Runs in the browser: what the scripts there have to say. */
export function report<T>(): Promise<T> {
  return (globalThis as unknown as { report: Promise<T> }).report;
}
