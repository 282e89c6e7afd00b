/** A setting of git. Each character stands for one byte, because names of drivers and paths may have any encoding. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

export interface FoundSetting extends Setting {
  /** Where it is set: `system`, `global`, `local`, `worktree` or `command`. */
  readonly scope: string;
}

/** Parses what `git config --show-scope -z` prints, in git's order: the last setting of a key counts. */
export function foundSettings(printed: string): readonly FoundSetting[] {
  return [...printed.matchAll(/([^\0]*)\0([^\0\n]*)(?:\n([^\0]*))?\0/g)].map(
    ([, scope = "", key = "", value = "true"]) => ({ scope, key, value }),
  );
}
