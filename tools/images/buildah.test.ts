import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildArguments, pushArguments, runBuildah, storageArguments } from "./buildah.ts";
import { IMAGE_NAMES, recipeOf } from "./recipes.ts";

const ROOT = join(import.meta.dirname, "..", "..");

describe("storageArguments", () => {
  it("leave root's storage as the machine has it", () => {
    expect(storageArguments({ uid: 0, env: {} })).toEqual([]);
  });

  it("ask for overlay without root", () => {
    expect(storageArguments({ uid: 1000, env: {} })).toEqual(["--storage-driver", "overlay"]);
  });

  it("leave the user's own choice alone", () => {
    expect(storageArguments({ uid: 1000, env: { STORAGE_DRIVER: "vfs" } })).toEqual([]);
  });
});

describe("buildArguments", () => {
  const plan = {
    tag: "localhost/x:dev",
    containerfile: "/c/Containerfile",
    context: "/c",
    folders: { "claude-code": "/modules/claude" },
    base: "localhost/base:1",
    version: "1.2.3",
  };

  it("carry base, version and named folders, and end with the context", () => {
    const args = buildArguments(plan);
    expect(args).toEqual(expect.arrayContaining(["--build-arg=BASE=localhost/base:1", "--build-arg=VERSION=1.2.3"]));
    expect(args.slice(args.indexOf("--build-context"))[1]).toBe("claude-code=/modules/claude");
    expect(args.at(-1)).toBe("/c");
  });

  it("keep time and builder out of the image", () => {
    expect(buildArguments(plan)).toEqual(expect.arrayContaining(["--timestamp=0", "--identity-label=false"]));
  });
});

describe("pushArguments", () => {
  it("name the tag inside the archive", () => {
    expect(pushArguments("localhost/x:dev", "/out/x.tar").at(-1)).toBe("oci-archive:/out/x.tar:localhost/x:dev");
  });
});

describe("runBuildah", () => {
  it("says what to install when buildah is missing", async () => {
    const builder = { uid: 0, env: { PATH: "/nonexistent" } };
    await expect(runBuildah(builder, ["version"])).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: "Cannot build images: buildah is not installed",
      hint: "Run: sudo apt-get install -y buildah uidmap",
    });
  });
});

describe.each(IMAGE_NAMES)("the Containerfile of %s", (name) => {
  const containerfile = readFileSync(join(ROOT, "images", name, "Containerfile"), "utf8");
  const recipe = recipeOf(name, "x64");

  it("copies the recipe's bundle and just the recipe's folders", () => {
    const stages = [...containerfile.matchAll(/^FROM .* AS (\S+)$/gm)].map((match) => match[1]);
    const sources = [...containerfile.matchAll(/^COPY --from=(\S+)/gm)].map((match) => match[1]);
    expect(containerfile).toMatch(new RegExp(`^COPY .*${recipe.bundle.replace(".", "\\.")} /`, "m"));
    expect(sources.filter((source) => !stages.includes(source))).toEqual(Object.keys(recipe.folders));
  });

  it("runs as uid 65532 and takes its base as an argument", () => {
    expect(containerfile).toMatch(/^USER 65532:65532$/m);
    expect(containerfile).toMatch(/^ARG BASE=docker\.io\/library\/node:24-bookworm-slim\n+FROM \$\{BASE\}/m);
  });
});

describe("recipeOf", () => {
  it("takes Claude Code for this machine's processor", () => {
    expect(recipeOf("clauderon-agent", "arm64").folders["claude-code"]).toMatch(/claude-code-linux-arm64$/);
  });
});
