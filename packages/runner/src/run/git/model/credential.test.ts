import { describe, expect, it } from "vitest";
import { credentialConfig, credentialKeys } from "./credential.ts";

const URL = "https://github.com/acme/widgets.git";

describe("credentialConfig", () => {
  it("binds the file to the repository's URL, with and without .git, after dropping inherited helpers", () => {
    const entries = credentialConfig(URL, "/var/run/thurkube/git/widgets/token");
    expect(new Set(entries.map(([key]) => key))).toEqual(
      new Set([
        "credential.https://github.com/acme/widgets.git.useHttpPath",
        "credential.https://github.com/acme/widgets.git.helper",
        "credential.https://github.com/acme/widgets.useHttpPath",
        "credential.https://github.com/acme/widgets.helper",
      ]),
    );
    expect(entries.map(([, value]) => value).slice(0, 2)).toEqual(["true", ""]);
    expect(credentialKeys(URL)).toHaveLength(4);
  });

  it("quotes the file's name for the shell", () => {
    const [, , entry] = credentialConfig(URL, "/a'b $(c)/token");
    expect(entry?.[1]).toContain(`cat '/a'\\''b $(c)/token'`);
  });
});
