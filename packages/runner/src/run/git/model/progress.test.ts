import { expect, it } from "vitest";
import { lastProgress } from "./progress.ts";

it("lastProgress finds the newest progress line in git's output", () => {
  const text = "Cloning into 'x'...\nremote: Counting objects:  10% (1/10)\rReceiving objects:  45% (9/20), 1 MiB\r";
  expect(lastProgress(text)).toBe("Receiving objects:  45% (9/20), 1 MiB");
  expect(lastProgress("remote: Counting objects: 100% (10/10), done.\n")).toBe("Counting objects: 100% (10/10), done.");
  expect(lastProgress("Cloning into 'x'...\n")).toBeUndefined();
});
