import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { followFile } from "./followFile.ts";

it("followFile passes on existing, added and final content", async () => {
  const folder = mkdtempSync(join(tmpdir(), "follow-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "log");
  writeFileSync(path, "one ");
  let seen = "";
  const over = Promise.withResolvers<undefined>();
  const followed = followFile(path, (bytes) => void (seen += Buffer.from(bytes).toString()), over.promise);
  await expect.poll(() => seen).toBe("one ");
  appendFileSync(path, "two ");
  await expect.poll(() => seen).toBe("one two ");
  appendFileSync(path, "three");
  over.resolve(undefined);
  await followed;
  expect(seen).toBe("one two three");
});
