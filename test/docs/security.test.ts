import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { AROUND } from "../integration/daemon/boundaryAttempts.ts";
import { REFUSED_BY_PROXY } from "../kit/boundaryTest.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/security.md"), "utf8");

it("docs/security.md lists every attempt of the test, what happens, and no other", () => {
  const [, section = ""] = PAGE.split("## What an agent within a boundary tries");
  const [table = ""] = section.split("\n## ");
  const rows = [...table.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, what, then]) => [what, then]);
  const tried = [
    ...Object.values(AROUND).map((what) => [what, "not reachable"]),
    ...REFUSED_BY_PROXY.map(([what, reason]) => [what, `\`${reason}\``]),
  ];
  expect(rows.slice(1).filter(([what]) => what !== "---")).toEqual(tried);
});
