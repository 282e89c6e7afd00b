/**
 * Variables of a git that fetches from a repository on this disk, or pushes to one: by no other protocol, and with no
 * configuration but the repositories'. The git on the other side gets them too, but no settings of ours.
 */
export const ON_DISK = {
  GIT_ALLOW_PROTOCOL: "file",
  GIT_NO_LAZY_FETCH: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
} as const;

/** Where git has run before, it may run without the user's configuration too. */
export const TRUSTED = ["-c", "safe.directory=*"] as const;

/** The other side of a fetch: it hides nothing. */
export const SENT_BY = "--upload-pack=git -c 'safe.directory=*' -c 'uploadpack.hideRefs=!refs' upload-pack";

/** The other side of a push: it runs no hook, and takes what the user's repository has. */
export const TAKEN_BY =
  "--receive-pack=git -c 'safe.directory=*' -c core.hooksPath=/dev/null -c receive.fsckObjects=false -c receive.autogc=false -c 'receive.hideRefs=!refs' receive-pack";
