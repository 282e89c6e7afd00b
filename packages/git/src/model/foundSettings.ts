/** One setting of git's. Each character stands for a byte: names of drivers and paths may be in any encoding. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

export interface FoundSetting extends Setting {
  /** Where it is written: `system`, `global`, `local`, `worktree` or `command`. */
  readonly scope: string;
}

/** What `git config --show-scope -z` prints of settings, in git's order: the last of one key counts. */
export function foundSettings(printed: string): readonly FoundSetting[] {
  return [...printed.matchAll(/([^\0]*)\0([^\0\n]*)(?:\n([^\0]*))?\0/g)].map(
    ([, scope = "", key = "", value = "true"]) => ({ scope, key, value }),
  );
}
