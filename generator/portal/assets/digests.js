// MD5, SHA-1 and SHA-256 without crypto.subtle, which pages served over plain http do not have.

/** @type {Record<string, (bytes: Uint8Array) => string>} Bytes in, lower-case hexadecimal out. */
export const digests = { md5, sha1, sha256 };

const rotate = (word, by) => (word << by) | (word >>> (32 - by));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The message in blocks of 64 bytes: a one bit, zeros, and its length in bits. */
function padded(bytes, littleEndian) {
  const view = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) << 6));
  new Uint8Array(view.buffer).set(bytes);
  view.setUint8(bytes.length, 0x80);
  const high = Math.floor(bytes.length / 0x20000000);
  view.setUint32(view.byteLength - (littleEndian ? 4 : 8), high, littleEndian);
  view.setUint32(view.byteLength - (littleEndian ? 8 : 4), (bytes.length << 3) >>> 0, littleEndian);
  return view;
}

function output(words, littleEndian) {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, index) => view.setUint32(index * 4, word >>> 0, littleEndian));
  return hex(new Uint8Array(view.buffer));
}

const MD5_SINES = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0);
const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

function md5(bytes) {
  const view = padded(bytes, true);
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const mix = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
      const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] & 15;
      const sum = (a + mix + MD5_SINES[i] + view.getInt32(block + word * 4, true)) | 0;
      [a, d, c, b] = [d, c, b, (b + rotate(sum, MD5_SHIFTS[round][i & 3])) | 0];
    }
    state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
  }
  return output(state, true);
}

function sha1(bytes) {
  const view = padded(bytes, false);
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const words = new Int32Array(80);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 80; i++) {
      words[i] = i < 16
        ? view.getInt32(block + i * 4)
        : rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    let [a, b, c, d, e] = state;
    for (let i = 0; i < 80; i++) {
      const round = Math.floor(i / 20);
      const mix = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round];
      const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round];
      const next = (rotate(a, 5) + mix + e + words[i] + constant) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
    }
    state = [a, b, c, d, e].map((word, index) => (word + state[index]) | 0);
  }
  return output(state, false);
}

const PRIMES = [];
for (let number = 2; PRIMES.length < 64; number++) {
  if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
}
const fraction = (number) => ((number - Math.floor(number)) * 2 ** 32) | 0;
const SHA256_START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const SHA256_ROUNDS = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

function sha256(bytes) {
  const view = padded(bytes, false);
  let state = SHA256_START;
  const words = new Int32Array(64);
  const right = (word, by) => rotate(word, 32 - by);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        words[i] = view.getInt32(block + i * 4);
      } else {
        const [x, y] = [words[i - 15], words[i - 2]];
        const first = right(x, 7) ^ right(x, 18) ^ (x >>> 3);
        const second = right(y, 17) ^ right(y, 19) ^ (y >>> 10);
        words[i] = (words[i - 16] + first + words[i - 7] + second) | 0;
      }
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const choice = (e & f) ^ (~e & g);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const one = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + choice + SHA256_ROUNDS[i] + words[i]) | 0;
      const two = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + majority) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    state = [a, b, c, d, e, f, g, h].map((word, index) => (word + state[index]) | 0);
  }
  return output(state, false);
}
