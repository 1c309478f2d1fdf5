/**
 * Stable partition of row numbers by the bin of one column: the left ones first, then the right ones.
 * @param bins - the column's bins, a byte a row
 * @param membership - per bin a byte: bit 0 goes left, bit 1 is the missing bin; then two uint32 at 256, the missing rows and those
 *   that go left (OUT)
 * @param indices - `count` row numbers, reordered in place
 * @param scratch - room for `count` row numbers
 * @returns how many go left
 */
export function partition(
  bins: usize,
  membership: usize,
  indices: usize,
  count: usize,
  scratch: usize,
): usize {
  const end = indices + (count << 2);
  let left = indices;
  let right = scratch;
  // of the left ones 1, of the missing ones 2
  let members: u32 = 0;
  // both sides are written, one pointer moves: no branch to predict
  for (let at = indices; at < end; ) {
    const row = load<u32>(at);
    const member = <u32>load<u8>(membership + load<u8>(bins + <usize>row));
    members += member;
    store<u32>(left, row);
    store<u32>(right, row);
    left += <usize>(member & 1) << 2;
    at += 4;
    right = scratch + (at - left);
  }
  memory.copy(left, scratch, right - scratch);
  const leftCount = (left - indices) >> 2;
  store<u32>(membership, (members - <u32>leftCount) >> 1, 256);
  store<u32>(membership, <u32>leftCount, 260);
  return leftCount;
}

/**
 * The first half of {@link partition} where threads divide parts of a leaf: nothing is put back, as a part does not know where it belongs.
 * @param membership - as for `partition`
 * @param scratch - the left ones from its beginning, the right ones from its end backwards (OUT)
 */
export function divide(
  bins: usize,
  membership: usize,
  indices: usize,
  count: usize,
  scratch: usize,
): void {
  let left = scratch;
  let right = scratch + (count << 2) - 4;
  let members: u32 = 0;
  // both ends are written, one pointer moves; what lies between them is free
  for (let end = indices + (count << 2); indices < end; indices += 4) {
    const row = load<u32>(indices);
    const member = <u32>load<u8>(membership + load<u8>(bins + <usize>row));
    members += member;
    store<u32>(left, row);
    store<u32>(right, row);
    const isLeft = <usize>(member & 1);
    left += isLeft << 2;
    right -= (1 - isLeft) << 2;
  }
  const leftCount = (left - scratch) >> 2;
  store<u32>(membership, (members - <u32>leftCount) >> 1, 256);
  store<u32>(membership, <u32>leftCount, 260);
}

/**
 * The second half: puts the rows of a part where they belong, in the order in which `divide` found them.
 * @param scratch - of `divide`, `count` rows of which `leftCount` go left
 * @param left - where the left ones come to lie (OUT)
 * @param right - where the right ones do (OUT)
 */
export function gatherDivided(
  scratch: usize,
  count: usize,
  leftCount: usize,
  left: usize,
  right: usize,
): void {
  memory.copy(left, scratch, leftCount << 2);
  const first = scratch + (leftCount << 2);
  let from = scratch + (count << 2);
  for (; from - first >= 16; right += 16) {
    from -= 16;
    const rows = v128.load(from);
    v128.store(right, v128.shuffle<i32>(rows, rows, 3, 2, 1, 0));
  }
  for (; from > first; right += 4) {
    from -= 4;
    store<u32>(right, load<u32>(from));
  }
}

/** Adds a leaf's value to the margins of its rows. @param margins - float64 a row, changed */
export function addToMargins(margins: usize, indices: usize, count: usize, value: f64): void {
  for (let end = indices + (count << 2); indices < end; indices += 4) {
    const margin = margins + (<usize>load<u32>(indices) << 3);
    store<f64>(margin, load<f64>(margin) + value);
  }
}
