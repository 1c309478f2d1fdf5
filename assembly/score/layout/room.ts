import { END } from './source';

const LINE: usize = 64;

/**
 * Takes the next bytes of the memory, and makes it larger where it ends. Everything that the layout leaves comes from here, so it
 * lies apart from everything else, and a memory that cannot be had is the only way to fail.
 * @param byteCount - rounded up to a multiple of 16
 */
export function take(plan: usize, byteCount: usize): usize {
  const at = borrow(plan, byteCount);
  store<u32>(plan, <u32>(at + ((byteCount + 15) & ~15)), END);
  return at;
}

/** Takes bytes that begin with a cache line. */
export function takeLines(plan: usize, byteCount: usize): usize {
  take(plan, -<usize>load<u32>(plan, END) & (LINE - 1));
  return take(plan, byteCount);
}

/** What {@link take} would give, until something is taken. */
export function borrow(plan: usize, byteCount: usize): usize {
  const at = <usize>load<u32>(plan, END);
  const missing = <i32>((<u64>at + byteCount + 0xffff) >> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return at;
}
