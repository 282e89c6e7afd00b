/**
 * Errors of old programs that git can read and that no attack needs, by their `git fsck` names. GitLab accepts the same
 * in a push: docs.gitlab.com/administration/gitaly/consistency_checks, section "Disabled checks".
 */
export const LENIENT = ["badTimezone", "missingSpaceBeforeDate", "zeroPaddedFilemode"] as const;

/** The same list as settings of a git that checks what it fetches. */
export const LENIENT_FETCH: readonly string[] = LENIENT.map((fault) => `fetch.fsck.${fault}=ignore`);
