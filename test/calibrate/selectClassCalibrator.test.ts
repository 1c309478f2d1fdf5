import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ClassCalibratorKind,
  selectClassCalibrator,
} from '../../src/calibrate/selectClassCalibrator.js';
import { createRandom } from '../../src/core/random.js';
import { multiclassLogLoss } from '../../src/evaluate/multiclassScores.js';
import type { Link } from '../../src/model/forest.js';
import { classProbabilities } from '../../src/model/multiclass.js';

/** Random margins, with classes drawn from them at a true temperature. */
function draw(rowCount: number, seed: number, link: Link, temperature: number) {
  const random = createRandom(seed);
  const outputCount = 3;
  const margins = Float64Array.from({ length: rowCount * outputCount }, () =>
    link === 'identity' ? random.uniform() : 2 * random.normal(),
  );
  const calibrator = { kind: 'temperature', temperature } as const;
  const truth = classProbabilities(link, margins, outputCount, calibrator);
  const labels = Uint8Array.from({ length: rowCount }, (_, row) => {
    const at = random.uniform();
    const [first, second] = truth.subarray(row * outputCount);
    return at < first! ? 0 : at < first! + second! ? 1 : 2;
  });
  const folds = Uint8Array.from(labels, (_, row) => row % 5);
  return { margins, labels, outputCount, folds, foldCount: 5, link };
}

for (const link of ['softmax', 'logit', 'identity'] as const) {
  test(`${link}: a wrong temperature is found`, () => {
    const { calibrator, scores } = selectClassCalibrator(draw(6000, 1, link, 2.5));
    assert.ok(calibrator.kind === 'temperature');
    assert.ok(Math.abs(calibrator.temperature / 2.5 - 1) < 0.15, String(calibrator.temperature));
    assert.ok(scores.temperature! < scores.none!);
  });
}

test('none scores as the link does, and stays where nothing else is a candidate', () => {
  const sample = draw(500, 3, 'softmax', 2);
  const { calibrator, scores } = selectClassCalibrator({ ...sample, kinds: ['none'] });
  const probabilities = classProbabilities('softmax', sample.margins, 3);
  assert.is(calibrator.kind, 'none');
  assert.equal(scores, { none: multiclassLogLoss({ ...sample, probabilities, classCount: 3 }) });
});

test('each row is scored at a temperature that did not see its fold', () => {
  // margins that are right in one fold and wrong in the others: each is judged by what the others say
  const sample = draw(1000, 4, 'softmax', 1);
  sample.labels.forEach((_, row) => {
    const ofRow = sample.margins.subarray(3 * row, 3 * row + 3);
    const best = ofRow.indexOf(Math.max(...ofRow));
    sample.labels[row] = sample.folds[row] === 0 ? best : (best + 1) % 3;
  });
  const { calibrator, scores } = selectClassCalibrator(sample);
  assert.ok(calibrator.kind === 'temperature' && calibrator.temperature > 5);
  assert.ok(scores.temperature! > 0.99 * Math.log(3));
});

test('a named temperature is taken, and wrong input is named', () => {
  const sample = draw(300, 5, 'softmax', 1);
  const named = selectClassCalibrator({ ...sample, kinds: ['temperature'] });
  assert.is(named.calibrator.kind, 'temperature');
  const kinds = ['beta' as ClassCalibratorKind];
  assert.throws(() => selectClassCalibrator({ ...sample, kinds }), /"kinds" expected one of none/);
  assert.throws(
    () => selectClassCalibrator({ ...sample, folds: sample.folds.subarray(1) }),
    /300 labels, but 299 folds/,
  );
});

test.run();
