import { SETTINGS, type Setting } from "../../packages/config/src/index.ts";

/** Where the page of the settings is. */
export const CONFIGURATION_PAGE = "docs/configuration.md";

/** The page of the settings: where they are read from, and each of them. */
export function configurationPage(): string {
  const sections = Map.groupBy(SETTINGS, ({ section }) => section);
  return [
    "# Configuration",
    "This page is made from the schema in `packages/config` by `npm run generate`.",
    INTRODUCTION,
    EXAMPLE,
    ...[...sections].flatMap(([section, settings]) => [`## ${section}`, table(settings)]),
    "",
  ].join("\n\n");
}

const INTRODUCTION = `Settings are in \`~/.clauderon/config.toml\` (or \`$CLAUDERON_HOME/config.toml\`). An environment variable takes precedence over
the file, and a command-line flag over both. \`clauderon config show --origin\` shows each value and where it comes from. clauderon rejects an
unknown section, key or variable, says where it is, and suggests the closest valid name. The daemon reads the file and the environment when it
starts. To apply new settings, run \`clauderon daemon stop\`: the next command starts a new daemon, and your sessions keep running.

In variables, booleans are \`1\`, \`true\`, \`yes\`, \`on\` or \`0\`, \`false\`, \`no\`, \`off\`. Separate the items of a list with commas. An empty
variable counts as not set.`;

const EXAMPLE = `\`\`\`toml
[features]
kubernetes_backend = true

[kubernetes]
# Namespace for pods (must exist)
namespace = "clauderon"
# Storage class for persistent volumes
storage_class = "standard"
# Image pull secrets (for private registries)
image_pull_secrets = ["my-registry-secret"]
memory_limit = "8Gi"
\`\`\``;

function table(settings: readonly Setting[]): string {
  const rows = settings.map((setting) => [
    `\`${setting.key}\``,
    setting.choices.length > 0 ? setting.choices.map((choice) => `\`${choice}\``).join(", ") : setting.form,
    setting.fallback === undefined ? "" : `\`${JSON.stringify(setting.fallback)}\``,
    setting.variables.map((variable) => `\`${variable}\``).join(", "),
    setting.description,
  ]);
  const lines = [["Key", "Values", "Default", "Variable", "Meaning"], ["---", "---", "---", "---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
