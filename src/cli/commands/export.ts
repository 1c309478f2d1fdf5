import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { FILES } from '../../lifecycle/index.js';
import { parseReference } from '../../monitor/index.js';
import { readRunFile, readRunModel, writeFileAtomic } from '../../node/index.js';
import { exportOnnx, exportQuantizedOnnx } from '../../onnx/index.js';
import { encodeBlob, quantizeModel } from '../../quantize/index.js';
import { createCommand } from '../options.js';
import { type CommonOptions, grouped, printResult } from '../output.js';

interface ExportOptions extends CommonOptions {
  format: string[];
  leafBits: string;
  out: string;
}

const FORMATS = ['blob', 'onnx', 'quantized-onnx'];

/** `coppice export DIR`: the deployed forms again, from `model.json`. */
export function exportCommand(): Command {
  return createCommand(
    'export',
    'Write the deployed forms of a model from its model.json, for example with 16-bit leaves.',
    'coppice export model --out dist --format onnx\ncoppice export model --out dist --format blob --leaf-bits 16',
  )
    .argument('<dir>', 'folder of a run')
    .requiredOption('--out <dir>', 'folder to write into')
    .option('--format <names...>', `forms: ${FORMATS.join(', ')}`, FORMATS)
    .addOption(new Option('--leaf-bits <bits>', 'bits of a leaf').choices(['8', '16']).default('8'))
    .action(async (directory: string, options: ExportOptions) => {
      const unknown = options.format.find((format) => !FORMATS.includes(format));
      if (unknown)
        throw new ConfigError(`--format expected ${FORMATS.join(', ')}, got "${unknown}"`);
      const model = await readRunModel(directory);
      const quantized = quantizeModel(model, { leafBits: options.leafBits === '16' ? 16 : 8 });
      const baseline = await readRunFile(directory, FILES.driftBaseline);
      const drift = parseReference(JSON.parse(new TextDecoder().decode(baseline)));
      const makers: Record<string, [string, () => Uint8Array]> = {
        blob: [FILES.blob, () => encodeBlob(quantized, { drift })],
        onnx: [FILES.onnx, () => exportOnnx(model)],
        'quantized-onnx': [FILES.quantizedOnnx, () => exportQuantizedOnnx(quantized)],
      };
      const written: { file: string; bytes: number }[] = [];
      for (const format of options.format) {
        const [name, make] = makers[format]!;
        const content = make();
        const file = join(options.out, name);
        await writeFileAtomic(file, content);
        written.push({ file, bytes: content.length });
      }
      const text = written.map(({ file, bytes }) => `${file}  ${grouped(bytes)} bytes`).join('\n');
      printResult(options, { written }, text);
    });
}
