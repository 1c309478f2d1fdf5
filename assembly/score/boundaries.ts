/**
 * Boundaries between neighbouring leaves, as planes: boundary k of a tree holds the rows whose leaf, counted from the left, is k or
 * higher. A node over the leaves from `lo` to `hi` whose right child begins with leaf k makes it out of two of its ancestors':
 * `boundary[k] = boundary[hi] or (boundary[lo] and right)`, for a row beyond `hi` is beyond k, and one that reaches the node is
 * beyond k when it goes right. Nothing but the shape of the operations' addresses tells one tree from another.
 *
 * An operation is four addresses, u32: the test (which rows go right), boundary lo, boundary hi, and where the result goes.
 */
export function boundaries(op: usize, end: usize): void {
  for (; op < end; op += 16) {
    const right = <usize>load<u32>(op);
    const lo = <usize>load<u32>(op, 4);
    const hi = <usize>load<u32>(op, 8);
    const out = <usize>load<u32>(op, 12);
    const first = v128.and(v128.load(lo), v128.load(right));
    const second = v128.and(v128.load(lo, 16), v128.load(right, 16));
    v128.store(out, v128.or(v128.load(hi), first));
    v128.store(out, v128.or(v128.load(hi, 16), second), 16);
  }
}
