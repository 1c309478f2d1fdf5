import type { Random } from '../../src/core/random.js';
import type { Interval } from '../../src/evaluate/index.js';
import { pairedRatio } from '../../src/optimize/latencySummary.js';
import { median } from '../../src/optimize/percentile.js';
import { openLoad } from './httpLoad.js';
import type { HttpServerProcess } from './httpServers.js';

/** A server and the requests that it gets. */
export interface Route {
  server: HttpServerProcess;
  requests: readonly Buffer[];
}

export interface HttpPlan {
  rounds: number;
  connections: number;
  turnMilliseconds: number;
  clock: 'cpu' | 'wall';
}

/** What a server takes for a request. */
export interface HttpTime {
  name: string;
  /** median over rounds, of processor time of the server or of wall clock */
  microsPerRequest: number;
  requestsPerSecond: number;
  /** throughput as a share of that of the first server: median over rounds, 95 % bootstrap interval */
  share: Interval;
}

/** Asks every server in turn, in drawn order, `rounds` times over; the first one is what the others are held against. */
export async function timeServers(
  routes: readonly Route[],
  plan: HttpPlan,
  random: Random,
): Promise<HttpTime[]> {
  const cpu = routes.map((): Float64Array[] => []);
  const wall = routes.map((): Float64Array[] => []);
  // the first round warms up: compilers, caches
  for (let round = -1; round < plan.rounds; round++) {
    for (const index of random.shuffle([...routes.keys()])) {
      const longer = round < 0 ? 4 : 1;
      const turn = await timeTurn(routes[index]!, plan, longer * plan.turnMilliseconds);
      if (round < 0) continue;
      cpu[index]!.push(Float64Array.of(turn.cpuMicros));
      wall[index]!.push(Float64Array.of(turn.wallMicros));
    }
  }
  const times = plan.clock === 'cpu' ? cpu : wall;
  return routes.map(({ server }, index) => ({
    name: server.name,
    microsPerRequest: median(times[index]!.map(median)),
    requestsPerSecond: 1e6 / median(wall[index]!.map(median)),
    share: pairedRatio(times[index]!, times[0]!, random),
  }));
}

async function timeTurn(
  { server, requests }: Route,
  { connections }: HttpPlan,
  milliseconds: number,
): Promise<{ cpuMicros: number; wallMicros: number }> {
  const load = await openLoad({ url: server.url, requests, connections });
  try {
    const before = await server.usage();
    const start = performance.now();
    const count = await load.run(milliseconds);
    const wall = 1000 * (performance.now() - start);
    return { cpuMicros: ((await server.usage()) - before) / count, wallMicros: wall / count };
  } finally {
    load.close();
  }
}
