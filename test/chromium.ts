import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

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

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
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
  type: 'text/html' | 'text/javascript' | 'application/octet-stream';
  body: string | Uint8Array;
  headers?: Record<string, string>;
}

/** Serves files by their paths on a free port of this machine. */
export async function serveFiles(
  files: Readonly<Record<string, ServedFile>>,
): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404, {
      'content-type': file?.type ?? 'text/plain',
      ...file?.headers,
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
