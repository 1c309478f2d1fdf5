import type { Threshold } from '../model/threshold.js';

/** How a threshold came about, as the end of a sentence: `reaches the target precision of 0.8: precision …, recall …`. */
export function describeThreshold(threshold: Threshold): string {
  const { precision, recall } = threshold;
  if (precision === undefined || recall === undefined) return outcome(threshold);
  return `${outcome(threshold)}: precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`;
}

function outcome({ policy, target, reached, f1, meanCost, theoretical }: Threshold): string {
  switch (policy) {
    case 'targetPrecision':
    case 'targetRecall': {
      const what = policy === 'targetPrecision' ? 'precision' : 'recall';
      return reached
        ? `reaches the target ${what} of ${target}`
        : `does NOT reach the target ${what} of ${target}; the most precise one was taken`;
    }
    case 'maxF1':
      return `has the greatest F1 of ${f1?.toFixed(4)}`;
    case 'costMatrix':
      return `has the least mean cost of ${meanCost?.toFixed(4)} (in theory it would be at ${theoretical?.toFixed(4)})`;
    case 'fixed':
      return 'is fixed';
  }
}
