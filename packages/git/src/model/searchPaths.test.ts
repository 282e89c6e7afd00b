import { describe, expect, it } from "vitest";
import { withSearchPaths } from "./searchPaths.ts";

describe("withSearchPaths", () => {
  it("keeps absolute entries alone, in their order, and leaves other variables as they are", () => {
    const environment = { PATH: ":/usr/bin:bin::./x:/bin:", PYTHONPATH: "lib", HOME: "/home/ada", OTHER: "a:b" };
    expect(withSearchPaths(environment)).toEqual({ PATH: "/usr/bin:/bin", HOME: "/home/ada", OTHER: "a:b" });
  });

  it("leaves out a path without entries, because an empty PATH is the working directory", () => {
    expect(withSearchPaths({ PATH: ":.", LD_LIBRARY_PATH: "" })).toEqual({});
  });

  it("leaves out relative files of configuration, and keeps an empty one, which stands for none", () => {
    const environment = { HOME: "home", GIT_CONFIG_GLOBAL: "", GIT_CONFIG_SYSTEM: "./x" };
    expect(withSearchPaths(environment)).toEqual({ GIT_CONFIG_GLOBAL: "" });
  });

  it("leaves out entries that do not pass", () => {
    expect(withSearchPaths({ PATH: "/work/bin:/bin", HOME: "/work" }, (path) => !path.startsWith("/work"))).toEqual({
      PATH: "/bin",
      HOME: "/work",
    });
  });
});
