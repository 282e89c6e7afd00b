import { counted } from "@clauderon/base";

/** An error in a manifest: the field, and the message that the API server would print. */
export interface ManifestError {
  /** Path of the field, such as `spec.env[0].name`; empty for an error about the whole object. */
  readonly path: string;
  readonly message: string;
  /** True if this error prevents the evaluation of CEL rules, as in the API server. */
  readonly blocking: boolean;
}

// The forms of k8s.io/apimachinery/pkg/util/validation/field and the types that stop CEL in apiextensions-apiserver.

export function required(path: string, detail = ""): ManifestError {
  return finding(path, `Required value${detail === "" ? "" : `: ${detail}`}`, true);
}

export function invalid(path: string, value: unknown, detail: string): ManifestError {
  return finding(path, `Invalid value: ${goValue(value)}: ${detail}`, false);
}

export function wrongType(path: string, expected: string, actual: string): ManifestError {
  const detail = `${path} in body must be of type ${expected}: "${actual}"`;
  return finding(path, `Invalid value: "${actual}": ${detail}`, true);
}

export function notSupported(path: string, value: unknown, supported: readonly unknown[]): ManifestError {
  const values = supported.map((one) => goQuoted(String(one))).join(", ");
  return finding(path, `Unsupported value: ${goValue(value)}: supported values: ${values}`, true);
}

export function tooLong(path: string, max: number): ManifestError {
  return finding(path, `Too long: may not be more than ${counted(max, "byte")}`, true);
}

export function tooMany(path: string, actual: number, max: number): ManifestError {
  return finding(path, `Too many: ${actual}: must have at most ${counted(max, "item")}`, true);
}

export function duplicate(path: string, value: unknown): ManifestError {
  return finding(path, `Duplicate value: ${goValue(value)}`, false);
}

/** An error about the whole object. */
export function general(message: string): ManifestError {
  return { path: "", message, blocking: true };
}

function finding(path: string, body: string, blocking: boolean): ManifestError {
  return { path, message: `${path}: ${body}`, blocking };
}

function goValue(value: unknown): string {
  if (typeof value === "string") return goQuoted(value);
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape);
}

/** Escapes <, > and & of texts inside objects, as Go's encoding/json does. */
function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** Quotes as Go's %q does: it escapes characters that are not printable, and every space except U+0020. */
function goQuoted(text: string): string {
  const escaped = text.replace(/[\\"]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hexadecimal = (digits: number) => code.toString(16).padStart(digits, "0");
    if (code < 0x80) return SHORT_ESCAPES[character] ?? `\\x${hexadecimal(2)}`;
    return code < 0x10000 ? `\\u${hexadecimal(4)}` : `\\U${hexadecimal(8)}`;
  });
  return `"${escaped}"`;
}
