import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FILES } from '../../lifecycle/index.js';
import { readRunFile } from '../../node/index.js';
import { decodeBlob, inspectBlob } from '../../quantize/index.js';
import { createCommand } from '../options.js';
import { type CommonOptions, formatTable, grouped, printResult } from '../output.js';

/** `coppice inspect DIR|BLOB`: what a model takes, what it is made of, and what its bytes hold. */
export function inspectCommand(): Command {
  return createCommand(
    'inspect',
    'Show what a model reads and predicts, and what its blob holds.',
    'coppice inspect artifacts/students-0123456789ab\ncoppice inspect model.coppice',
  )
    .argument('<path>', 'folder of a run, or a blob')
    .action(async (path: string, options: CommonOptions) => {
      const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
      const bytes = isFolder ? await readRunFile(path, FILES.blob) : await readRunFile('.', path);
      const model = decodeBlob(bytes);
      const { predictor, schema } = model;
      const threshold = model.task === 'binary' ? model.threshold : undefined;
      const about = {
        file: isFolder ? join(path, FILES.blob) : path,
        origin: model.origin,
        task: model.task,
        target: schema.target,
        fields: schema.fields,
        derived: model.features.flatMap((feature) =>
          feature.kind === 'derived' ? [{ name: feature.name, source: feature.source }] : [],
        ),
        predictor:
          predictor.kind === 'forest'
            ? {
                kind: 'forest',
                link: predictor.link,
                trees: predictor.roots.length,
                nodes: predictor.left.length,
                leaves: predictor.leafValue.length,
                leafBits: predictor.leafBits,
                byteColumns: predictor.columns.length,
              }
            : {
                kind: 'linear',
                inputs: predictor.sums[0]!.numeric.length + predictor.sums[0]!.categorical.length,
              },
        calibrator: model.calibrator.kind,
        threshold,
        marginBound: model.marginBound,
        measured: model.measured,
        blob: inspectBlob(bytes),
      };
      printResult(options, about, describe(about));
    });
}

function describeTarget(classes: readonly string[], threshold: number | undefined): string {
  if (classes.length === 0) return 'a number';
  if (threshold === undefined) return `one of ${classes.map((name) => `"${name}"`).join(', ')}`;
  return `"${classes[1]}" when the probability is >= ${threshold}, else "${classes[0]}"`;
}

function describe(
  about: Record<string, unknown> & { fields: { name: string; type: string }[] },
): string {
  const { target, threshold, blob, derived, predictor } = about as unknown as {
    target: { name: string; classes: string[] };
    threshold: { value: number } | undefined;
    blob: { byteLength: number; sections: { name: string; byteLength: number }[] };
    derived: { name: string; source: string }[];
    predictor: Record<string, unknown>;
  };
  return [
    `${about['file']}: ${about['origin']} model, ${grouped(blob.byteLength)} bytes`,
    `predicts ${target.name}: ${describeTarget(target.classes, threshold?.value)}`,
    Object.entries(predictor)
      .map(([key, value]) => `${key} ${value}`)
      .join(', '),
    `calibration ${about['calibrator']}; no input moves the margin by more than ${about['marginBound']}`,
    '',
    formatTable([['field', 'type'], ...about.fields.map(({ name, type }) => [name, type])]),
    ...(derived.length > 0
      ? [
          '',
          formatTable([
            ['derived feature', 'expression'],
            ...derived.map(({ name, source }) => [name, source.trim()]),
          ]),
        ]
      : []),
    '',
    formatTable([
      ['section of the blob', 'bytes'],
      ...blob.sections.map(({ name, byteLength }) => [name, grouped(byteLength)]),
    ]),
  ].join('\n');
}
