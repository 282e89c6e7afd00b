import { describe, expect, it } from "vitest";
import { CLEARED_VARIABLES, gitEnvironment, isOfOuterGit } from "./variables.ts";

/** One variable for each row. */
const CLEARED = Object.keys(CLEARED_VARIABLES).map((name) => (name.endsWith("_") ? `${name}0` : name));
const KEPT = {
  PATH: "/bin",
  GIT_AUTHOR_NAME: "Ada",
  GIT_CONFIG_GLOBAL: "/home/ada/.gitconfig",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_SSH_COMMAND: "ssh -4",
  GIT_SSL_CAINFO: "/ca",
  GIT_CEILING_DIRECTORIES: "/home",
  GIT_TEMPLATE_DIR: "/templates",
  GIT_DIRECTORY: "no variable of git's",
};
const environment = { ...KEPT, ...Object.fromEntries(CLEARED.map((name) => [name, "x"])), UNSET: undefined };
const ours = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_TRACE2: "0",
  GIT_TRACE2_EVENT: "0",
  GIT_TRACE2_PERF: "0",
};

describe("gitEnvironment", () => {
  it("clears every variable of the table for our git, and keeps those for hosts and configuration", () => {
    expect(gitEnvironment(environment, "OfUser")).toEqual({ ...KEPT, ...ours });
    const alone = { GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" };
    expect(gitEnvironment(environment, "OfAgent")).toEqual({ ...KEPT, ...ours, ...alone });
  });

  it("clears only what would direct the user's own git elsewhere, and lets it prompt", () => {
    const typed = gitEnvironment(environment, "AsTyped");
    expect(typed).toMatchObject({ ...KEPT, GIT_CONFIG_COUNT: "x", GIT_TRACE: "x", GIT_EXTERNAL_DIFF: "x" });
    expect(Object.keys(typed)).not.toEqual(expect.arrayContaining(["GIT_DIR"]));
    expect(typed).not.toHaveProperty("GIT_TERMINAL_PROMPT");
  });
});

describe("isOfOuterGit", () => {
  it("distinguishes what an outer git sets from what a user sets", () => {
    expect(["GIT_DIR", "GIT_CONFIG_KEY_12", "GIT_QUARANTINE_PATH"].every(isOfOuterGit)).toBe(true);
    expect(["GIT_TRACE", "GIT_EXTERNAL_DIFF", "GIT_AUTHOR_NAME", "PATH"].some(isOfOuterGit)).toBe(false);
  });
});
