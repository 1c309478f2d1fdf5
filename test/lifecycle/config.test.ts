import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DEFAULT_CONFIG,
  defaultConfig,
  parseConfig,
  withSettings,
} from '../../src/lifecycle/config.js';
import { monitorOptions } from '../../src/lifecycle/monitoringConfig.js';
import { thresholdGoal } from '../../src/lifecycle/thresholdGoal.js';
import { DEFAULT_MONITOR_OPTIONS } from '../../src/monitor/index.js';

function errorOf(text: string): string {
  try {
    parseConfig(text, 'my.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`accepted: ${text}`);
}

test('the built-in configuration is read as it is written', () => {
  const { config } = parseConfig(readFileSync('config/students.yaml', 'utf8'), 'students.yaml');
  assert.is(config.business.target_precision, 0.8);
  assert.equal(Object.keys(config.features.derived), [
    'engagement_score',
    'exam_success_rate',
    'learning_consistency',
  ]);
  assert.is(config.features.parameters.epsilon, 1e-6);
  assert.is(config.rules[0]!.field, 'practice_exams_passed');
});

test('the section of the monitor has its options by their names, ranges and defaults', () => {
  const { config } = parseConfig(
    'monitoring: { window_rows: 500, window_hours: 168, ignored_fields: [day] }',
    'my.yaml',
  );
  assert.equal(monitorOptions(config.monitoring), {
    ...DEFAULT_MONITOR_OPTIONS,
    windowRows: 500,
    windowHours: 168,
    ignoredFields: ['day'],
  });
  assert.match(errorOf('monitoring: { window_row: 5 }'), /did you mean "window_rows"/);
  assert.match(errorOf('monitoring: { false_alarm_rate: 2 }'), /in \[0, 1\], got 2/);
  assert.match(
    errorOf('monitoring: { ignored_fields: [1] }'),
    /"monitoring.ignored_fields" expected texts, got 1/,
  );
  // the configuration of an earlier run knows less
  assert.equal(monitorOptions({ drift_min_samples: 70 }), { driftMinSamples: 70 });
});

test('an empty file is the defaults', () => {
  assert.equal(parseConfig('', 'empty.yaml').config, DEFAULT_CONFIG);
});

test('errors name file, line and column, what was seen and what was expected', () => {
  assert.is(errorOf('seed: 1\nbusines:\n  target_precision: 1\n').startsWith('my.yaml:'), true);
  assert.match(errorOf('busines: {}'), /unknown key "busines"; did you mean "business"\?/);
  assert.match(
    errorOf('seed: 1\nbusiness:\n  target_precision: 2\n'),
    /^my\.yaml:3:21: .*\[0\.000001, 1\], got 2/,
  );
  assert.match(errorOf('training:\n  folds: 2.5\n'), /^my\.yaml:2:10: .*an integer/);
  assert.match(errorOf('training:\n  candidates: { xgb: {} }\n'), /unknown candidate "xgb"/);
  assert.match(
    errorOf('features:\n  derived:\n    a: 3\n'),
    /"features.derived.a" expected a string, got 3/,
  );
  assert.match(errorOf('rules:\n  - field: a\n'), /"require" is missing/);
  assert.match(errorOf('a: [1'), /^my\.yaml:1:.*not YAML/);
  assert.match(errorOf('quantization:\n  leaf_bits: 12\n'), /^my\.yaml:2:14: .*8 or 16, got 12/);
  assert.match(errorOf('- 1'), /expected sections/);
  assert.match(
    errorOf('business:\n  threshold_policy: best\n'),
    /^my\.yaml:2:21: .*targetPrecision or targetRecall or .*got "best"/,
  );
  assert.match(
    errorOf('business:\n  costs: { false_positiv: 2 }\n'),
    /did you mean "false_positive"/,
  );
  assert.match(
    errorOf('training:\n  calibrators: [beta, platt]\n'),
    /^my\.yaml:2:16: .*none, temperature, sigmoid, beta, isotonic, got "platt"/,
  );
  assert.match(errorOf('training:\n  calibrators: []\n'), /one or more of .*got none of them/);
});

test('every threshold policy can be configured', () => {
  const goalOf = (business: string) =>
    thresholdGoal(parseConfig(`business: ${business}`, 'my.yaml').config);
  assert.equal(goalOf('{}'), { policy: 'targetPrecision', target: 0.8 });
  assert.equal(goalOf('{ target_precision: 0.7 }'), { policy: 'targetPrecision', target: 0.7 });
  assert.equal(goalOf('{ threshold_policy: targetRecall, target_recall: 0.6 }'), {
    policy: 'targetRecall',
    target: 0.6,
  });
  assert.equal(goalOf('{ threshold_policy: maxF1 }'), { policy: 'maxF1' });
  assert.equal(goalOf('{ threshold_policy: fixed, fixed_threshold: 0.3 }'), {
    policy: 'fixed',
    value: 0.3,
  });
  assert.equal(goalOf('{ threshold_policy: costMatrix, costs: { false_negative: 5 } }'), {
    policy: 'costMatrix',
    costs: { truePositive: 0, falsePositive: 1, falseNegative: 5, trueNegative: 0 },
  });
  assert.throws(
    () => goalOf('{ threshold_policy: costMatrix, costs: { false_negative: -5 } }'),
    /"costs" expected/,
  );
});

test('settings change single keys and leave the rest', () => {
  const source = withSettings(defaultConfig(), {
    seed: 3,
    'business.target_precision': 0.9,
    'training.candidates.gbdt': { numTrees: 5 },
    'features.parameters.epsilon': 0.5,
  });
  assert.is(source.config.seed, 3);
  assert.is(source.config.business.target_precision, 0.9);
  assert.equal(source.config.training.candidates.gbdt, { numTrees: 5 });
  assert.equal(Object.keys(source.config.training.candidates).length, 4);
  assert.equal(source.config.features.parameters, { epsilon: 0.5 });
  assert.is(DEFAULT_CONFIG.seed, 7);
  assert.throws(
    () => withSettings(defaultConfig(), { 'busines.x': 1 }),
    /--set busines\.x: unknown key/,
  );
  assert.throws(() => withSettings(defaultConfig(), { seed: 'x' }), /"seed" expected an integer/);
});

test.run();
