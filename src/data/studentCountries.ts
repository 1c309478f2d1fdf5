/**
 * Where the students of the built-in data come from. ISO 3166 codes, `NA` (Namibia) among them.
 *
 * The commonest: share of all students in per mille, share of them that purchase in per cent.
 */
const COMMON: readonly (readonly [code: string, perMille: number, purchasePercent: number])[] = [
  ['IN', 190, 4],
  ['US', 138, 22],
  ['EG', 82, 2],
  ['NG', 50, 4],
  ['GB', 46, 12],
  ['CA', 31, 18],
  ['DE', 27, 12],
  ['PK', 22, 3],
  ['SA', 18, 5],
  ['ID', 17, 5],
  ['MA', 14, 2],
  ['TR', 13, 6],
  ['FR', 13, 9],
  ['NL', 13, 14],
  ['AU', 12, 16],
  ['BR', 12, 11],
  ['KE', 11, 7],
  ['VN', 11, 6],
  ['PT', 11, 7],
  ['BD', 11, 2],
  ['ES', 11, 7],
  ['PH', 10, 7],
  ['IT', 10, 9],
  ['TN', 9, 2],
  ['ZA', 9, 7],
];

/** The others, from the commoner to the rare; their shares fall off exponentially. */
const RARE =
  'AE SG MX IQ DZ AZ PL BG MY CO SE GH IE AR NP LK BE TH JO PE RU HK ET CH JP NZ UZ IL NO RO KR GR CN SD LB ZW CL UA TW ' +
  'DK AT PS FI RS KW UG CZ QA HU GE OM DO KH KZ BY CI SO CM EC MM LY YE CY TZ MD GT LT JM AM MK AL SN EE CR PA TG ZM MU ' +
  'NA LU RW VE AO SL BH HR PR SV SK HT GM LR MZ SI BO UY BW CD NI PY BF BA SZ MN MT BS HN BJ MG KG LV BT NE MW VC LS DJ ' +
  'GA BB GN MR BZ MV TJ ML FJ IS LA JE MO BM ME TT XK KM VU DM PG TD BI RE SR AG GD AW GU CG';
const RARE_FIRST_PER_MILLE = 7.2;
const RARE_DECAY = 0.969;
const RARE_PURCHASE_PERCENT = 8;
/** Rare countries of which students purchase as often as those of the United States, or nearly. */
const RARE_PURCHASING = 'AE SG MX SE TH HK JP IL CH NZ KR BE DK AT NO FI';
const RARE_PURCHASING_PERCENT = 14;

/** Country codes with, for each class (0: no purchase, 1: purchase), their cumulative share. */
export interface CountryShares {
  codes: string[];
  /** ascending, the last is 1; by class */
  cumulative: [Float64Array, Float64Array];
}

/** The shares of the countries among those who purchase and those who do not. */
export function countryShares(): CountryShares {
  const countries = [...COMMON];
  let perMille = RARE_FIRST_PER_MILLE;
  const purchasing = new Set(RARE_PURCHASING.split(' '));
  for (const code of RARE.split(' ')) {
    const percent = purchasing.has(code) ? RARE_PURCHASING_PERCENT : RARE_PURCHASE_PERCENT;
    countries.push([code, perMille, percent]);
    perMille *= RARE_DECAY;
  }
  return {
    codes: countries.map(([code]) => code),
    cumulative: [
      cumulate(countries.map(([, share, percent]) => share * (100 - percent))),
      cumulate(countries.map(([, share, percent]) => share * percent)),
    ],
  };
}

/** Draws a country index by its cumulative shares. O(log countries). */
export function drawCountry(cumulative: Float64Array, uniform: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (uniform < cumulative[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function cumulate(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sums[i] = sum += weights[i]!;
  return sums.map((value) => value / sum);
}
