import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildImage } from "./buildImage.ts";

/** A program called buildah that writes an archive when asked to push, and fails when a file `broken` is beside it. */
const BUILDAH = `#!/bin/sh
[ ! -e "$(dirname "$0")/broken" ] || { echo "no space left on device" >&2; exit 125; }
[ "$1" != push ] || { archive=\${4#oci-archive:}; echo image > "\${archive%%:*}"; }
`;

describe("buildImage", () => {
  let root = "";
  const build = (base = "localhost/base:1") =>
    buildImage({ name: "thurkube", base, root, builder: { uid: 0, env: { PATH: `${root}:/usr/bin:/bin` } } });
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "clauderon-images-"));
    write("package.json", '{"version":"0.0.1"}');
    write("packages/operator/src/main.ts", "console.log(1);");
    write("images/thurkube/Containerfile", "FROM scratch");
    write("buildah", BUILDAH);
    chmodSync(join(root, "buildah"), 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is skipped when nothing changed", async () => {
    expect(await build()).toMatchObject({ rebuilt: true, tag: "localhost/thurkube:dev" });
    expect(await build()).toMatchObject({ rebuilt: false, archive: join(root, "out/images/thurkube.tar"), bytes: 6 });
  });

  it.each([
    ["a source", () => write("packages/operator/src/main.ts", "console.log(2);")],
    ["the Containerfile", () => write("images/thurkube/Containerfile", "FROM scratch\nUSER 1")],
    ["the version", () => write("package.json", '{"version":"0.0.2"}')],
    ["the archive, which is gone,", () => rmSync(join(root, "out/images/thurkube.tar"))],
  ])("builds again when %s changed", async (_what, change) => {
    await build();
    change();
    expect((await build()).rebuilt).toBe(true);
  });

  it("builds again on another base, and when a base archive was rewritten", async () => {
    await build();
    write("base.tar", "one");
    expect((await build(`oci-archive:${root}/base.tar`)).rebuilt).toBe(true);
    expect((await build(`oci-archive:${root}/base.tar`)).rebuilt).toBe(false);
    write("base.tar", "three");
    expect((await build(`oci-archive:${root}/base.tar`)).rebuilt).toBe(true);
  });

  it("is built once when two processes ask at the same time", async () => {
    const both = await Promise.all([build(), build()]);
    expect(both.filter((image) => image.rebuilt)).toHaveLength(1);
  });

  it("leaves no archive after a failed build, and builds the next time", async () => {
    await build();
    write("packages/operator/src/main.ts", "console.log(3);");
    write("broken", "");
    await expect(build()).rejects.toMatchObject({
      message: expect.stringContaining("no space left"),
      hint: expect.any(String),
    });
    expect(readdirSync(join(root, "out/images"))).toEqual([".lock", "thurkube"]);
    rmSync(join(root, "broken"));
    expect((await build()).rebuilt).toBe(true);
    expect(existsSync(join(root, "out/images/thurkube.tar"))).toBe(true);
  });
});
