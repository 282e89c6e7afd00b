import type { Cause, RunContext } from "./cause.ts";
import type { LivePod } from "./objects.ts";

/** A missing Secret or ConfigMap, or a missing key of one. */
interface Missing {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  /** Undefined if the whole object is missing and the pod's environment does not name a key. */
  readonly key: string | undefined;
  readonly isWhole: boolean;
}

const OBJECT = /(secret|configmap) "([^"]+)" not found/i;
const KEY = /couldn't find key (\S+) in (Secret|ConfigMap) \S+?\/(\S+)/i;

/**
 * Why a container cannot be configured. Parses the kubelet's messages about a missing object and a missing key
 * (kubelet_pods.go), and quotes any other message.
 */
export function configCause(words: string, pod: LivePod, { namespace, runtimeRef }: RunContext): Cause {
  const missing = missingIn(words, pod);
  if (missing === undefined) {
    const text = `The container cannot be configured (${words}): check AgentRuntime "${runtimeRef}" and spec.env`;
    return { reason: "StartFailed", message: text };
  }
  const { kind, name, key = "<key>", isWhole } = missing;
  const what = isWhole ? `${kind} "${name}" (key "${key}")` : `Key "${key}" of ${kind} "${name}"`;
  const cure = isWhole ? `create it with ${creation(kind)} ${name}` : `add it with ${addition(kind, name, key)}`;
  const literal = isWhole ? ` --from-literal=${key}=…` : "";
  return {
    reason: "SecretKeyMissing",
    message: `${what} is not in namespace "${namespace}": ${cure} --namespace ${namespace}${literal}`,
  };
}

const creation = (kind: Missing["kind"]) => `kubectl create ${kind === "Secret" ? "secret generic" : "configmap"}`;

/** `kubectl create` refuses an existing object. A merge patch keeps its other keys. */
function addition(kind: Missing["kind"], name: string, key: string): string {
  const [type, field] = kind === "Secret" ? ["secret", "stringData"] : ["configmap", "data"];
  return `kubectl patch ${type} ${name} --type merge --patch '${JSON.stringify({ [field]: { [key]: "…" } })}'`;
}

function missingIn(words: string, pod: LivePod): Missing | undefined {
  const [, key, keyKind, keyOwner = ""] = KEY.exec(words) ?? [];
  if (keyKind !== undefined) return { kind: kindOf(keyKind), name: keyOwner, key, isWhole: false };
  const [, objectKind, name = ""] = OBJECT.exec(words) ?? [];
  if (objectKind === undefined) return undefined;
  const kind = kindOf(objectKind);
  return { kind, name, key: keyRead(pod, kind, name), isWhole: true };
}

const kindOf = (word: string) => (word.toLowerCase() === "secret" ? "Secret" : "ConfigMap");

function keyRead(pod: LivePod, kind: Missing["kind"], name: string): string | undefined {
  const sources = (pod.spec?.containers ?? []).flatMap(({ env }) => env ?? []).map(({ valueFrom }) => valueFrom);
  const refs = sources.map((source) => (kind === "Secret" ? source?.secretKeyRef : source?.configMapKeyRef));
  return refs.find((ref) => ref?.name === name)?.key;
}
