/**
 * Faults of old programs that git reads and that no attack needs, by their `git fsck` names. This is the list that GitLab
 * publishes for what it accepts from a push: docs.gitlab.com/administration/gitaly/consistency_checks, section "Disabled checks".
 */
export const LENIENT = ["badTimezone", "missingSpaceBeforeDate", "zeroPaddedFilemode"] as const;

/** The same as settings of a git that checks what it fetches. */
export const LENIENT_FETCH: readonly string[] = LENIENT.map((fault) => `fetch.fsck.${fault}=ignore`);
