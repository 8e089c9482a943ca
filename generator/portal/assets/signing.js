// Interprets the contract's x-signature: a value is a list of parts that are joined, or a digest of such a list.

import { digests } from "./digests.js";

const encoder = new TextEncoder();

/** The value that `parts` make out of `material`, as text. */
export function evaluate(parts, material) {
  if (Array.isArray(parts)) return parts.map((part) => evaluate(part, material)).join("");
  if (typeof parts === "string") return material[parts];
  const [[kind, inner]] = Object.entries(parts);
  return kind === "text" ? inner : digest(kind, evaluate(inner, material));
}

export function digest(kind, text) {
  return digests[kind](encoder.encode(text));
}

/** Every header the schemes set, signed now. */
export function signed(schemes, { appKey, appSecret, body }) {
  const now = Date.now();
  const material = {
    appKey,
    appSecret,
    body,
    nonce: nonce(),
    unixSeconds: String(Math.floor(now / 1000)),
    unixMillis: String(now),
  };
  const headers = {};
  for (const scheme of Object.values(schemes)) {
    for (const { name, value } of scheme.headers) headers[name] = evaluate(value, material);
  }
  return headers;
}

function nonce() {
  const [first, second] = crypto.getRandomValues(new Uint32Array(2));
  return `1${String(first).padStart(10, "0")}${String(second).padStart(10, "0")}`;
}
