import { z } from "zod";
import { configSchema, type Section } from "./configSchema.ts";

/** How a setting is written in text: in a variable or a flag. */
type SettingForm = "boolean" | "integer" | "list" | "table" | "text";

/** One key of one section, with everything that docs and commands show about it. */
export interface Setting {
  /** `kubernetes.namespace` */
  readonly name: string;
  readonly section: Section;
  readonly key: string;
  readonly form: SettingForm;
  /** Its possible values, when there are only a few. */
  readonly choices: readonly string[];
  readonly description: string;
  /** Undefined for an optional one. */
  readonly fallback: unknown;
  /** Variables that set it; the first one that is set counts. A table has no variable. */
  readonly variables: readonly string[];
  readonly schema: z.ZodType;
}

/** Variables whose name does not follow from their setting; users already set them. */
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
