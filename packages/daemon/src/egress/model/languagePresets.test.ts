import { expect, it } from "vitest";
import { languagePresets } from "./languagePresets.ts";

it.each([
  [["package.json", "README.md"], ["npm"]],
  [["pyproject.toml"], ["pypi"]],
  [["requirements-dev.txt", "setup.py"], ["pypi"]],
  [
    ["go.mod", "Cargo.toml", "package.json"],
    ["npm", "crates", "go"],
  ],
  [["Package.json", "my-go.mod", "requirements.md", "package.json.bak"], []],
  [[], []],
])("languagePresets of %j are %j", (names, presets) => {
  expect(languagePresets(names)).toEqual(presets);
});
