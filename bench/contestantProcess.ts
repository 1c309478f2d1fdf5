import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A library that could not do what it was asked. */
export class ContestantError extends Error {}

/** A long-lived process that is told what to do in lines of JSON, and answers each with one. */
export interface ContestantProcess {
  name: string;
  version: string;
  /** One question is open at a time. @throws {ContestantError} when the library fails, or its process ends. */
  ask(request: object): Promise<Record<string, unknown>>;
  /** Ends the process. */
  stop(): void;
}

/** The Python that the peers are installed in. */
export function peersPython(): string {
  return process.env['PEERS_PYTHON'] ?? join('bench', 'peers', '.venv', 'bin', 'python');
}

/** @throws {ContestantError} when the library is not installed, saying so. */
export async function startProcess(
  name: string,
  command: string,
  args: readonly string[],
): Promise<ContestantProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const receive = answersOf(name, child);
  const hello = await receive();
  if (typeof hello['missing'] === 'string') {
    throw new ContestantError(`${name} is not installed in ${command}: ${hello['missing']}`);
  }
  return {
    name,
    version: String(hello['version']),
    async ask(request) {
      child.stdin?.write(`${JSON.stringify(request)}\n`);
      const answer = await receive();
      if (typeof answer['error'] === 'string') throw new ContestantError(answer['error']);
      return answer;
    },
    stop: () => child.stdin?.end(),
  };
}

/** Reads the next line of JSON from a process. */
function answersOf(name: string, child: ChildProcess): () => Promise<Record<string, unknown>> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  let failure = 'its process ended';
  child.on('error', (error) => {
    failure = error.message;
  });
  // a write to a process that has died is reported by the read that follows it
  child.stdin?.on('error', () => {});
  return async () => {
    const { value, done } = await lines.next();
    if (done) throw new ContestantError(`${name}: ${failure}`);
    return JSON.parse(value);
  };
}
