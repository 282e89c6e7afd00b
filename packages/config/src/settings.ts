import { z } from "zod";
import { configSchema, type Section } from "./configSchema.ts";

/** How a setting is written where there is only text: in a variable or a flag. */
type SettingForm = "boolean" | "integer" | "list" | "table" | "text";

/** One key of one section, and everything that is told of it. */
export interface Setting {
  /** `kubernetes.namespace` */
  readonly name: string;
  readonly section: Section;
  readonly key: string;
  readonly form: SettingForm;
  /** What it can be, when that is one of a few words. */
  readonly choices: readonly string[];
  readonly description: string;
  /** Undefined for one that may be left out for good. */
  readonly fallback: unknown;
  /** Variables that set it; the first that is set counts. A table has none. */
  readonly variables: readonly string[];
  readonly schema: z.ZodType;
}

/** The guide's own name of a variable, beside ours. */
const MORE_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "features.kubernetes_backend": ["CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND"],
};

export const SECTIONS = Object.keys(configSchema.shape) as readonly Section[];

export const SETTINGS: readonly Setting[] = SECTIONS.flatMap((section) => {
  const shape: Readonly<Record<string, z.ZodType>> = configSchema.shape[section].shape;
  return Object.entries(shape).map(([key, schema]) => settingOf(section, key, schema));
});

function settingOf(section: Section, key: string, schema: z.ZodType): Setting {
  const name = `${section}.${key}`;
  const bare = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  const form = formOf(bare);
  return {
    name,
    section,
    key,
    form,
    choices: bare instanceof z.ZodEnum ? bare.options.map(String) : [],
    description: schema.description ?? "",
    fallback: schema instanceof z.ZodDefault ? schema.parse(undefined) : undefined,
    variables: form === "table" ? [] : [...(MORE_VARIABLES[name] ?? []), `CLAUDERON_${section}_${key}`.toUpperCase()],
    schema,
  };
}

function formOf(schema: unknown): SettingForm {
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodNumber) return "integer";
  if (schema instanceof z.ZodRecord) return "table";
  return schema instanceof z.ZodArray ? "list" : "text";
}
