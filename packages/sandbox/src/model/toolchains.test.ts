import { describe, expect, it } from "vitest";
import { findToolchains, TOOLCHAIN_VARIABLES } from "./toolchains.ts";

const find = (environment: Record<string, string>, ...there: readonly string[]) =>
  findToolchains({ HOME: "/home/ada", ...environment }, (path) => there.includes(path));

describe("findToolchains", () => {
  it.each([
    [{}, ["/home/ada/.nvm"], { NVM_DIR: "/home/ada/.nvm" }],
    [{}, ["/home/ada/.config/nvm"], { NVM_DIR: "/home/ada/.config/nvm" }],
    [{ NVM_DIR: "/opt/nvm" }, ["/opt/nvm", "/home/ada/.nvm"], { NVM_DIR: "/opt/nvm" }],
    [{ NVM_DIR: "/gone" }, ["/home/ada/.nvm"], { NVM_DIR: "/home/ada/.nvm" }],
    [{ NVM_DIR: "nvm" }, ["nvm"], {}],
    [{ JAVA_HOME: "/opt/java" }, ["/opt/java"], { JAVA_HOME: "/opt/java" }],
    [{ HOME: "" }, ["/.nvm"], {}],
    [{}, [], {}],
  ])(
    "takes the variable that is set, else the folder of the home that exists: case %#",
    (environment, there, variables) => {
      expect(find(environment as Record<string, string>, ...there).variables).toEqual(variables);
    },
  );

  it("shows no root that also holds credentials, and no folder that programs must write to", () => {
    const home = "/home/ada";
    const all = [
      `${home}/.cargo`,
      `${home}/go`,
      `${home}/.bun`,
      `${home}/.bun/bin`,
      `${home}/.dotnet`,
      `${home}/.dotnet/sdk`,
    ];
    const { variables, readable } = find({}, ...all);
    expect(readable).toEqual([`${home}/.dotnet/sdk`, `${home}/.bun/bin`]);
    expect(variables).toEqual({ DOTNET_ROOT: `${home}/.dotnet` });
  });

  it("names no variable that looks like a credential's", () => {
    expect(TOOLCHAIN_VARIABLES.filter((name) => /TOKEN|KEY|SECRET|PASSWORD/i.test(name))).toEqual([]);
  });
});
