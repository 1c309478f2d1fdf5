import { ConfigError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import type { MetricTask } from '../evaluate/trainingMetric.js';
import { selectTraining } from './selectTraining.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/**
 * A random share of the rows, in their order. For the same random numbers a smaller share is part of a greater one. Of classes
 * each keeps its share, one row at least; of a ranking problem whole queries are taken.
 * @param share - in (0, 1]
 */
export function shareOfRows(
  data: TrainingMatrix,
  task: MetricTask,
  share: number,
  random: Random,
): TrainingMatrix {
  if (share === 1) return data;
  if (task === 'ranking') return shareOfQueries(data, share, random);
  const hasClasses = task === 'binary' || task === 'multiclass';
  const rowsOfClass = new Map<number, number[]>();
  for (let row = 0; row < data.rowCount; row++) {
    const code = hasClasses ? data.target[row]! : 0;
    const rows = rowsOfClass.get(code);
    if (rows) rows.push(row);
    else rowsOfClass.set(code, [row]);
  }
  const codes = [...rowsOfClass.keys()].sort((a, b) => a - b);
  const chosen = codes.flatMap((code) => {
    const rows = random.fork(`class ${code}`).shuffle(rowsOfClass.get(code)!);
    return rows.slice(0, Math.max(1, Math.round(share * rows.length)));
  });
  return selectTraining(data, Uint32Array.from(chosen).sort());
}

function shareOfQueries(data: TrainingMatrix, share: number, random: Random): TrainingMatrix {
  const sizes = data.group;
  if (!sizes) throw new ConfigError('ranking expected "group", the number of rows of each query');
  const queries = random.shuffle(Uint32Array.from({ length: sizes.length }, (_, query) => query));
  const chosen = queries.slice(0, Math.max(1, Math.round(share * queries.length))).sort();
  const firstRows = new Float64Array(sizes.length + 1);
  for (let query = 0; query < sizes.length; query++) {
    firstRows[query + 1] = firstRows[query]! + sizes[query]!;
  }
  const rows = [...chosen].flatMap((query) =>
    Array.from({ length: sizes[query]! }, (_, i) => firstRows[query]! + i),
  );
  return {
    ...selectTraining(data, Uint32Array.from(rows)),
    group: Array.from(chosen, (query) => sizes[query]!),
  };
}
