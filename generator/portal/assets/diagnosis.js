// Why a signature was refused: the scheme is worked out on what was sent, and, where it differs, on what people usually
// get wrong. Pure: facts in, findings out.

import { digests } from "./digests.js";
import { digest, evaluate } from "./signing.js";

const SEPARATORS = ["&", ",", ":", "|", "+", "-", " ", "\n"];

/**
 * @param scheme the scheme's facts; @param sent {secret, headers, body, clock}, all text
 * @returns findings: {good, key, values, detail}; `key` names a text of the page
 */
export function diagnose(scheme, sent) {
  const headers = parseHeaders(sent.headers);
  const body = sent.body || bodyOfCommand(sent.headers);
  const findings = [];
  const say = (good, key, values = {}, detail = {}) => findings.push({ good, key, values, detail });
  if (!sent.secret && needsSecret(scheme)) say(false, "secret_empty");
  if (sent.secret !== sent.secret.trim()) say(false, "secret_spaces");

  const material = { appSecret: sent.secret, body };
  for (const header of scheme.headers) {
    const name = header.name;
    const value = headers.get(name.toLowerCase());
    if (value === undefined) {
      say(false, "missing", { name });
      continue;
    }
    if (!isLiteral(header)) continue;
    const [part] = header.value;
    material[part] = value;
    if (value !== value.trim()) say(false, "spaces", { name });
    else if (header.longest && value.length > header.longest)
      say(false, "longest", { name, n: value.length, most: header.longest });
    else if (part.startsWith("unix")) timeFindings(say, header, part, value, scheme.tolerance, sent.clock);
    else say(true, "present", { name });
  }
  for (const header of scheme.headers.filter((header) => !isLiteral(header))) {
    const received = headers.get(header.name.toLowerCase());
    if (received !== undefined) digestFindings(say, scheme, header, material, received);
  }
  return findings;
}

const isLiteral = ({ value }) => Array.isArray(value) && value.length === 1 && typeof value[0] === "string";
const needsSecret = (scheme) => JSON.stringify(scheme.headers).includes('"appSecret"');

