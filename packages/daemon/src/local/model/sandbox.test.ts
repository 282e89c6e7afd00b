import { expect, it } from "vitest";
import { sandboxArgs } from "./sandbox.ts";

it("sandboxArgs hides first, then opens, and keeps fixed paths read-only", () => {
  const args = sandboxArgs({
    hidden: ["/home/ada"],
    readable: ["/home/ada/bin"],
    writable: ["/home/ada/project/.git"],
    fixed: ["/home/ada/project/.git/hooks"],
    workingDirectory: "/s",
  }).join(" ");
  const order = [
    "--ro-bind / /",
    "--tmpfs /home/ada",
    "--ro-bind /home/ada/bin /home/ada/bin",
    "--bind /home/ada/project/.git /home/ada/project/.git",
    "--ro-bind /home/ada/project/.git/hooks /home/ada/project/.git/hooks",
    "--unshare-pid",
    "--chdir /s --",
  ].map((part) => args.indexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
  expect(args).not.toContain("--die-with-parent");
});
