import { END } from './source';

const LINE: usize = 64;

/**
 * Takes the next bytes of the memory, which are 0, and makes it larger where it ends. Everything that the layout leaves comes from
 * here, so it lies apart from everything else, and a memory that cannot be had is the only way to fail.
 * @param byteCount - rounded up to a multiple of 16
 */
export function take(plan: usize, byteCount: usize): usize {
  const at = <usize>load<u32>(plan, END);
  const end = <u64>at + ((<u64>byteCount + 15) & ~15);
  const missing = <i64>((end + 0xffff) >> 16) - memory.size();
  if (missing > 0 && (missing > 65536 || memory.grow(<i32>missing) < 0)) unreachable();
  store<u32>(plan, <u32>end, END);
  return at;
}

/** Takes bytes that begin with a cache line. */
export function takeLines(plan: usize, byteCount: usize): usize {
  take(plan, -<usize>load<u32>(plan, END) & (LINE - 1));
  return take(plan, byteCount);
}
