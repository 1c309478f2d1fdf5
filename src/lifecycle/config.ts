import { isMap, LineCounter, parseDocument } from 'yaml';
import { nearest, show } from '../core/check.js';
import { ConfigError, formatLocation } from '../core/errors.js';
import { CALIBRATOR_KINDS, type CalibratorKind } from '../model/calibrator.js';
import { THRESHOLD_POLICIES, type ThresholdPolicy } from '../model/threshold.js';
import { CANDIDATE_NAMES, type CandidateName } from './candidates.js';
import {
  DEFAULT_MONITORING,
  MONITORING_RANGES,
  type MonitoringConfig,
} from './monitoringConfig.js';

/** A condition on the raw inputs, as written in the configuration. */
export interface RuleConfig {
  field: string;
  require: string;
  message: string;
}

/** Everything a run depends on besides the data. Written into `lineage.json`. */
export interface Config {
  /** names the run's folder */
  name: string;
  seed: number;
  data: {
    /** an entry of `config/datasets.yaml`; used when no `--data` is given */
    dataset: string;
    /** share of the rows held out for the test metrics, in (0, 1) */
    test_fraction: number;
    /** which rows are held out: some at random, or the last ones, for rows in the order of time */
    hold_out: 'random' | 'last';
    /** cells that mean missing, exactly as written */
    missing_tokens: string[];
  };
  features: {
    parameters: Record<string, number>;
    /** name → expression over the numeric fields, the parameters and earlier derived features */
    derived: Record<string, string>;
  };
  rules: RuleConfig[];
  training: {
    folds: number;
    /** learner → its options; the order breaks ties */
    candidates: Partial<Record<CandidateName, Record<string, unknown>>>;
    /** kinds of calibration to choose from; a single one is taken whenever it is eligible */
    calibrators: CalibratorKind[];
  };
  business: {
    /** how the decision threshold is chosen on the out-of-fold predictions; one of the keys below belongs to each */
    threshold_policy: ThresholdPolicy;
    /** of targetPrecision: precision that the threshold must reach, in (0, 1] */
    target_precision: number;
    /** of targetRecall: recall that the threshold must reach, in (0, 1] */
    target_recall: number;
    /** of fixed: the threshold, in [0, 1] */
    fixed_threshold: number;
    /** of costMatrix: what a row costs, by its true class and its label; a gain is a negative cost */
    costs: {
      true_positive: number;
      false_positive: number;
      false_negative: number;
      true_negative: number;
    };
  };
  evaluation: {
    bootstrap_resamples: number;
    /** of the intervals, in (0, 1) */
    confidence: number;
  };
  quantization: {
    leaf_bits: number;
    /** greatest |Δp| between the blob and the float64 reference */
    parity_abs_tolerance: number;
    /** mean |Δp| between the blob and the float64 reference */
    parity_mean_tolerance: number;
    /** greatest |Δp| between ONNX and the float64 reference */
    onnx_abs_tolerance: number;
    adversarial_rows: number;
  };
  benchmark: {
    rounds: number;
    batch_rows: number;
  };
  /** docs/monitoring.md */
  monitoring: MonitoringConfig;
  serving: {
    /** `purchase` gives `predicted_purchase_probability`; the target's name when empty */
    prediction_name: string;
  };
}

export const DEFAULT_CONFIG: Readonly<Config> = Object.freeze<Config>({
  name: '',
  seed: 7,
  data: { dataset: '', test_fraction: 0.25, hold_out: 'random', missing_tokens: [''] },
  features: { parameters: {}, derived: {} },
  rules: [],
  training: {
    folds: 5,
    candidates: { logistic: {}, tree: {}, forest: {}, gbdt: {} },
    calibrators: [...CALIBRATOR_KINDS],
  },
  business: {
    threshold_policy: 'targetPrecision',
    target_precision: 0.8,
    target_recall: 0.8,
    fixed_threshold: 0.5,
    costs: { true_positive: 0, false_positive: 1, false_negative: 1, true_negative: 0 },
  },
  evaluation: { bootstrap_resamples: 500, confidence: 0.95 },
  quantization: {
    leaf_bits: 8,
    parity_abs_tolerance: 0.04,
    parity_mean_tolerance: 0.01,
    onnx_abs_tolerance: 1e-5,
    adversarial_rows: 4000,
  },
  benchmark: { rounds: 30, batch_rows: 4096 },
  monitoring: DEFAULT_MONITORING,
  serving: { prediction_name: '' },
});

