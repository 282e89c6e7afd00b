import type { KubeObject } from "@clauderon/base";
import type { z } from "zod";
import { GROUP, VERSION } from "./group.ts";
import { referencedStatus } from "./schema/condition.ts";

/** A column of `kubectl get`; a column of priority 1 appears only with `-o wide`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "boolean" | "integer" | "date";
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: 0 | 1;
}

/**
 * One of the eight kinds: its API resource, and everything that its CRD and its documentation are generated from.
 * `object` is never set; it carries the type of the kind's objects, as in a Resource of the Kubernetes client.
 */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: true;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodObject;
  readonly status: z.ZodObject;
  readonly columns: readonly PrinterColumn[];
  readonly object?: T;
}

/** Completes a kind with the values that all eight share. */
export function defineKind<T extends KubeObject>(
  definition: Omit<Kind<T>, "group" | "version" | "namespaced" | "singular">,
): Kind<T> {
  return { group: GROUP, version: VERSION, namespaced: true, singular: definition.kind.toLowerCase(), ...definition };
}

/** Completes a kind that AgentJobs refer to: its status has only conditions, and its last column is the age. */
export function defineReferencedKind<T extends KubeObject>(
  definition: Omit<Kind<T>, "group" | "version" | "namespaced" | "singular" | "status">,
): Kind<T> {
  return defineKind({ ...definition, status: referencedStatus, columns: [...definition.columns, AGE] });
}

/** An object of a kind that AgentJobs refer to. */
export interface ReferencedObject<Spec extends z.ZodType> extends KubeObject {
  readonly spec: z.output<Spec>;
  readonly status?: z.output<typeof referencedStatus>;
}

/** The column AGE, always the last. */
export const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "When the object was created.",
};
