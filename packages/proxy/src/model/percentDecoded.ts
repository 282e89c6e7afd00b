const MAX_ROUNDS = 3;

/** The text with `+` and percent-encoded ASCII decoded, as often as encoding is nested, to search in; never to forward. */
export function percentDecoded(text: string): string {
  let decoded = text.replaceAll("+", " ");
  for (let round = 0; round < MAX_ROUNDS; round++) decoded = decodeAscii(decoded);
  return decoded;
}

/**
 * The text with its ASCII characters decoded. The others are never delimiters, and `%` before anything else means
 * itself.
 */
export function decodeAscii(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
}
