import type { CategoryFeature, Feature } from '../model/feature.js';
import { UNSEEN } from '../model/feature.js';
import type { Field } from '../model/schema.js';
import { addExpression } from './expressionGraph.js';
import type { GraphBuilder, Value } from './graphBuilder.js';
import type { Attribute } from './proto.js';

/**
 * A categorical feature as a position in a closed list of codes, for table look-ups: any function of the code becomes one
 * Gather from a constant.
 */
export interface CodeDomain {
  /** a code that stands for each position: the levels, then unseen (-1) and missing (NaN) */
  codes: readonly number[];
  /** int64 `[N]`, each in `[0, codes.length)` */
  index: Value;
}

/** The features of a model as values of a graph: raw fields in, one value a feature out, each written once. */
export class FeatureValues {
  readonly #graph: GraphBuilder;
  readonly #features: readonly Feature[];
  /** the graph input of each schema field */
  readonly inputs: readonly Value[];
  readonly #numbers = new Map<number, Value>();
  readonly #domains = new Map<number, CodeDomain>();

  /** Declares a graph input `[N, 1]` for each field: float for numbers, string for categories ('' is missing). */
  constructor(graph: GraphBuilder, fields: readonly Field[], features: readonly Feature[]) {
    this.#graph = graph;
    this.#features = features;
    this.inputs = fields.map(({ name, type }) =>
      graph.addInput(name, type === 'number' ? 'float' : 'string', ['N', 1]),
    );
  }

  /** Whether a feature has category levels of its own. */
  isCategory(featureIndex: number): boolean {
    return this.#features[featureIndex]!.kind === 'category';
  }

  /** A feature as a float `[N, 1]`; of a category, its code. */
  number(featureIndex: number): Value {
    const known = this.#numbers.get(featureIndex);
    if (known !== undefined) return known;
    const value = this.#addNumber(this.#features[featureIndex]!);
    this.#numbers.set(featureIndex, value);
    return value;
  }

  /**
   * A feature as a position in a list of codes.
   * @param known - the codes to tell apart, ascending, when the feature is a number that holds codes (as importers make
   * them); of a feature, the same at every call.
   */
  domain(featureIndex: number, known: readonly number[]): CodeDomain {
    const made = this.#domains.get(featureIndex);
    if (made !== undefined) return made;
    const feature = this.#features[featureIndex]!;
    const domain =
      feature.kind === 'category'
        ? this.#levelDomain(feature)
        : this.#numberDomain(this.number(featureIndex), known);
    this.#domains.set(featureIndex, domain);
    return domain;
  }

  #addNumber(feature: Feature): Value {
    if (feature.kind === 'field') return this.inputs[feature.field]!;
    if (feature.kind === 'derived')
      return addExpression(this.#graph, feature.expression, this.inputs);
    const { keys, codes } = levelKeys(feature, NaN);
    return this.#graph.addNode('LabelEncoder', [this.inputs[feature.field]!], {
      keys_strings: { kind: 'strings', value: keys },
      values_floats: { kind: 'floats', value: codes },
      default_float: { kind: 'float', value: UNSEEN },
    });
  }

  #levelDomain(feature: CategoryFeature): CodeDomain {
    const count = feature.levels.length;
    const { keys, codes } = levelKeys(feature, count + 1);
    const column = this.#graph.addNode('LabelEncoder', [this.inputs[feature.field]!], {
      keys_strings: { kind: 'strings', value: keys },
      values_int64s: { kind: 'ints', value: codes },
      default_int64: { kind: 'int', value: count },
    });
    return { codes: [...feature.levels.keys(), UNSEEN, NaN], index: this.#squeeze(column) };
  }

  /** The known codes, then any other number, a negative one, and NaN. */
  #numberDomain(value: Value, known: readonly number[]): CodeDomain {
    const graph = this.#graph;
    const count = known.length;
    const attributes: Record<string, Attribute> = {
      keys_floats: { kind: 'floats', value: known },
      values_int64s: { kind: 'ints', value: known.map((_, at) => at) },
      default_int64: { kind: 'int', value: count },
    };
    const position = (at: number): Value => graph.scalar('int64', at);
    const found = graph.addNode('LabelEncoder', [value], attributes);
    const negative = graph.addNode('Less', [value, graph.scalar('float', 0)]);
    const seen = graph.addNode('Where', [negative, position(count + 1), found]);
    const missing = graph.addNode('IsNaN', [value]);
    const all = graph.addNode('Where', [missing, position(count + 2), seen]);
    const other = (known.at(-1) ?? -1) + 1;
    return { codes: [...known, other, UNSEEN, NaN], index: this.#squeeze(all) };
  }

  #squeeze(column: Value): Value {
    const axes = this.#graph.addInitializer({ type: 'int64', dims: [1], values: [1] });
    return this.#graph.addNode('Squeeze', [column, axes]);
  }
}

/** The strings a category knows and what they are mapped to; the empty string is missing, even where a level is called so. */
function levelKeys(
  { levels }: CategoryFeature,
  missing: number,
): { keys: string[]; codes: number[] } {
  const keys: string[] = [];
  const codes: number[] = [];
  levels.forEach((level, code) => {
    if (level === '') return;
    keys.push(level);
    codes.push(code);
  });
  keys.push('');
  codes.push(missing);
  return { keys, codes };
}