/** Sections whose keys are the user's own. */
const FREE_MAPS = ['features.parameters', 'features.derived', 'training.candidates'];

/** Ranges of the numbers: [minimum, maximum, integer?]. */
const RANGES: Record<string, readonly [number, number, boolean?]> = {
  seed: [-2147483648, 2147483647, true],
  'data.test_fraction': [0.01, 0.9],
  'training.folds': [2, 20, true],
  'business.target_precision': [1e-6, 1],
  'business.target_recall': [1e-6, 1],
  'business.fixed_threshold': [0, 1],
  'business.costs.true_positive': [-1e12, 1e12],
  'business.costs.false_positive': [-1e12, 1e12],
  'business.costs.false_negative': [-1e12, 1e12],
  'business.costs.true_negative': [-1e12, 1e12],
  'evaluation.bootstrap_resamples': [0, 100_000, true],
  'evaluation.confidence': [0.5, 0.999],
  'quantization.parity_abs_tolerance': [0, 1],
  'quantization.parity_mean_tolerance': [0, 1],
  'quantization.onnx_abs_tolerance': [0, 1],
  'quantization.adversarial_rows': [0, 1_000_000, true],
  'benchmark.rounds': [0, 10_000, true],
  'benchmark.batch_rows': [1, 1_000_000, true],
  ...MONITORING_RANGES,
};

/** Values out of a short list. */
const CHOICES: Record<string, readonly unknown[]> = {
  'data.hold_out': ['random', 'last'],
  'quantization.leaf_bits': [8, 16],
  'business.threshold_policy': THRESHOLD_POLICIES,
};

type Where = ConfigSource['locate'];

/** A configuration and where each part of it stands. */
export interface ConfigSource {
  config: Config;
  /** `file:line:column` of a key, for error messages */
  locate: (path: readonly (string | number)[]) => string;
  /** candidates that were named, and do not merely stand in the default list */
  askedCandidates: readonly string[];
}

/** The defaults, for runs without a configuration file. */
export function defaultConfig(): ConfigSource {
  const config = structuredClone(DEFAULT_CONFIG);
  return { config, locate: (path) => path.join('.'), askedCandidates: [] };
}

/**
 * Reads a configuration in YAML and lays it over {@link DEFAULT_CONFIG}.
 * @param file - name for error messages.
 * @throws {ConfigError} with `file:line:column` on unknown keys, wrong types, values out of range or bad YAML.
 */
export function parseConfig(text: string, file: string): ConfigSource {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (offset: number | undefined): string => {
    if (offset === undefined) return file;
    const { line, col } = lineCounter.linePos(offset);
    return formatLocation({ file, line, column: col });
  };
  const problem = document.errors[0];
  if (problem) throw new ConfigError(`${place(problem.pos[0])}: not YAML: ${problem.message}`);

  const locate: Where = (path) => {
    const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
    return place(node?.range?.[0]);
  };
  if (document.contents !== null && !isMap(document.contents)) {
    throw new ConfigError(
      `${locate([])}: expected sections such as "training:", got ${show(document.toJS())}`,
    );
  }
  const config = merge(DEFAULT_CONFIG, document.toJS() ?? {}, [], locate) as Config;
  checkTexts('data.missing_tokens', config.data.missing_tokens, locate);
  checkTexts('monitoring.ignored_fields', config.monitoring.ignored_fields, locate);
  checkRules(config.rules, locate);
  checkCandidates(config.training.candidates, locate);
  checkCalibrators(config.training.calibrators, locate);
  const asksCandidates = document.hasIn(['training', 'candidates']);
  const askedCandidates = asksCandidates ? Object.keys(config.training.candidates) : [];
  return { config, locate, askedCandidates };
}

/**
 * Changes settings of a configuration: `{ 'business.target_precision': 0.9 }`.
 * @throws {ConfigError} on unknown keys and wrong values.
 */
export function withSettings(
  source: ConfigSource,
  settings: Readonly<Record<string, unknown>>,
): ConfigSource {
  let { config } = source;
  const asked = new Set(source.askedCandidates);
  for (const [path, value] of Object.entries(settings)) {
    const keys = path.split('.');
    const freeMap = FREE_MAPS.find((name) => path.startsWith(`${name}.`));
    const depth = freeMap ? freeMap.split('.').length : keys.length - 1;
    // below a free map the rest is the user's own name, extended and not replaced
    const given = keys.reduceRight<unknown>((inner, key, index) => {
      if (freeMap && index === depth) {
        const section = keys
          .slice(0, depth)
          .reduce<object>((at, name) => at[name as never], config);
        return { ...section, [key]: inner };
      }
      return { [key]: inner };
    }, value);
    config = merge(config, given as object, [], () => `--set ${path}`) as Config;
    if (path === 'training.candidates') {
      for (const name of Object.keys(config.training.candidates)) asked.add(name);
    } else if (path.startsWith('training.candidates.')) asked.add(keys[2]!);
  }
  return { ...source, config, askedCandidates: [...asked] };
}