/** Headers by lower-case name, from lines or from a curl command. */
export function parseHeaders(text) {
  const quoted = [...text.matchAll(/(?:-H|--header)\s+(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/g)];
  const lines = quoted.length ? quoted.map(([, double, single]) => double ?? single) : text.split(/\r?\n/);
  const pairs = lines.map((line) => line.match(/^\s*["']?([\w-]+)["']?\s*[:=] ?(.*)$/)).filter(Boolean);
  return new Map(pairs.map(([, name, value]) => [name.toLowerCase(), value.replace(/^["'](.*)["'],?$/, "$1")]));
}

function bodyOfCommand(text) {
  const found = text.match(/(?:-d|--data(?:-raw|-binary)?)\s+(?:'([^']*)'|"((?:[^"\\]|\\.)*)")/);
  return found ? found[1] ?? found[2].replace(/\\(["\\$`])/g, "$1") : "";
}

function timeFindings(say, { name }, part, value, tolerance, clock) {
  const seconds = part === "unixSeconds";
  if (!/^\d+$/.test(value)) return say(false, "digits", { name });
  if (seconds && value.length > 11) return say(false, "is_millis", { name, n: value.length });
  if (!seconds && value.length < 12) return say(false, "is_seconds", { name, n: value.length });
  const server = readClock(clock);
  if (server === undefined || !tolerance) return say(true, "present", { name });
  if (Number.isNaN(server)) return say(false, "clock_unclear");
  const apart = Math.abs(Math.round(Number(value) / (seconds ? 1 : 1000) - server / 1000));
  if (apart > tolerance) return say(false, "expired", { name, n: apart, most: tolerance });
  return say(true, "in_time", { name, n: apart });
}

/** Milliseconds, NaN for what is no time, nothing for nothing. */
function readClock(text) {
  const plain = text.trim().replace(/^date:\s*/i, "");
  if (!plain) return undefined;
  if (/^\d{9,11}$/.test(plain)) return Number(plain) * 1000;
  if (/^\d{12,14}$/.test(plain)) return Number(plain);
  return Date.parse(plain);
}

function digestFindings(say, scheme, header, material, received) {
  const { name, value } = header;
  const [[kind, parts]] = Object.entries(value);
  const known = partsOf(value).every((part) => material[part] !== undefined);
  if (!known) return;
  const expected = evaluate(value, material);
  const detail = { expected, received, hashed: evaluate(parts, { ...material, appSecret: "•".repeat(8) }) };
  if (received === expected) return say(true, "digest_right", { name }, { expected });
  // A text field turns CR LF into LF, so a body with the former can only be tried.
  const body = material.body.replaceAll("\n", "\r\n");
  if (received === evaluate(value, { ...material, body })) return say(true, "digest_right_crlf", { name });
  const plain = received.trim();
  if (plain === expected) return say(false, "spaces", { name }, detail);
  if (plain.toLowerCase() === expected) return say(false, "upper", { name }, detail);
  say(false, "digest_wrong", { name }, detail);
  if (toHex(plain) === expected) return say(false, "base64", { name });
  const right = label(scheme, value);
  const found = mistakes(scheme, kind, parts, material).find(({ result }) => result === plain.toLowerCase());
  if (found) return say(false, found.key, { right: found.right ?? right, ...found.values });
  if (/^[0-9a-f]+$/i.test(plain) && plain.length !== expected.length)
    return say(false, "length", { name, n: plain.length, digest: kind, most: expected.length });
  return say(false, "why_unknown");
}

/** Every value that one usual mistake would have given, with the mistake. */
function mistakes(scheme, kind, parts, material) {
  const found = [];
  const add = (key, result, values = {}) => found.push({ key, result, values });
  const sum = (changed) => evaluate({ [kind]: parts }, { ...material, ...changed });
  const has = (part) => partsOf(parts).includes(part);
  const values = parts.map((part) => evaluate([part], material));
  const names = parts.map((part) => label(scheme, part));

  for (const order of permutations(parts.map((_, index) => index)))
    add("why_order", digest(kind, order.map((index) => values[index]).join("")), {
      was: order.map((index) => names[index]).join(" + "),
      right: names.join(" + "),
    });
  for (const other of Object.keys(digests).filter((name) => name !== kind))
    add("why_digest", evaluate({ [other]: parts }, material), { was: other, right: kind });
  if (has("appSecret")) {
    const rest = parts.filter((part) => part !== "appSecret");
    for (const text of [values.join(""), evaluate(rest, material)])
      add("why_hmac", hmac(kind, material.appSecret, text), { right: kind });
    add("why_key", sum({ appSecret: material.appKey ?? "" }));
    for (const secret of [material.appSecret.trim(), `${material.appSecret}\n`, `${material.appSecret} `])
      add("why_trim", sum({ appSecret: secret }));
  }
  if (has("unixSeconds")) {
    for (let milli = 0; milli < 1000; milli++)
      add("why_millis", sum({ unixSeconds: material.unixSeconds + String(milli).padStart(3, "0") }));
  }
  if (has("unixMillis")) add("why_seconds", sum({ unixMillis: material.unixMillis.slice(0, -3) }));
  if (has("body")) {
    const { body } = material;
    add("why_newline", sum({ body: `${body}\n` }));
    add("why_compact", sum({ body: respaced(body, "") }));
    add("why_spaced", sum({ body: respaced(body, " ") }));
    for (const text of [body, respaced(body, ""), respaced(body, " ")]) add("why_escaped", sum({ body: escaped(text) }));
    add("why_empty", sum({ body: "" }));
  }
  parts.forEach((_, index) =>
    add("why_left_out", digest(kind, values.filter((_, other) => other !== index).join("")), { part: names[index] }),
  );
  for (const separator of SEPARATORS)
    add("why_separator", digest(kind, values.join(separator)), { was: separator.replace("\n", "\\n") });
  return found;
}

/** How a part is called by those who sign: after the header that carries it, if there is one. */
function label(scheme, part) {
  if (Array.isArray(part)) return part.map((inner) => label(scheme, inner)).join(" + ");
  if (typeof part === "string") {
    const carrier = scheme.headers.find((header) => isLiteral(header) && header.value[0] === part);
    return carrier ? carrier.name : part[0].toUpperCase() + part.slice(1);
  }
  const [[kind, inner]] = Object.entries(part);
  return kind === "text" ? JSON.stringify(inner) : `${kind}(${label(scheme, inner)})`;
}

function partsOf(value) {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(partsOf);
  const [[kind, inner]] = Object.entries(value);
  return kind === "text" ? [] : partsOf(inner);
}

function permutations(items) {
  if (items.length > 5) return [];
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

/** JSON text with this white space behind its commas and colons, everything else as it is. */
function respaced(json, space) {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[^\s"]/g) ?? [];
  return tokens.map((token) => (token === "," || token === ":" ? token + space : token)).join("");
}

function escaped(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function toHex(base64) {
  try {
    return [...atob(base64)].map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return "";
  }
}

/** HMAC as people reach for it by habit; keys longer than a block are hashed first. */
function hmac(kind, key, text) {
  const encoder = new TextEncoder();
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  let block = encoder.encode(key);
  if (block.length > 64) block = bytes(digests[kind](block));
  const pad = (fill) => Uint8Array.from({ length: 64 }, (_, index) => (block[index] ?? 0) ^ fill);
  const inner = digests[kind](new Uint8Array([...pad(0x36), ...encoder.encode(text)]));
  return digests[kind](new Uint8Array([...pad(0x5c), ...bytes(inner)]));
}
