/** MD5 (RFC 1321): what an upload ticket is asked for with. No browser computes it. */

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

const SINES = Uint32Array.from({ length: 64 }, (_, at) =>
  Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32),
);

/** The digest in hexadecimal. */
export const md5 = (bytes: Uint8Array): string => {
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (bytes.length << 3) >>> 0, true);
  view.setUint32(padded.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const words = new Uint32Array(16);
  for (let block = 0; block < padded.length; block += 64) {
    for (let at = 0; at < 16; at++) {
      words[at] = view.getUint32(block + at * 4, true);
    }
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let at = 0; at < 64; at++) {
      const round = at >> 4;
      const [mixed, from] =
        round === 0
          ? [(b & c) | (~b & d), at]
          : round === 1
            ? [(d & b) | (~d & c), (5 * at + 1) & 15]
            : round === 2
              ? [b ^ c ^ d, (3 * at + 5) & 15]
              : [c ^ (b | ~d), (7 * at) & 15];
      const sum = (a + mixed + (SINES[at] as number) + (words[from] as number)) | 0;
      const shift = SHIFTS[round * 4 + (at & 3)] as number;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    state[0] = (state[0] as number) + a;
    state[1] = (state[1] as number) + b;
    state[2] = (state[2] as number) + c;
    state[3] = (state[3] as number) + d;
  }
  return Array.from(new Uint8Array(state.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
