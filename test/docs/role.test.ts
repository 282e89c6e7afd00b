import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { SESSION_RIGHTS } from "../../packages/cli/src/doctor/sessionRights.ts";

it("docs/kubernetes-role.yaml grants exactly what doctor checks", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/kubernetes-role.yaml"), "utf8");
  expect((parse(text) as { readonly rules: unknown }).rules).toEqual(SESSION_RIGHTS);
});
