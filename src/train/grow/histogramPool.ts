/** Which of the bounded number of histograms in memory are free. */
export interface HistogramPool {
  /** A free slot, or -1 when all are taken. */
  acquire(): number;
  /** Gives a slot back; -1 is ignored. */
  release(slot: number): void;
  /** Frees all slots. */
  reset(): void;
}

export function createHistogramPool(slotCount: number): HistogramPool {
  const free: number[] = [];
  const pool: HistogramPool = {
    acquire: () => free.pop() ?? -1,
    release(slot) {
      if (slot >= 0) free.push(slot);
    },
    reset() {
      free.length = 0;
      for (let slot = slotCount - 1; slot >= 0; slot--) free.push(slot);
    },
  };
  pool.reset();
  return pool;
}
