import { formatCsvRow } from '../../data/formatCsvRow.js';
import { jsonText, textAnswer } from '../http/answers.js';
import type { Answer } from '../http/exchange.js';
import { Refusal } from '../http/refusal.js';
import { isJson, parseJson } from '../http/requestBody.js';
import type { ServeLimits } from '../limits.js';
import type { Predicted } from '../model/ledger.js';
import type { ServedModel } from '../model/servedModel.js';
import { acceptRows } from '../rows/acceptRows.js';
import { type Batch, rowsOfJson, rowsOfLines } from '../rows/batch.js';
import { rowsOfCsv } from '../rows/csvRows.js';
import type { Serving } from '../serving.js';

/** How the rows of a body are read, and their predictions answered in kind. */
export interface BatchFormat {
  read(text: string, model: ServedModel, limits: ServeLimits): Batch;
  answer(model: ServedModel, predicted: Predicted): Answer;
}

export const JSON_FORMAT: BatchFormat = {
  read: (text, _, { maxBatchRows }) => rowsOfJson(parseJson(text), maxBatchRows),
  answer(model, predicted) {
    const predictions = objects(model, predicted).join(',');
    const count = predicted.ids.length;
    return jsonText(`{"count":${count}${model.hashMember},"predictions":[${predictions}]}`);
  },
};

const LINES_FORMAT: BatchFormat = {
  read: (text, _, { maxBatchRows }) => rowsOfLines(text, maxBatchRows),
  answer(model, predicted) {
    const lines = objects(model, predicted).map((object) => `${object}\n`);
    return textAnswer(lines.join(''), 'application/x-ndjson', hashHeader(model));
  },
};

const CSV_FORMAT: BatchFormat = {
  read: (text, { scorer }, { maxBatchRows, maxProblems }) =>
    rowsOfCsv(text, scorer.schema.fields, maxBatchRows, maxProblems),
  answer(model, { predictions, ids }) {
    let text = formatCsvRow([...model.answers.columns, 'prediction_id']);
    for (const [row, id] of ids.entries()) {
      text += formatCsvRow([...model.answers.cells(predictions, row), id]);
    }
    return textAnswer(text, 'text/csv; charset=utf-8', hashHeader(model));
  },
};

const LINES_TYPE = /^\s*application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\s*(;|$)/i;
const CSV_TYPE = /^\s*text\/csv\s*(;|$)/i;

/** `POST /batch_predict`: the predictions of many rows, in order, in the format of the body. */
export function addBatchPredict({ router, limits, current, metrics }: Serving): void {
  const options = { access: 'model', maxBytes: limits.maxBodyBytes } as const;
  router.post('/batch_predict', options, async (exchange, body) => {
    const format = formatOf(exchange.header('content-type') ?? '');
    const text = await exchange.text(body);
    const model = current();
    const { records, ids } = acceptRows(
      format.read(text, model, limits),
      model,
      limits.maxProblems,
    );
    const predicted = await model.predict(records, ids);
    metrics.predictions.value += records.length;
    metrics.batchRows.observe(records.length);
    return format.answer(model, predicted);
  });
}

function formatOf(contentType: string): BatchFormat {
  if (isJson(contentType)) return JSON_FORMAT;
  if (LINES_TYPE.test(contentType)) return LINES_FORMAT;
  if (CSV_TYPE.test(contentType)) return CSV_FORMAT;
  const expected = 'application/json, application/x-ndjson or text/csv';
  throw new Refusal(415, `expected the content type ${expected}`);
}

function objects({ answers }: ServedModel, { predictions, ids }: Predicted): string[] {
  return ids.map((id, row) => `{${answers.members(predictions, row)},"prediction_id":"${id}"}`);
}

function hashHeader({ info }: ServedModel): Record<string, string> {
  return info.sha256 === undefined ? {} : { 'X-Model-SHA256': info.sha256 };
}
