/** The author of commits that only carry work from one place to another. */
export const CARRIER = {
  GIT_AUTHOR_NAME: "clauderon",
  GIT_AUTHOR_EMAIL: "clauderon@localhost",
  GIT_COMMITTER_NAME: "clauderon",
  GIT_COMMITTER_EMAIL: "clauderon@localhost",
} as const;
