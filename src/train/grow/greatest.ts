/** Index of the greatest value, the first of equals; 0 of none. Where only few are taken, cheaper each time than sorting all once. */
export function greatestOf(values: Float64Array): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[at]!) at = i;
  return at;
}
