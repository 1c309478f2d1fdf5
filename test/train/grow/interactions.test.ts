import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../src/core/errors.js';
import { canonicalJson } from '../../../src/core/json.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import type { GbdtOptions } from '../../../src/train/gbdtOptions.js';
import { fitForest } from '../../../src/train/randomForest.js';
import { growth, PROBLEM_FEATURES, pathsOf, problems } from '../arbitraryProblem.js';
import { syntheticMatrix } from '../syntheticMatrix.js';

const groups = fc.array(
  fc.uniqueArray(fc.nat(PROBLEM_FEATURES - 1), { minLength: 1, maxLength: 4 }),
  { minLength: 1, maxLength: 4 },
);

function assertWithin(paths: readonly Set<number>[], interactions: readonly number[][]): void {
  for (const path of paths) {
    const allowed =
      path.size <= 1 ||
      interactions.some((group) => [...path].every((feature) => group.includes(feature)));
    assert.ok(allowed, `path of features ${[...path]}`);
  }
}

test('interactions: the features of every path belong to one group', () => {
  fc.assert(
    fc.property(problems, growth, groups, (data, options, interactions) => {
      const forest = fitGbdt(data, { ...options, interactions });
      assertWithin(pathsOf(forest), interactions);
    }),
    { numRuns: 120 },
  );
});

test('interactions: forests too, and the same bits from both kernels', () => {
  fc.assert(
    fc.property(problems, growth, groups, (data, options, interactions) => {
      const [simd, portable] = (['simd', 'javascript'] as const).map((kernel) =>
        canonicalJson(fitGbdt(data, { ...options, interactions, kernel })),
      );
      assert.is(simd, portable);
      const common = { growPolicy: options.growPolicy!, interactions, numTrees: 3 };
      assertWithin(pathsOf(fitForest(data, common)), interactions);
    }),
    { numRuns: 30 },
  );
});

test('interactions: one group of all features changes nothing, and every group is used', () => {
  const data = syntheticMatrix(800, 1);
  const options = { numTrees: 10, minDataPerGroup: 20 };
  const all = [[0, 1, 2, 3, 4, 5, 6, 7]];
  assert.is(
    canonicalJson(fitGbdt(data, { ...options, interactions: all })),
    canonicalJson(fitGbdt(data, options)),
  );
  const apart = { ...options, numTrees: 60 };
  const paths = pathsOf(fitGbdt(data, { ...apart, interactions: [[2, 3], ['f7']] }));
  const seen = new Set(paths.map((path) => [...path].sort().join()));
  for (const used of ['2,3', '7', '1']) assert.ok(seen.has(used), used);
});

test('interactions: features by name; bad ones are errors', () => {
  const data = { ...syntheticMatrix(300, 2), featureNames: [...'abcdefgh'] };
  assert.is(
    canonicalJson(
      fitGbdt(data, {
        numTrees: 3,
        interactions: [
          ['a', 'c'],
          [1, 'd'],
        ],
      }),
    ),
    canonicalJson(
      fitGbdt(data, {
        numTrees: 3,
        interactions: [
          [0, 2],
          [1, 3],
        ],
      }),
    ),
  );
  const fails = (interactions: unknown, message: RegExp): void => {
    assert.throws(
      () => fitGbdt(data, { interactions } as Partial<GbdtOptions>),
      (error: Error) => error instanceof ConfigError && message.test(error.message),
    );
  };
  fails([[0, 8]], /"interactions" expected an integer in \[0, 7\], got 8/);
  fails([[0.5]], /"interactions" expected an integer/);
  fails([['z']], /"interactions": there is no feature "z"/);
  fails([], /"interactions" expected a list of one or more groups/);
  fails([[0], []], /group 1 expected a list of one or more features/);
  fails([0, 1], /group 0 expected a list of one or more features, got 0/);
});

test.run();
