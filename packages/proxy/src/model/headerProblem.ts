import { refuse, type Refusal } from "./refusal.ts";
import { type HeaderList, valuesOf } from "./request.ts";

const TOKEN = /^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Field values hold no NUL and no line break, whatever the protocol they came by (RFC 9110 §5.5). */
const BROKEN_VALUE = /[\0\r\n]/;

/**
 * Why these headers cannot be forwarded: a server could take them for other headers, or for another end of the body,
 * than the proxy does (RFC 9112 §6.1, RFC 9113 §8.2). Parsers of HTTP refuse most of this; here it holds for all of them.
 */
export function headerProblem(headers: HeaderList): Refusal | undefined {
  const isBroken = headers.some(([name, value]) => !TOKEN.test(name) || BROKEN_VALUE.test(value));
  if (isBroken) return refuse("MalformedHeaders", "A header has characters that HTTP does not allow");
  const lengths = valuesOf(headers, "content-length");
  const codings = valuesOf(headers, "transfer-encoding");
  if (lengths.length > 1 || lengths.some((length) => !/^\d{1,15}$/.test(length))) {
    return refuse("MalformedHeaders", "Content-Length is not one number");
  }
  if (codings.length > 1 || codings.some((coding) => coding.toLowerCase() !== "chunked")) {
    return refuse("MalformedHeaders", "Transfer-Encoding is not chunked alone");
  }
  return lengths.length > 0 && codings.length > 0
    ? refuse("MalformedHeaders", "The request has both Content-Length and Transfer-Encoding")
    : undefined;
}
