import { describe, expect, it } from "vitest";
import { withSearchPaths } from "./searchPaths.ts";

describe("withSearchPaths", () => {
  it("keeps only absolute entries, in their order, and does not change other variables", () => {
    const environment = { PATH: ":/usr/bin:bin::./x:/bin:", PYTHONPATH: "lib", HOME: "/home/ada", OTHER: "a:b" };
    expect(withSearchPaths(environment)).toEqual({ PATH: "/usr/bin:/bin", HOME: "/home/ada", OTHER: "a:b" });
  });

  it("omits a path without entries, because an empty PATH means the working directory", () => {
    expect(withSearchPaths({ PATH: ":.", LD_LIBRARY_PATH: "" })).toEqual({});
  });

  it("omits relative configuration files, and keeps an empty variable, which means none", () => {
    const environment = { HOME: "home", GIT_CONFIG_GLOBAL: "", GIT_CONFIG_SYSTEM: "./x" };
    expect(withSearchPaths(environment)).toEqual({ GIT_CONFIG_GLOBAL: "" });
  });

  it("omits entries that do not pass", () => {
    expect(withSearchPaths({ PATH: "/work/bin:/bin", HOME: "/work" }, (path) => !path.startsWith("/work"))).toEqual({
      PATH: "/bin",
      HOME: "/work",
    });
  });
});
