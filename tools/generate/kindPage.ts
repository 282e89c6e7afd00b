import {
  CONDITIONS,
  type Kind,
  kindSchema,
  PHASES,
  REASONS,
  type StructuralSchema,
} from "../../packages/kinds/src/index.ts";

/** Where the pages of the kinds are; the folder holds nothing else. */
export const KIND_PAGES = "docs/kinds";

interface Row {
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly required: boolean;
}

/** The page of a kind: what it is, an example that runs, every field, and what its status can say. */
export function kindPage(kind: Kind, example: string): string {
  const { spec = {}, status = {} } = kindSchema(kind).properties ?? {};
  return [
    `# ${kind.kind}`,
    kind.description,
    `Short name \`${kind.shortNames.join("`, `")}\`, API version \`${kind.group}/${kind.version}\`. This page is made from the schema by \`npm run generate\`.`,
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
  return `# The eight kinds\n\nAll are namespaced; references are plain names in the same namespace.\n\n${table(["Kind", "Short name", "What it is"], cells)}\n`;
}

function jobSections(): string[] {
  return [
    "## Phases",
    `\`status.phase\` is one of ${PHASES.map((phase) => `\`${phase}\``).join(", ")}.`,
    "## Conditions",
    table(["Type", "True means"], Object.entries(CONDITIONS).map(code)),
    "## Reasons",
    "Reasons of conditions and of runs. They are stable: programs may rely on them.",
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

/** What the rules demand, in the words the API server refuses with. */
function rules(schema: StructuralSchema): string[] {
  const found = ruleRows(schema, "spec");
  return found.length === 0
    ? []
    : [
        "## Rules",
        "Beyond the types, the API server refuses a manifest in these words:",
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
