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
 * Copies bytes; source and target may overlap. A loop of the kernel, as JavaScript moves shared memory a byte at a time where the two are not
 * aligned alike.
 */
export function copyBytes(target: usize, source: usize, byteCount: usize): void {
  memory.copy(target, source, byteCount);
}

/** Adds a leaf's value to the margins of its rows. @param margins - float64 a row, changed */
export function addToMargins(margins: usize, indices: usize, count: usize, value: f64): void {
  for (let end = indices + (count << 2); indices < end; indices += 4) {
    const margin = margins + (<usize>load<u32>(indices) << 3);
    store<f64>(margin, load<f64>(margin) + value);
  }
}
