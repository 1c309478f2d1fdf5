/**
 * What a time is read from, in milliseconds. `cpu` is the processor time of the process, all threads: on a busy machine a long call
 * is interrupted and a short one is not, which the wall clock counts in favour of the short.
 */
export const CLOCKS = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
} as const;
export type Clock = keyof typeof CLOCKS;

/** The option of a bench. */
export const CLOCK_OPTION = {
  value: Object.keys(CLOCKS).join('|'),
  text: 'wall clock, or processor time, which a busy machine disturbs least',
  default: 'wall',
};
