import { describe, expect, it } from "vitest";
import { HOSTILE } from "../../../../test/kit/repositories/hostileConfig.ts";
import { CARRIED, carriedSettings, OVERRIDES, overridesFor, pointerFilters } from "./agentSettings.ts";

const ofUser = (key: string, value: string, scope = "global") => ({ scope, key, value });

/** Sections that start programs, hold secrets or addresses, or include more. */
const NEVER =
  /^(alias|browser|credential|difftool|filter|gpg|http|imap|include|includeif|mergetool|pager|remote|sendemail|ssh|tar|url|user|web)\./i;
/** Names of keys that hold programs, whatever the section. */
const PROGRAMS =
  /\.(askpass|command|cmd|driver|editor|external|fsmonitor|helper|hookspath|pager|program|sshcommand|textconv|tool)$/i;

describe("carriedSettings", () => {
  it("has no key in its table that starts a program, holds an address or a secret, or includes more", () => {
    for (const [key, [, why]] of Object.entries(CARRIED)) {
      expect(NEVER.test(key) || PROGRAMS.test(key) ? key : "").toBe("");
      expect(why).not.toBe("");
    }
  });

  it.each(["AsUser", "Sandboxed", "Apart"] as const)(
    "takes keys of its table alone from a hostile configuration: %s",
    (place) => {
      const all = Object.entries(HOSTILE).flatMap(([key, values]) =>
        values.map((value) => ofUser(key.toLowerCase(), value)),
      );
      const allowed = new Set(Object.keys(CARRIED).map((key) => key.toLowerCase()));
      const carried = carriedSettings(
        [...all, ofUser("alias.st", "!touch sprung"), ofUser("user.signingkey", "K")],
        place,
      );
      expect(carried.filter(({ key }) => !allowed.has(key))).toEqual([]);
      expect(carried).toContainEqual({ key: "commit.cleanup", value: "scissors" });
    },
  );

  it("takes what counts in the repository and the system only to where git finds neither, in git's order", () => {
    const found = [
      ofUser("core.autocrlf", "true", "system"),
      ofUser("core.autocrlf", "input"),
      ofUser("core.eol", "lf", "local"),
      ofUser("core.eol", "crlf", "worktree"),
      ofUser("init.defaultbranch", "ours", "command"),
    ];
    const [system, ...rest] = found.slice(0, 4).map(({ key, value }) => ({ key, value }));
    expect(carriedSettings(found, "Apart")).toEqual([system, ...rest]);
    for (const place of ["AsUser", "Sandboxed"] as const) expect(carriedSettings(found, place)).toEqual([rest[0]]);
  });

  it("takes to another machine nothing that is about this one, or that its git may not know", () => {
    const found = [ofUser("safe.directory", "/srv/project"), ofUser("merge.conflictstyle", "zdiff3")];
    expect(carriedSettings(found, "Apart")).toEqual([]);
    expect(carriedSettings(found, "Sandboxed")).toHaveLength(2);
  });

  it("takes all filters for an agent with the user's rights, into a sandbox those without secrets, and none to a pod", () => {
    const lfs = [
      ofUser("filter.lfs.clean", "git-lfs clean -- %f"),
      ofUser("filter.lfs.process", "git-lfs filter-process"),
      ofUser("filter.lfs.required", "true"),
    ];
    const secret = [
      ofUser("filter.vault.clean", "openssl enc -aes256 -k sesame"),
      ofUser("filter.vault.smudge", "git-lfs smudge -- %f; echo sesame"),
      ofUser("filter.mixed.clean", "git-lfs clean -- %f"),
      ofUser("filter.mixed.smudge", "curl https://sesame@host"),
      ofUser("filter.longer.smudge", "git-lfs smudge -- %f; echo sesame"),
    ];
    const settings = (found: typeof lfs) => found.map(({ key, value }) => ({ key, value }));
    expect(carriedSettings([...lfs, ...secret], "AsUser")).toEqual(settings([...lfs, ...secret]));
    expect(carriedSettings([...lfs, ...secret], "Sandboxed")).toEqual(settings(lfs));
    expect(carriedSettings([...lfs, ...secret], "Apart")).toEqual([]);
    const ofSystem = ofUser("filter.other.process", "git-lfs filter-process", "system");
    expect(pointerFilters([...lfs, ...secret.slice(0, 1), ofSystem], "Apart")).toEqual(["lfs", "other"]);
    expect(pointerFilters(lfs, "AsUser")).toEqual([]);
  });

  it("accepts names and values in any language, and omits what is not text or too long", () => {
    const found = ["größe", "caf\uFFFD", "x".repeat(5_000)].map((value) => ofUser("init.defaultbranch", value));
    expect(carriedSettings(found, "AsUser")).toEqual([{ key: "init.defaultbranch", value: "größe" }]);
  });
});

it("carriedSettings takes only as many as anybody has, and of the others those that count", () => {
  const found = Array.from({ length: 501 }, (_, index) => ofUser("init.defaultbranch", `b${index}`));
  const carried = carriedSettings(found, "AsUser");
  expect([carried.length, carried.at(-1)?.value]).toEqual([500, "b500"]);
});

describe("overridesFor", () => {
  it("switches signatures off everywhere, and cleaning up where the repository is the user's", () => {
    const signatures = ["commit.gpgSign", "tag.gpgSign", "tag.forceSignAnnotated", "push.gpgSign"];
    expect(overridesFor("Apart").map(({ key }) => key)).toEqual(signatures);
    const all = OVERRIDES.map(({ key, value }) => ({ key, value }));
    for (const place of ["AsUser", "Sandboxed"] as const) expect(overridesFor(place)).toEqual(all);
    expect(Object.fromEntries(all.map(({ key, value }) => [key, value]))).toEqual({
      ...Object.fromEntries(signatures.map((key) => [key, "false"])),
      "gc.auto": "0",
      "gc.autoPackLimit": "0",
      "gc.autoDetach": "false",
      "gc.packRefs": "false",
      "gc.pruneExpire": "never",
      "gc.reflogExpire": "never",
      "gc.reflogExpireUnreachable": "never",
      "gc.rerereResolved": "never",
      "gc.rerereUnresolved": "never",
      "gc.worktreePruneExpire": "never",
      "maintenance.auto": "false",
      "rebase.updateRefs": "false",
      "rerere.enabled": "false",
    });
    expect(OVERRIDES.every(({ why }) => why !== "")).toBe(true);
  });
});
