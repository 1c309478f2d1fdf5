import { checkThresholdGoal, type ThresholdGoal } from '../calibrate/index.js';
import type { Config } from './config.js';

/**
 * What the section `business` of a configuration asks of the decision threshold.
 * @throws {ConfigError} when its costs make no sense.
 */
export function thresholdGoal({ business }: Pick<Config, 'business'>): ThresholdGoal {
  const goal = readGoal(business);
  checkThresholdGoal(goal);
  return goal;
}

function readGoal(business: Config['business']): ThresholdGoal {
  switch (business.threshold_policy) {
    case 'targetPrecision':
      return { policy: 'targetPrecision', target: business.target_precision };
    case 'targetRecall':
      return { policy: 'targetRecall', target: business.target_recall };
    case 'maxF1':
      return { policy: 'maxF1' };
    case 'costMatrix': {
      const { true_positive, false_positive, false_negative, true_negative } = business.costs;
      return {
        policy: 'costMatrix',
        costs: {
          truePositive: true_positive,
          falsePositive: false_positive,
          falseNegative: false_negative,
          trueNegative: true_negative,
        },
      };
    }
    case 'fixed':
      return { policy: 'fixed', value: business.fixed_threshold };
  }
}

/** The section `business` that asks for a goal; the inverse of {@link thresholdGoal}. */
export function businessOf(goal: ThresholdGoal, business: Config['business']): Config['business'] {
  checkThresholdGoal(goal);
  const section = { ...business, threshold_policy: goal.policy };
  if (goal.policy === 'targetPrecision') section.target_precision = goal.target;
  if (goal.policy === 'targetRecall') section.target_recall = goal.target;
  if (goal.policy === 'fixed') section.fixed_threshold = goal.value;
  if (goal.policy === 'costMatrix') {
    section.costs = {
      true_positive: goal.costs.truePositive,
      false_positive: goal.costs.falsePositive,
      false_negative: goal.costs.falseNegative,
      true_negative: goal.costs.trueNegative,
    };
  }
  return section;
}