function merge(defaults: object, given: object, path: string[], where: Where): object {
  const known = Object.keys(defaults);
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const keyPath = [...path, key];
    if (!known.includes(key)) {
      const near = nearest(key, known);
      throw new ConfigError(
        `${where(keyPath)}: unknown key "${keyPath.join('.')}"; ${near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`}`,
      );
    }
    if (value === null) continue;
    merged[key] = checkValue((defaults as Record<string, unknown>)[key], value, keyPath, where);
  }
  return merged;
}

function checkValue(fallback: unknown, value: unknown, path: string[], where: Where): unknown {
  const name = path.join('.');
  const fail = (expected: string): never => {
    throw new ConfigError(`${where(path)}: "${name}" expected ${expected}, got ${show(value)}`);
  };
  if (Array.isArray(fallback)) return Array.isArray(value) ? value : fail('a list, as [a, b]');
  if (typeof fallback === 'object' && fallback !== null) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail('a section');
    if (FREE_MAPS.includes(name)) return checkFreeMap(name, value, path, where);
    return merge(fallback, value, path, where);
  }
  const choices = CHOICES[name];
  if (choices) return choices.includes(value) ? value : fail(choices.join(' or '));
  if (typeof fallback === 'string') {
    return typeof value === 'string' ? value : fail('text');
  }
  const [minimum, maximum, integer] = RANGES[name]!;
  const inRange = typeof value === 'number' && value >= minimum && value <= maximum;
  if (inRange && (!integer || Number.isInteger(value))) return value;
  return fail(`${integer ? 'an integer' : 'a number'} in [${minimum}, ${maximum}]`);
}

function checkFreeMap(name: string, value: object, path: string[], where: Where): object {
  for (const [key, item] of Object.entries(value)) {
    const expected =
      name === 'features.parameters' ? 'number' : name === 'features.derived' ? 'string' : 'object';
    const right =
      expected === 'object' ? item === null || typeof item === 'object' : typeof item === expected;
    if (!right) {
      throw new ConfigError(
        `${where([...path, key])}: "${name}.${key}" expected ${expected === 'object' ? 'options' : `a ${expected}`}, got ${show(item)}`,
      );
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item ?? {}]));
}

function checkTexts(name: string, values: readonly unknown[], where: Where): void {
  const wrong = values.find((value) => typeof value !== 'string');
  if (wrong === undefined) return;
  throw new ConfigError(`${where(name.split('.'))}: "${name}" expected texts, got ${show(wrong)}`);
}

function checkRules(rules: readonly unknown[], where: Where): void {
  rules.forEach((rule, index) => {
    for (const key of ['field', 'require', 'message'] as const) {
      if (typeof (rule as RuleConfig | null)?.[key] === 'string') continue;
      throw new ConfigError(
        `${where(['rules', index])}: a rule expected the texts field, require and message; "${key}" is missing`,
      );
    }
  });
}

function checkCandidates(candidates: object, where: Where): void {
  const names = Object.keys(candidates);
  if (names.length === 0) {
    throw new ConfigError(`${where(['training', 'candidates'])}: expected at least one candidate`);
  }
  for (const name of names) {
    if ((CANDIDATE_NAMES as readonly string[]).includes(name)) continue;
    throw new ConfigError(
      `${where(['training', 'candidates', name])}: unknown candidate "${name}"; known: ${CANDIDATE_NAMES.join(', ')}`,
    );
  }
}

function checkCalibrators(kinds: readonly unknown[], where: Where): void {
  const wrong = kinds.find((kind) => !(CALIBRATOR_KINDS as readonly unknown[]).includes(kind));
  if (kinds.length > 0 && wrong === undefined) return;
  throw new ConfigError(
    `${where(['training', 'calibrators'])}: "training.calibrators" expected one or more of ` +
      `${CALIBRATOR_KINDS.join(', ')}, got ${kinds.length === 0 ? 'none of them' : show(wrong)}`,
  );
}
