import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { crd, KINDS } from "../packages/kinds/src/index.ts";
import { escapeTemplate } from "./generate/chartCrds.ts";
import { findDrift, generatedFiles, writeFiles } from "./generate/generatedFiles.ts";

const ROOT = join(import.meta.dirname, "..");

describe("generated files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "clauderon-generate-"));
    await cp(join(ROOT, "examples"), join(folder, "examples"), { recursive: true });
    await writeFiles(folder, await generatedFiles(folder));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are in the repository as their sources generate them", async () => {
    expect(await findDrift(ROOT, await generatedFiles(ROOT))).toEqual([]);
  });

  it("are named when they are changed or missing, or have no source", async () => {
    await writeFile(join(folder, "docs/kinds/agentjob.md"), "edited by hand");
    await rm(join(folder, "charts/thurkube/templates/crds/agentjobs.yaml"));
    await writeFile(join(folder, "docs/kinds/oldkind.md"), "of a kind that was removed");
    expect((await findDrift(folder, await generatedFiles(folder))).toSorted()).toEqual([
      "charts/thurkube/templates/crds/agentjobs.yaml: is missing",
      "docs/kinds/agentjob.md: is not what its source makes",
      "docs/kinds/oldkind.md: has no source",
    ]);
  });

  it("replace files that differ, and delete files without a source", async () => {
    await writeFile(join(folder, "docs/kinds/agentjob.md"), "edited by hand");
    await writeFile(join(folder, "docs/kinds/oldkind.md"), "of a kind that was removed");
    await writeFiles(folder, await generatedFiles(folder));
    expect(await findDrift(folder, await generatedFiles(folder))).toEqual([]);
  });

  it("contain in the chart, between its conditions, exactly the package's CRD, which Helm keeps", async () => {
    for (const kind of KINDS) {
      const template = await readFile(join(folder, `charts/thurkube/templates/crds/${kind.plural}.yaml`), "utf8");
      const [first, ...lines] = template.trimEnd().split("\n");
      expect([first, lines.pop()]).toEqual(["{{- if .Values.crds.install }}", "{{- end }}"]);
      const { metadata, ...definition } = parse(lines.join("\n"));
      expect({ ...definition, metadata: { name: metadata.name } }).toEqual(crd(kind));
      expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
    }
  });
});

describe("escapeTemplate", () => {
  it("keeps Helm from reading braces as a template", () => {
    expect(escapeTemplate("a {{ b }}")).toBe('a {{ "{{" }} b }}');
  });
});
