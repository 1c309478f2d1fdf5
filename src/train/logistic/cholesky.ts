/**
 * Cholesky factor of the upper triangle plus a ridge: strictly below the diagonal into the lower triangle, the diagonal
 * beside it. Row by row, so that the inner product runs over contiguous memory.
 * @returns false when the matrix is not positive definite.
 */
export function factorise(
  square: Float64Array,
  diagonal: Float64Array,
  size: number,
  ridge: number,
): boolean {
  for (let i = 0; i < size; i++) {
    const rowI = i * size;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * size;
      let rest = square[rowJ + i]!;
      for (let k = 0; k < j; k++) rest -= square[rowI + k]! * square[rowJ + k]!;
      if (j < i) square[rowI + j] = rest / diagonal[j]!;
      else {
        const pivot = rest + ridge;
        // what is left of a redundant column is rounding
        if (!(pivot > 1e-14 * square[rowI + i]!)) return false;
        diagonal[i] = Math.sqrt(pivot);
      }
    }
  }
  return true;
}

/** Solves in place with a factor of {@link factorise}, forward then back. */
export function solve(
  square: Float64Array,
  diagonal: Float64Array,
  size: number,
  x: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    let rest = x[i]!;
    for (let k = 0; k < i; k++) rest -= square[i * size + k]! * x[k]!;
    x[i] = rest / diagonal[i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = x[i]! / diagonal[i]!;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k]! -= square[i * size + k]! * value;
  }
}
