/** The environment of the kit's own git: the machine's git without its configuration, and a fixed author. */
export const gitEnvironment = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test Kit",
  GIT_AUTHOR_EMAIL: "kit@example.com",
  GIT_COMMITTER_NAME: "Test Kit",
  GIT_COMMITTER_EMAIL: "kit@example.com",
};
