import { type Reason, subjectOf } from '../advice/reason.js';
import type { MonitorOptions } from '../monitorOptions.js';
import type { PerformanceReport } from '../performance/performanceReport.js';

/** A window that was held against the reference. */
export interface WindowFindings {
  from: number;
  to: number;
  reasons: readonly Reason[];
  performance: Pick<PerformanceReport, 'labelsSuffice'>;
}

/** A change that windows showed: one from its first window on until it has been quiet for long enough. */
export interface Alarm {
  /** as the last window that showed it says it */
  reason: Reason;
  /** the start of the first window that showed it and the end of the last one */
  since: number;
  until: number;
  /** windows that showed it */
  windowCount: number;
  /** windows after the last one that did */
  quietWindows: number;
  /** often enough in a row to act on */
  persistent: boolean;
}

type Rules = Pick<MonitorOptions, 'persistentWindows' | 'persistenceWindows' | 'coolDownWindows'>;

interface Episode {
  reason: Reason;
  since: number;
  until: number;
  /** windows that showed it, by position */
  hits: number[];
  persistent: boolean;
}

/**
 * Follows each change through the windows. What labels show is followed through the windows that have enough of them: labels come
 * late, and a window without any speaks neither for a change nor against it.
 * @param windows - the oldest first
 * @returns the alarms that have not ended, the earliest first. O(windows * reasons).
 */
export function trackAlarms(windows: readonly WindowFindings[], rules: Rules): Alarm[] {
  const labelled = windows.filter(({ performance }) => performance.labelsSuffice);
  return [
    ...follow(windows, (reason) => !isShownByLabels(reason), rules),
    ...follow(labelled, isShownByLabels, rules),
  ].sort((a, b) => a.since - b.since);
}

function isShownByLabels({ seen_by: seenBy }: Reason): boolean {
  return seenBy === 'realised' || seenBy === 'concept';
}

/**
 * Follows some changes through windows. One is persistent once `persistentWindows` of `persistenceWindows` windows in a row
 * showed it (while there are fewer windows, all of them), and stays so until `coolDownWindows` windows in a row did not.
 */
function follow(
  windows: readonly WindowFindings[],
  isFollowed: (reason: Reason) => boolean,
  rules: Rules,
): Alarm[] {
  const episodes = new Map<string, Episode>();
  windows.forEach(({ from, to, reasons }, index) => {
    for (const reason of reasons) {
      if (!isFollowed(reason)) continue;
      const subject = subjectOf(reason);
      let episode = episodes.get(subject);
      if (!episode || hasEnded(episode, index, rules)) {
        episode = { reason, since: from, until: to, hits: [], persistent: false };
        // a new episode stands where it began
        episodes.delete(subject);
        episodes.set(subject, episode);
      }
      episode.reason = reason;
      episode.until = to;
      episode.hits.push(index);
      if (recentHits(episode, index, rules) >= rules.persistentWindows) episode.persistent = true;
    }
  });
  const count = windows.length;
  return [...episodes.values()]
    .filter((episode) => !hasEnded(episode, count, rules))
    .map((episode) => ({
      reason: episode.reason,
      since: episode.since,
      until: episode.until,
      windowCount: episode.hits.length,
      quietWindows: count - 1 - lastHit(episode),
      persistent:
        episode.persistent || (count < rules.persistentWindows && episode.hits.length === count),
    }));
}

/** Whether an episode is over before the window at `index`. */
function hasEnded(episode: Episode, index: number, rules: Rules): boolean {
  const quiet = index - 1 - lastHit(episode);
  // what has not become persistent is dropped as soon as its windows no longer count
  const patience = episode.persistent ? rules.coolDownWindows : rules.persistenceWindows;
  return quiet >= patience;
}

function recentHits({ hits }: Episode, index: number, { persistenceWindows }: Rules): number {
  return hits.filter((hit) => hit > index - persistenceWindows).length;
}

function lastHit({ hits }: Episode): number {
  return hits[hits.length - 1]!;
}
