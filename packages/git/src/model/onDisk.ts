/**
 * Variables of a git that fetches from or pushes to a repository on this disk. It uses no other protocol and only the
 * repositories' configuration. The git on the other side gets these variables too, but none of our settings.
 */
export const ON_DISK = {
  GIT_ALLOW_PROTOCOL: "file",
  GIT_NO_LAZY_FETCH: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
} as const;

/** git has already run in these repositories, so it may run there without the user's configuration too. */
const TRUSTED = ["-c", "safe.directory=*"] as const;

/** The other side of a fetch. It hides no refs. */
const SENT_BY = "--upload-pack=git -c 'safe.directory=*' -c 'uploadpack.hideRefs=!refs' upload-pack";

/** The other side of a push. It runs no hooks, and accepts every object that the user's repository has. */
const TAKEN_BY =
  "--receive-pack=git -c 'safe.directory=*' -c core.hooksPath=/dev/null -c receive.fsckObjects=false -c receive.autogc=false -c 'receive.hideRefs=!refs' receive-pack";

const FETCH = ["fetch", SENT_BY, "--quiet", "--refmap="];
const NOTHING_ELSE = ["--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--no-recurse-submodules"];

/** The arguments of a git, with these settings, that fetches only the named refs; the folder and the refs follow. */
export const fetchOnDisk = (settings: readonly string[]): readonly string[] => [
  ...TRUSTED,
  ...settings.flatMap((setting) => ["-c", setting]),
  ...FETCH,
  ...NOTHING_ELSE,
  "--",
];

/** The arguments of a git that pushes only the named refs; the folder and the refs follow. */
export const PUSH_ON_DISK: readonly string[] = [
  ...TRUSTED,
  "push",
  TAKEN_BY,
  "--quiet",
  "--no-verify",
  "--no-follow-tags",
  "--recurse-submodules=no",
  "--no-signed",
  "--",
];
