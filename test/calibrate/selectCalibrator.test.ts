import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { selectCalibrator } from '../../src/calibrate/selectCalibrator.js';
import { sigmoid } from '../../src/core/elementary.js';
import { createRandom } from '../../src/core/random.js';
import { logLoss } from '../../src/evaluate/logLoss.js';
import { CALIBRATOR_KINDS, type CalibratorKind, calibrate } from '../../src/model/calibrator.js';

/** Margins of a standard normal, with labels drawn from a given true probability. */
function draw(rowCount: number, seed: number, truth: (margin: number) => number) {
  const random = createRandom(seed);
  const margins = Float64Array.from({ length: rowCount }, () => 2 * random.normal());
  const labels = Uint8Array.from(margins, (margin) => (random.uniform() < truth(margin) ? 1 : 0));
  const folds = Uint8Array.from(margins, (_, row) => row % 5);
  return { margins, labels, folds, foldCount: 5, link: 'logit' as const };
}

test('margins that are right already stay as they are', () => {
  const { calibrator, scores } = selectCalibrator(draw(4000, 1, sigmoid));
  assert.is(calibrator.kind, 'none');
  assert.equal(Object.keys(scores), [...CALIBRATOR_KINDS]);
});

test('overconfident margins get a sigmoid', () => {
  const sample = draw(4000, 2, (margin) => sigmoid(0.4 * margin - 1));
  const { calibrator } = selectCalibrator(sample);
  assert.is(calibrator.kind, 'sigmoid');
  if (calibrator.kind !== 'sigmoid') return;
  assert.ok(Math.abs(calibrator.slope - 0.4) < 0.05 && Math.abs(calibrator.intercept + 1) < 0.1);
});

test('a curve that bends in one half gets a beta', () => {
  const truth = (margin: number): number => {
    const p = sigmoid(margin);
    return sigmoid(0.25 * Math.log(p) - 2.5 * Math.log(1 - p) - 1);
  };
  const { calibrator, scores } = selectCalibrator(draw(8000, 8, truth));
  assert.is(calibrator.kind, 'beta');
  assert.ok(scores.beta! < scores.isotonic! && scores.beta! < scores.sigmoid!);
});

test('margins that are only too bold need no more than a temperature', () => {
  const sample = draw(8000, 9, (margin) => sigmoid(margin / 3));
  const { scores } = selectCalibrator(sample);
  // what the others gain is noise
  assert.ok(scores.temperature! < Math.min(...Object.values(scores)) + 2e-4);
  assert.ok(scores.temperature! < scores.none! - 0.05);
  const { calibrator } = selectCalibrator({ ...sample, kinds: ['none', 'temperature'] });
  assert.is(calibrator.kind, 'temperature');
  if (calibrator.kind !== 'temperature') return;
  assert.ok(Math.abs(calibrator.temperature - 3) < 0.2, String(calibrator.temperature));
});

test('only the kinds that are named are candidates; none is the way out', () => {
  const sample = draw(4000, 2, (margin) => sigmoid(0.4 * margin - 1));
  for (const kind of CALIBRATOR_KINDS) {
    const { calibrator, scores } = selectCalibrator({ ...sample, kinds: [kind] });
    assert.is(calibrator.kind, kind);
    assert.equal(Object.keys(scores).sort(), [...new Set(['none', kind])].sort());
  }
  const reversed = draw(2000, 5, (margin) => sigmoid(-margin));
  const { calibrator } = selectCalibrator({ ...reversed, kinds: ['sigmoid', 'beta'] });
  assert.is(calibrator.kind, 'none');
  assert.throws(
    () => selectCalibrator({ ...sample, kinds: ['platt' as CalibratorKind] }),
    /"kinds" expected one of none, temperature, sigmoid, beta, isotonic, got "platt"/,
  );
});

test('a curve over shares that is too steep near 0 is not eligible', () => {
  const random = createRandom(10);
  const margins = Float64Array.from({ length: 6000 }, () => random.uniform() ** 6);
  // 0.08 at a share of 0, and 0.3 at a share of 0.001
  const labels = Uint8Array.from(margins, (p) => (random.uniform() < (p + 1e-3) ** 0.2 ? 1 : 0));
  const folds = Uint8Array.from(margins, (_, row) => row % 5);
  const input = { margins, labels, folds, foldCount: 5, link: 'identity' as const };
  const { calibrator, scores } = selectCalibrator({ ...input, kinds: ['beta'] });
  assert.ok(scores.beta! < scores.none!);
  assert.is(calibrator.kind, 'none');
});

test('a curve that is no sigmoid gets isotonic knots', () => {
  const truth = (margin: number): number => (margin < 0 ? 0.3 : 0.35 + 0.15 * Math.min(margin, 3));
  const sample = draw(8000, 3, truth);
  const { calibrator, scores } = selectCalibrator(sample);
  assert.is(calibrator.kind, 'isotonic');
  assert.ok(scores.isotonic! < scores.sigmoid! && scores.isotonic! < scores.none!);
});

test('the score of none is the log loss of the link, clipped at certainties', () => {
  const sample = draw(500, 4, sigmoid);
  const expected = logLoss(sample.labels, sample.margins.map(sigmoid));
  assert.is(selectCalibrator(sample).scores.none, expected);
  const identity = {
    ...sample,
    link: 'identity' as const,
    margins: sample.margins.map((margin) => Math.min(1, Math.max(0, sigmoid(2 * margin)))),
  };
  identity.margins[0] = sample.labels[0] === 1 ? 0 : 1;
  const { scores, calibrator } = selectCalibrator(identity);
  assert.ok(Number.isFinite(scores.none!));
  for (const margin of [0, 0.3, 1]) {
    const p = calibrate(calibrator, 'identity', margin);
    assert.ok(p >= 0 && p <= 1);
  }
});

test('margins that rank the wrong way round are not turned over', () => {
  const { calibrator } = selectCalibrator(draw(2000, 5, (margin) => sigmoid(-margin)));
  assert.is(calibrator.kind, 'isotonic');
});

test('each row is scored by a calibrator that did not see its fold', () => {
  // labels repeat within a fold but oppose the other folds: what is learned elsewhere is wrong here
  const sample = draw(1000, 6, sigmoid);
  sample.labels.forEach((_, row) => {
    sample.labels[row] = (sample.folds[row]! % 2) as 0 | 1;
  });
  const { scores } = selectCalibrator(sample);
  const rate = sample.labels.reduce((total, label) => total + label, 0) / 1000;
  const entropy = -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
  assert.ok(scores.sigmoid! > entropy && scores.isotonic! > entropy);
});

test('wrong input is named', () => {
  const sample = draw(10, 7, sigmoid);
  sample.margins[3] = NaN;
  assert.throws(() => selectCalibrator(sample), /row 3: expected a finite margin, got NaN/);
  assert.throws(
    () => selectCalibrator({ ...sample, labels: sample.labels.subarray(1) }),
    /10 margins, 9 labels and 10 folds/,
  );
});

test.run();
