import type { RowRecord } from '../../score/scorer.js';
import { jsonText } from '../http/answers.js';
import { Refusal } from '../http/refusal.js';
import { checkJson, parseJson } from '../http/requestBody.js';
import type { Route } from '../http/router.js';
import type { ServedModel } from '../model/servedModel.js';
import { acceptRows } from '../rows/acceptRows.js';
import { rowOfBody } from '../rows/batch.js';
import type { Serving } from '../serving.js';

/** `POST /predict`: the prediction of one record; `?explain=1` adds the reasons. */
export function addPredict({ router, limits, current, metrics, predictRow }: Serving): Route {
  const options = { access: 'model', maxBytes: limits.maxRecordBytes } as const;
  return router.post('/predict', options, async (exchange, body) => {
    checkJson(exchange);
    const value = parseJson(await exchange.text(body));
    const model = current();
    const { records, ids } = acceptRows(rowOfBody(value), model, limits.maxProblems);
    const reasons = wantsReasons(exchange.url) ? reasonsMember(model, records[0]!) : '';
    const { predicted, row } = predictRow(model, records[0]!, ids?.[0]);
    const { predictions, ids: given } = await predicted;
    metrics.predictions.value++;
    const members = model.answers.members(predictions, row);
    const id = given[row];
    return jsonText(`{${members},"prediction_id":"${id}"${model.hashMember}${reasons}}`);
  });
}

/** @throws {Refusal} 422 on another value than 0 or 1. */
function wantsReasons(url: string): boolean {
  // most requests have no query
  const query = url.indexOf('?');
  if (query < 0) return false;
  const value = new URLSearchParams(url.slice(query)).get('explain');
  if (value === null || value === '0') return false;
  if (value === '1') return true;
  throw new Refusal(422, [
    { loc: ['query', 'explain'], msg: 'expected 0 or 1', type: 'value_error' },
  ]);
}

function reasonsMember({ explain }: ServedModel, record: RowRecord): string {
  if (!explain)
    throw new Refusal(
      501,
      'this server has no explanations: it was started without the float model',
    );
  return `,"explanation":${JSON.stringify(explain(record))}`;
}
