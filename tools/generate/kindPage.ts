import {
  CONDITIONS,
  type Kind,
  kindSchema,
  PHASES,
  REASONS,
  type StructuralSchema,
} from "../../packages/kinds/src/index.ts";

/** The folder of the kinds' pages. It holds nothing else. */
export const KIND_PAGES = "docs/kinds";

interface Row {
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly required: boolean;
}

/** The page of a kind: its description, an example, every field and rule, and for AgentJob the phases, conditions and reasons. */
export function kindPage(kind: Kind, example: string): string {
  const { spec = {}, status = {} } = kindSchema(kind).properties ?? {};
  return [
    `# ${kind.kind}`,
    kind.description,
    `Short name \`${kind.shortNames.join("`, `")}\`, API version \`${kind.group}/${kind.version}\`. \`npm run generate\` writes this page from the schema.`,
    "## Example",
    `\`\`\`yaml\n${example.trim()}\n\`\`\``,
    "## spec",
    table(["Field", "Type", "Default", "Meaning"], rows(spec, "").map(specCells)),
    ...rules(spec),
    "## status",
    table(["Field", "Type", "Meaning"], rows(status, "").map(statusCells)),
    ...(kind.kind === "AgentJob" ? jobSections() : []),
    "",
  ].join("\n\n");
}

/** The page that lists all kinds. */
export function kindIndex(kinds: readonly Kind[]): string {
  const cells = kinds.map(({ kind, shortNames, singular, description }) => [
    `[${kind}](${singular}.md)`,
    `\`${shortNames.join("`, `")}\``,
    description,
  ]);
  return `# The eight kinds\n\nAll kinds are namespaced. An object refers to another by its name, in the same namespace.\n\n${table(["Kind", "Short name", "Description"], cells)}\n`;
}

function jobSections(): string[] {
  return [
    "## Phases",
    `\`status.phase\` is one of ${PHASES.map((phase) => `\`${phase}\``).join(", ")}.`,
    "## Conditions",
    table(["Type", "True means"], Object.entries(CONDITIONS).map(code)),
    "## Reasons",
    "Conditions and runs use these reasons. They are stable, so programs can rely on them.",
    table(["Reason", "Meaning"], Object.entries(REASONS).map(code)),
  ];
}

function code([name, meaning]: readonly [string, string]): string[] {
  return [`\`${name}\``, meaning];
}

function rows(schema: StructuralSchema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const own = { path: at, schema: property, required: schema.required?.includes(name) === true };
    const [inner, end] = property.type === "array" ? [property.items ?? {}, "[]"] : [property, ""];
    return [own, ...rows(inner, `${at}${end}`)];
  });
}

function specCells({ path, schema, required }: Row): string[] {
  const fallback = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
  return [`\`${path}\``, typeName(schema), required ? "**required**" : fallback, schema.description ?? ""];
}

function statusCells({ path, schema }: Row): string[] {
  return [`\`${path}\``, typeName(schema), schema.description ?? ""];
}

function typeName(schema: StructuralSchema): string {
  if (schema["x-kubernetes-int-or-string"]) return "quantity";
  if (schema.type === "array") return `list of ${typeName(schema.items ?? {})}`;
  if (schema.additionalProperties !== undefined) return `map of ${typeName(schema.additionalProperties)}`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  return schema.format === "date-time" ? "time" : (schema.type ?? "");
}

/** The validation rules, each by the API server's message. */
function rules(schema: StructuralSchema): string[] {
  const found = ruleRows(schema, "spec");
  return found.length === 0
    ? []
    : [
        "## Rules",
        "The API server also checks these rules, and rejects a manifest with these messages:",
        table(["Field", "Rule"], found),
      ];
}

function ruleRows(schema: StructuralSchema, path: string): string[][] {
  const own = (schema["x-kubernetes-validations"] ?? []).map(({ message }) => [`\`${path}\``, message]);
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    ruleRows(property, `${path}.${name}`),
  );
  return [...own, ...inner, ...(schema.items === undefined ? [] : ruleRows(schema.items, `${path}[]`))];
}

function table(headings: readonly string[], cells: readonly (readonly string[])[]): string {
  return [tableLine(headings), `|${"---|".repeat(headings.length)}`, ...cells.map(tableLine)].join("\n");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
