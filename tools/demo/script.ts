import { text, toolUse, type Turn, usage } from "../../test/kit/internet/messages/turns.ts";

/** What the scripted model does in the demo; the agent that carries it out, its tools and its commit are real. */
export const FIX_LEAP_YEARS: readonly Turn[] = [
  [
    text("I will run the tests to see what fails."),
    toolUse("Bash", {
      command: "node --test --test-reporter=tap | grep -E '^(not )?ok'",
      description: "Run the tests",
    }),
    usage({ input: 1200, output: 60 }),
  ],
  [text("The century rule is missing. I will look at the code."), toolUse("Read", { file_path: "leap.js" })],
  [
    toolUse("Edit", {
      file_path: "leap.js",
      old_string: "return year % 4 === 0;",
      new_string: "return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;",
    }),
  ],
  [
    toolUse("Bash", {
      command: "node --test --test-reporter=tap | grep -E '^(not )?ok'",
      description: "Run the tests again",
    }),
  ],
  [toolUse("Bash", { command: 'git commit --all --message "Mind the century rule"', description: "Commit the fix" })],
  [
    text("Centuries are leap years only when 400 divides them. The tests pass and the fix is committed."),
    usage({ output: 40 }),
  ],
];

/** The manifests of the demo: an AgentJob and what it refers to. */
export function manifests(agentEnv: Readonly<Record<string, string>>, authEnvVar: string): string {
  const env = Object.entries(agentEnv).map(([name, value]) => ({ name, value }));
  const documents = [
    {
      kind: "AgentRuntime",
      metadata: { name: "claude-code" },
      spec: {
        image: "localhost/clauderon-agent:dev",
        authEnvVar,
        configPath: "/etc/claude-code-job",
        persistPath: "/var/lib/claude-code-job",
      },
    },
    { kind: "AgentAuth", metadata: { name: "claude" }, spec: { secretRef: { name: "claude", key: "token" } } },
    { kind: "AgentRole", metadata: { name: "developer" }, spec: { allowedTools: ["Bash", "Read", "Edit"] } },
    { kind: "Repository", metadata: { name: "leap-years" }, spec: { owner: "example", name: "leap-years" } },
    {
      kind: "AgentJob",
      metadata: { name: "fix-tests" },
      spec: {
        runtimeRef: "claude-code",
        authRef: "claude",
        roleRef: "developer",
        repositoryRefs: ["leap-years"],
        prompt: "A test fails. Find out why, fix the code, and commit the fix.",
        timeoutSeconds: 300,
        ...(env.length === 0 ? {} : { env }),
      },
    },
  ];
  return documents
    .map((document) => `${JSON.stringify({ apiVersion: "thurkube.thurbeen.eu/v1alpha1", ...document }, null, 2)}\n`)
    .join("---\n");
}
