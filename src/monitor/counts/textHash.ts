const PRIME = 16777619;

/**
 * A number in [0, 2^53) that looks random and depends on the text alone: two FNV-1a lanes over its UTF-16 units, each mixed by
 * MurmurHash3's finaliser. What has the smallest hashes is a sample that everyone draws alike, whatever the order. Not a secret.
 */
export function textHash(text: string): number {
  let a = 2166136261;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, PRIME);
    b = Math.imul(b ^ (unit + 0x7f4a), PRIME);
  }
  return (mix(a) >>> 11) * 2 ** 32 + (mix(b ^ a) >>> 0);
}

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
