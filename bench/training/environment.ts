import { arch, cpus, loadavg, platform } from 'node:os';

/** The machine and Node in a line, with what else it is doing: a busy machine makes wide intervals. */
export function describeEnvironment(): string {
  const [cpu] = cpus();
  const load = loadavg()[0]!.toFixed(1);
  return `${cpu?.model.trim()} × ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}, load ${load} at the start`;
}
