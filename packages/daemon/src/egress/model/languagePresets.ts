import type { PresetName } from "@clauderon/protocol/proxy";

/** The files by which each language's package manager is recognised. */
const FILES: readonly (readonly [RegExp, PresetName])[] = [
  [/^package\.json$/, "npm"],
  [/^(pyproject\.toml|setup\.py|setup\.cfg|Pipfile|requirements[^/]*\.txt)$/, "pypi"],
  [/^Cargo\.toml$/, "crates"],
  [/^go\.(mod|work)$/, "go"],
];

/**
 * The presets of the registries that a repository's tools read packages from, by the names of its files at the top. Their
 * content does not count: the repository is not trusted.
 */
export function languagePresets(names: readonly string[]): readonly PresetName[] {
  const found = FILES.flatMap(([file, preset]) => (names.some((name) => file.test(name)) ? [preset] : []));
  return [...new Set(found)];
}
