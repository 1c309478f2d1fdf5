import { ContestantError } from '../contestantProcess.js';
import { type Contestant, startCoppice, startPeer } from './contestant.js';

/** coppice and those of the peers that are there. */
export interface Contenders {
  coppice: Contestant;
  peers: Contestant[];
  stop(): void;
}

/**
 * Starts a process a library. They are started afresh for every set, so that the memory of one is not that of the set before.
 * @param missing - told of each peer that is not installed
 */
export async function startContenders(
  build: 'src' | 'dist',
  libraries: readonly string[],
  missing: (message: string) => void,
): Promise<Contenders> {
  const coppice = await startCoppice(build);
  const peers: Contestant[] = [];
  for (const library of libraries) {
    try {
      peers.push(await startPeer(library));
    } catch (error) {
      if (!(error instanceof ContestantError)) throw error;
      missing(error.message);
    }
  }
  return {
    coppice,
    peers,
    stop: () => {
      for (const contestant of [coppice, ...peers]) contestant.stop();
    },
  };
}
