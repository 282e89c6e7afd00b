import { mkdtemp } from "node:fs/promises";
import { Fault } from "@clauderon/base";
import { expect, it } from "vitest";
import { onDisk } from "./diskFault.ts";

it.each(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO"])(
  "onDisk reports %s as a Fault with a hint",
  async (code) => {
    const thrown = Object.assign(new Error(`${code}: no`), { code });
    const fault = await onDisk("/repo", () => Promise.reject(thrown)).catch((found: unknown) => found);
    expect(fault).toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
      hint: expect.stringContaining("writable") as unknown,
    });
    expect((fault as Fault).message).toMatch(new RegExp(`^Cannot write in /repo, because .*: ${code}: no$`));
  },
);

it("onDisk leaves results, Faults and bugs as they are", async () => {
  const fault = new Fault("USAGE", "No");
  expect(await onDisk("/repo", () => Promise.resolve(1))).toBe(1);
  await expect(onDisk("/repo", () => Promise.reject(fault))).rejects.toBe(fault);
  await expect(onDisk("/repo", () => mkdtemp("/nonexistent/folder/x-"))).rejects.toMatchObject({ code: "ENOENT" });
});
