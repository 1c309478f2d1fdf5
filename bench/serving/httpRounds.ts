import type { Random } from '../../src/core/random.js';
import type { Interval } from '../../src/evaluate/index.js';
import { pairedRatio } from '../../src/optimize/latencySummary.js';
import { median } from '../../src/optimize/percentile.js';
import { openLoad } from './httpLoad.js';
import type { HttpServerProcess } from './httpServers.js';

/** Until the code of a server is compiled for good; sooner, the one with more code is measured while it compiles. */
const WARM_UP_MILLISECONDS = 5000;

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
  /** throughput as a share of that of the first server: median over rounds, 95 % bootstrap interval */
  share: Interval;
}

/** Asks every server in turn, in drawn order, `rounds` times over; the first one is what the others are held against. */
export async function timeServers(
  routes: readonly Route[],
  plan: HttpPlan,
  random: Random,
): Promise<HttpTime[]> {
  const times = routes.map((): Float64Array[] => []);
  for (const route of routes) await timeTurn(route, plan, WARM_UP_MILLISECONDS);
  for (let round = 0; round < plan.rounds; round++) {
    for (const index of random.shuffle([...routes.keys()])) {
      const turn = await timeTurn(routes[index]!, plan, plan.turnMilliseconds);
      times[index]!.push(Float64Array.of(turn));
    }
  }
  return routes.map(({ server }, index) => ({
    name: server.name,
    microsPerRequest: median(times[index]!.map(median)),
    share: pairedRatio(times[index]!, times[0]!, random),
  }));
}

/** Microseconds of a request. */
async function timeTurn(
  { server, requests }: Route,
  { connections, clock }: HttpPlan,
  milliseconds: number,
): Promise<number> {
  const load = await openLoad({ url: server.url, requests, connections });
  try {
    const before = await server.usage();
    const start = performance.now();
    const count = await load.run(milliseconds);
    const wall = 1000 * (performance.now() - start);
    return (clock === 'cpu' ? (await server.usage()) - before : wall) / count;
  } finally {
    load.close();
  }
}
