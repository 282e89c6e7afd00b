import { describe, expect, it } from "vitest";
import { commandSettings } from "./commandSettings.ts";

const printed = (...entries: readonly (readonly [scope: string, key: string, value?: string])[]) =>
  entries.map(([scope, key, value]) => `${scope}\0${key}${value === undefined ? "" : `\n${value}`}\0`).join("");

const inRoot = (command: string) => expect.stringMatching(new RegExp(`\ncd / \\|\\| exit 1\n${command}$`)) as string;

describe("commandSettings", () => {
  it("runs the user's filters in the root folder, and keeps whether they are required", () => {
    const found = printed(
      ["system", "filter.lfs.clean", "old"],
      ["global", "filter.lfs.clean", "git-lfs clean -- %f"],
      ["global", "filter.lfs.required", "true"],
      ["global", "filter.a.b.process", "tool"],
    );
    expect(commandSettings(found, "User")).toEqual([
      { key: "filter.lfs.clean", value: inRoot("git-lfs clean -- %f") },
      { key: "filter.lfs.required", value: "true" },
      { key: "filter.a.b.process", value: expect.stringMatching(/^trap .*\n[^]*\ncd \/ \|\| exit 1\ntool$/) as string },
      { key: "filter.a.b.required", value: "false" },
    ]);
  });

  it("turns off every filter when nobody's configuration is trusted", () => {
    const found = printed(
      ["system", "filter.lfs.process", "git-lfs filter-process"],
      ["global", "filter.lfs.required"],
    );
    expect(commandSettings(found, "Nobody")).toEqual([
      { key: "filter.lfs.process", value: "" },
      { key: "filter.lfs.required", value: "false" },
    ]);
  });

  it("turns off filters that only the repository configures, whatever bytes their names have, and keeps the user's", () => {
    const found = printed(
      ["global", "filter.lfs.clean", "mine"],
      ["local", "filter.lfs.clean", "evil"],
      ["local", "filter.lfs.process", "evil"],
      ["worktree", "filter.caf\xe9=x.clean", "evil"],
      ["local", "filter.caf\xe9=x.required"],
    );
    expect(commandSettings(found, "User")).toEqual([
      { key: "filter.lfs.clean", value: inRoot("mine") },
      { key: "filter.lfs.process", value: "" },
      { key: "filter.lfs.required", value: "false" },
      { key: "filter.caf\xe9=x.clean", value: "" },
      { key: "filter.caf\xe9=x.required", value: "false" },
    ]);
  });

  it("runs the filters and the remote commands of the user's own repository in the root folder", () => {
    const found = printed(
      ["local", "filter.crypt.clean", "git-crypt clean"],
      ["local", "filter.crypt.required"],
      ["global", "credential.helper", "store"],
      ["local", "credential.https://host.helper", "!tools/login"],
      ["local", "core.sshcommand", "ssh -4"],
      ["local", "remote.a.uploadpack", "tools/x"],
      ["local", "remote.b.uploadpack", "/opt/git/git-upload-pack"],
    );
    expect(commandSettings(found, "UserAndRepository")).toEqual([
      { key: "filter.crypt.clean", value: inRoot("git-crypt clean") },
      { key: "filter.crypt.required", value: "true" },
      { key: "credential.helper", value: "" },
      { key: "credential.helper", value: "store" },
      { key: "credential.https://host.helper", value: "!cd / || exit 1\ntools/login" },
      { key: "core.sshCommand", value: "cd / || exit 1\nssh -4" },
      { key: "remote.a.uploadpack", value: "git-upload-pack" },
    ]);
  });

  it("omits names that nobody uses, because an empty process would turn off clean and smudge", () => {
    expect(commandSettings(printed(["global", "filter.x.clean", "c"]), "User").map(({ key }) => key)).toEqual([
      "filter.x.clean",
      "filter.x.required",
    ]);
    expect(commandSettings("", "User")).toEqual([]);
  });
});
