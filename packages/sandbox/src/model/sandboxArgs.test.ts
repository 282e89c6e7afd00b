import { expect, it } from "vitest";
import { sandboxArgs } from "./sandboxArgs.ts";

const PLACES = {
  system: ["/usr"],
  empty: ["/home/ada", "/tmp", "/home"],
  links: [{ path: "/bin", target: "usr/bin" }],
  readable: ["/home/ada/tools/bin", "/home/ada/tools"],
  writable: ["/home/ada/project/.git"],
  fixed: ["/home/ada/project/.git/hooks"],
  covers: [{ path: "/home/ada/tools/socket", by: "/dev/null" }],
  workingDirectory: "/s",
};
const FEATURES = { userNamespace: true, lastUserNamespace: true, filter: 3 };

it("sandboxArgs empties first, outer folders before inner ones, then opens, and keeps fixed paths read-only", () => {
  const args = sandboxArgs(PLACES, FEATURES).join(" ");
  const order = [
    "--unshare-pid",
    "--ro-bind /usr /usr",
    "--dev /dev",
    "--tmpfs /home ",
    "--tmpfs /home/ada ",
    "--symlink usr/bin /bin",
    "--ro-bind /home/ada/tools /home/ada/tools ",
    "--ro-bind /home/ada/tools/bin /home/ada/tools/bin",
    "--bind /home/ada/project/.git /home/ada/project/.git",
    "--ro-bind /home/ada/project/.git/hooks /home/ada/project/.git/hooks",
    "--ro-bind /dev/null /home/ada/tools/socket",
    "--remount-ro / --chdir /s --",
  ].map((part) => args.indexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
  expect(args).not.toContain("--die-with-parent");
});

it("sandboxArgs uses what bubblewrap can do, and never shows the root of the host", () => {
  const all = sandboxArgs(PLACES, FEATURES).join(" ");
  const least = sandboxArgs(PLACES, { userNamespace: false, lastUserNamespace: false, filter: undefined }).join(" ");
  for (const option of ["--unshare-user", "--disable-userns", "--seccomp 3"]) {
    expect([option, all.includes(option), least.includes(option)]).toEqual([option, true, false]);
  }
  for (const args of [all, least]) {
    expect(args).toContain("--cap-drop ALL");
    expect(args).toContain("--new-session");
    expect(args).not.toContain("bind / ");
  }
});

it("sandboxArgs gives a network of its own only when asked to", () => {
  expect(sandboxArgs(PLACES, FEATURES)).not.toContain("--unshare-net");
  expect(sandboxArgs(PLACES, { ...FEATURES, ownNetwork: true })).toContain("--unshare-net");
});
