export { type Backoff, backoffMs } from "./backoff.ts";
export { cleanText } from "./cleanText.ts";
export type { AbortSignalLike, Clock } from "./clock.ts";
export { FAULTS, Fault, type FaultCode, faultText, isFaultCode, messageOf, printedFault } from "./fault.ts";
export { canonicalJson, sha256Hex } from "./hash.ts";
export { parseJsonObject } from "./json.ts";
export { type Log, type LogFields, silentLog } from "./log.ts";
export {
  type Condition,
  type KubeObject,
  type ObjectMeta,
  objectKey,
  type OwnerReference,
  type WireObject,
} from "./objectMeta.ts";
export { counted } from "./plural.ts";
export { quantityNanos } from "./quantity.ts";
export { isDnsLabel, MAX_NAME, safeName } from "./safeName.ts";
export { Secret } from "./secret.ts";
export { utf8Length } from "./utf8Length.ts";
