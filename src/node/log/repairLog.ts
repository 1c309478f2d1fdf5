import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const NEWLINE = 10;
const BLOCK_BYTES = 64 * 1024;

/**
 * Makes a file of JSON lines end at the end of a line, as it may not after a crash. A last line without its newline gets
 * one when it is whole JSON, otherwise it is cut off: everything that stays can be parsed. No file is no fault.
 * @returns the bytes that were cut off.
 */
export async function repairLog(path: string): Promise<number> {
  if (!existsSync(path)) return 0;
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const end = await lastLineEnd(handle, size);
    if (end === size) return 0;
    const tail = Buffer.alloc(size - end);
    await handle.read(tail, 0, tail.length, end);
    if (isJson(tail.toString('utf8'))) {
      await handle.write('\n', size);
      return 0;
    }
    await handle.truncate(end);
    return size - end;
  } finally {
    await handle.close();
  }
}

/** The offset after the last newline; 0 when there is none. Reads from the end, a block at a time. */
async function lastLineEnd(handle: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(Math.min(size, BLOCK_BYTES));
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
