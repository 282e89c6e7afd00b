import { quantityNanos } from "@clauderon/base";

/** Lists of maps that Kubernetes merges by key (x-kubernetes-list-map-keys of its OpenAPI document); others by position. */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  conditions: ["type"],
  containers: ["name"],
  env: ["name"],
  ephemeralContainers: ["name"],
  hostAliases: ["ip"],
  imagePullSecrets: ["name"],
  initContainers: ["name"],
  ownerReferences: ["uid"],
  ports: ["containerPort", "port", "protocol"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
  volumeDevices: ["devicePath"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
};

/** Maps of strings the API server keeps as they are: no member of theirs has a default or another spelling. */
const STRING_MAPS = new Set([
  "annotations",
  "binaryData",
  "data",
  "labels",
  "matchLabels",
  "nodeSelector",
  "stringData",
]);
const QUANTITY_MAPS = new Set(["capacity", "hard", "limits", "requests"]);
const QUANTITY_FIELDS = new Set(["divisor", "sizeLimit"]);
/** Where the API server may drop an empty map. Elsewhere `{}` says something: `emptyDir: {}`, `podSelector: {}`. */
const DROPPED_MAPS = new Set([...STRING_MAPS, ...QUANTITY_MAPS, "resources"]);
/** Fields whose "", 0 or false the API server does not keep, because absent means the same. */
const DROPPED_ZEROS = new Set([
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostPort",
  "initialDelaySeconds",
  "prefix",
  "readOnly",
  "stdin",
  "stdinOnce",
  "subPath",
  "tty",
  "value",
  "workingDir",
]);

interface FieldContext {
  readonly field: string;
  readonly parent: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * True when `live` has everything that `desired` says: applying `desired` would change nothing. What only `live` has
 * (defaults, fields and list entries of others) does not count, so a field that left `desired` is not seen: that is what
 * {@link applyIfChanged} adds.
 *
 * As the API server means it: a quantity equals its other spellings where quantities stand, an empty list is an absent
 * one, list entries are matched by their merge key whatever their order.
 */
export function covers(live: unknown, desired: unknown): boolean {
  return coversAt({ field: "", parent: "" }, live, desired);
}

function coversAt(context: FieldContext, live: unknown, desired: unknown): boolean {
  if (desired === undefined) return true;
  if (live === undefined || live === null) return meansAbsent(context, desired);
  if (Array.isArray(desired)) return Array.isArray(live) && coversList(context, live, desired);
  if (isMembers(desired)) return isMembers(live) && coversMembers(context.field, live, desired);
  return live === desired || (isQuantityField(context) && isSameQuantity(live, desired));
}

function coversMembers(parent: string, live: Members, desired: Members): boolean {
  return Object.entries(desired).every(([field, value]) => coversAt({ field, parent }, live[field], value));
}

function coversList(context: FieldContext, live: readonly unknown[], desired: readonly unknown[]): boolean {
  if (context.field === "finalizers") return desired.every((name) => live.includes(name));
  const keys = MERGE_KEYS[context.field];
  const inOrder = (entry: unknown, at: number) => coversAt({ field: "", parent: "" }, live[at], entry);
  if (keys === undefined) return live.length === desired.length && desired.every(inOrder);
  return desired.every((entry) => live.some((other) => hasKeysOf(other, entry, keys) && covers(other, entry)));
}

function hasKeysOf(live: unknown, desired: unknown, keys: readonly string[]): boolean {
  if (!isMembers(live) || !isMembers(desired)) return live === desired;
  return keys.every((key) => desired[key] === undefined || desired[key] === live[key]);
}

function meansAbsent({ field, parent }: FieldContext, desired: unknown): boolean {
  if (desired === null) return true;
  if (Array.isArray(desired)) return desired.length === 0;
  if (isMembers(desired))
    return DROPPED_MAPS.has(field) && Object.values(desired).every((value) => value === undefined);
  const isZero = desired === "" || desired === 0 || desired === false;
  return isZero && DROPPED_ZEROS.has(field) && !STRING_MAPS.has(parent);
}

function isQuantityField({ field, parent }: FieldContext): boolean {
  return QUANTITY_MAPS.has(parent) || (QUANTITY_FIELDS.has(field) && !STRING_MAPS.has(parent));
}

function isSameQuantity(live: unknown, desired: unknown): boolean {
  const nanos = quantityNanos(live);
  return nanos !== undefined && nanos === quantityNanos(desired);
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
