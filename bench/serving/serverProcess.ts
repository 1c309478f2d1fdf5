/**
 * A server of its own process: lines of JSON in and out, one each.
 *   { op: 'start', ... } -> { url }      { op: 'usage' } -> { micros }: processor time so far, all threads
 * usage: node serverProcess.mjs (built by httpServers.ts)
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { serveDirectory } from '../../src/node/index.js';
import type { ServerRequest, StartRequest } from './httpServers.js';

send({ library: 'server', version: JSON.parse(readFileSync('package.json', 'utf8')).version });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as ServerRequest;
  try {
    send(request.op === 'start' ? { url: await start(request) } : { micros: usage() });
  } catch (error) {
    send({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}
process.exit();

async function start(request: StartRequest): Promise<string> {
  if (request.kind === 'bare') return startBare(request.constants);
  const { directory, options } = request;
  return (await serveDirectory(directory, { ...options, port: 0 })).url;
}

/** What hono itself takes to read JSON and to answer some. */
async function startBare(constants: Record<string, unknown>): Promise<string> {
  const app = new Hono();
  for (const [path, constant] of Object.entries(constants)) {
    app.post(path, async (context) => {
      await context.req.json();
      return context.json(constant as object);
    });
  }
  return new Promise((resolve) => {
    const options = { fetch: app.fetch, port: 0, hostname: '127.0.0.1' };
    serve(options, ({ port }) => resolve(`http://127.0.0.1:${port}`));
  });
}

function usage(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
