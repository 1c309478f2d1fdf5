/** The scalar twin of ../boundaries.ts: 64 rows at a time. */
export function boundaries(op: usize, end: usize): void {
  for (; op < end; op += 16) {
    const right = <usize>load<u32>(op);
    const lo = <usize>load<u32>(op, 4);
    const hi = <usize>load<u32>(op, 8);
    const out = <usize>load<u32>(op, 12);
    const first = load<u64>(hi) | (load<u64>(lo) & load<u64>(right));
    const second = load<u64>(hi, 8) | (load<u64>(lo, 8) & load<u64>(right, 8));
    const third = load<u64>(hi, 16) | (load<u64>(lo, 16) & load<u64>(right, 16));
    const fourth = load<u64>(hi, 24) | (load<u64>(lo, 24) & load<u64>(right, 24));
    store<u64>(out, first);
    store<u64>(out, second, 8);
    store<u64>(out, third, 16);
    store<u64>(out, fourth, 24);
  }
}
