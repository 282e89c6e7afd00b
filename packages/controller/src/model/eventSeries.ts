import { canonicalJson, type KubeObject, safeName, sha256Hex } from "@clauderon/base";

/** An event of an object, with the fields of events.k8s.io/v1. */
export interface EventText {
  readonly type: "Normal" | "Warning";
  /** Reason as one CamelCase word. */
  readonly reason: string;
  /** Action of the reporter as one CamelCase word. */
  readonly action: string;
  /** A sentence for people, at most 1,024 bytes. */
  readonly message: string;
}

/** The reporter of events. */
export interface Reporter {
  /** Name of the controller. */
  readonly controller: string;
  /** Of its process. */
  readonly instance: string;
}

/** An event and its repetitions. Times are metav1.MicroTime. */
export interface Series {
  readonly object: KubeObject;
  readonly text: EventText;
  readonly firstTime: string;
  readonly lastTime: string;
  readonly count: number;
}

const MAX_NAME = 253;

/** Identifies a series: events with equal object, type, reason, action and message have the same key. */
export function seriesKey({ kind, metadata }: KubeObject, text: EventText): string {
  return canonicalJson([kind, metadata.namespace, metadata.name, metadata.uid, text]);
}

/** The series as an Event. Its name is derived from the key and the first time, so a repeated write creates no second Event. */
export function eventObject({ object, text, firstTime, ...rest }: Series, reporter: Reporter) {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const hash = sha256Hex(canonicalJson([seriesKey(object, text), firstTime, reporter])).slice(0, 16);
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name: safeName(name, hash, MAX_NAME), namespace: namespace ?? "default" },
    eventTime: firstTime,
    type: text.type,
    reason: text.reason,
    action: text.action,
    note: text.message,
    regarding: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    reportingController: reporter.controller,
    reportingInstance: reporter.instance,
    ...seriesField(rest),
  };
}

/** The part of an Event that changes with a repetition. */
export function seriesField({ count, lastTime }: Pick<Series, "count" | "lastTime">) {
  return count === 1 ? {} : { series: { count, lastObservedTime: lastTime } };
}
