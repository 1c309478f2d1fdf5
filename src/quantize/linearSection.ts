import { FormatError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type {
  QuantizedCategorical,
  QuantizedLinear,
  QuantizedNumeric,
} from '../model/quantized.js';
import { asElements, asFinite, asInteger, asList, asMap, asNumber, asOneOf } from './checked.js';
import { MAX_FEATURES } from './limits.js';
import type { Packed } from './messagePack.js';

/** The linear section: the fields of {@link QuantizedLinear}, by name. */
export function packLinear({ kind: _kind, ...fields }: QuantizedLinear): object {
  return fields;
}

/** @throws {FormatError} saying what was seen and what was expected. */
export function unpackLinear(content: Packed, features: readonly Feature[]): QuantizedLinear {
  const map = asMap(content, 'linear');
  return {
    kind: 'linear',
    link: asOneOf(map.get('link'), 'linear.link', ['logit']),
    intercept: asFinite(map.get('intercept'), 'linear.intercept'),
    scale: asFinite(map.get('scale'), 'linear.scale', 0),
    numeric: asList(map.get('numeric'), 'linear.numeric', 0, MAX_FEATURES).map((entry, index) =>
      unpackNumeric(entry, `linear.numeric[${index}]`, features),
    ),
    categorical: asList(map.get('categorical'), 'linear.categorical', 0, MAX_FEATURES).map(
      (entry, index) => unpackCategorical(entry, `linear.categorical[${index}]`, features),
    ),
  };
}

function unpackNumeric(
  entry: Packed,
  path: string,
  features: readonly Feature[],
): QuantizedNumeric {
  const map = asMap(entry, path);
  const lower = asNumber(map.get('lower'), `${path}.lower`);
  const upper = asNumber(map.get('upper'), `${path}.upper`);
  if (lower > upper) throw new FormatError(`${path}: lower ${lower} is above upper ${upper}`);
  return {
    featureIndex: asInteger(
      map.get('featureIndex'),
      `${path}.featureIndex`,
      0,
      features.length - 1,
    ),
    fill: asFinite(map.get('fill'), `${path}.fill`),
    lower,
    upper,
    center: asFinite(map.get('center'), `${path}.center`),
    inverseStep: asFinite(map.get('inverseStep'), `${path}.inverseStep`, Number.MIN_VALUE),
    weight: asInteger(map.get('weight'), `${path}.weight`, -127, 127),
  };
}

function unpackCategorical(
  entry: Packed,
  path: string,
  features: readonly Feature[],
): QuantizedCategorical {
  const map = asMap(entry, path);
  const featureIndex = asInteger(
    map.get('featureIndex'),
    `${path}.featureIndex`,
    0,
    features.length - 1,
  );
  const feature = features[featureIndex]!;
  const values = asElements(map.get('values'), `${path}.values`, Int16Array);
  if (feature.kind !== 'category' || feature.levels.length !== values.length) {
    throw new FormatError(
      `${path}.values: ${values.length} values do not fit the levels of "${feature.name}"`,
    );
  }
  return {
    featureIndex,
    values,
    fill: asInteger(map.get('fill'), `${path}.fill`, -1, values.length - 1),
    weight: asInteger(map.get('weight'), `${path}.weight`, -127, 127),
  };
}
