import type { z } from "zod";

/** A CEL rule of a CRD schema (x-kubernetes-validations); `self` is the value. The message is for the author of the manifest. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
}

/** Adds rules that the API server and `validateManifest` both evaluate. Limit the size of what a rule reads: rules have a cost budget. */
export function withRules<Schema extends z.ZodType>(schema: Schema, rules: readonly Rule[]): Schema {
  return schema.meta({ "x-kubernetes-validations": rules });
}

/** Text as a CEL string literal. */
export function celText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\t", "\\t")}'`;
}
