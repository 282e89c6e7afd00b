import type { Setting } from "./model/foundSettings.ts";

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * How to start git with these settings, which override all others. They are passed as environment variables, because
 * names of drivers may contain any character. Node can only set variables to text, so for other bytes a shell sets them
 * and then becomes git.
 */
export function commandWith(settings: readonly Setting[], args: readonly string[]): Command {
  const variables = settings.flatMap(({ key, value }, index) => [
    [`GIT_CONFIG_KEY_${index}`, key] as const,
    [`GIT_CONFIG_VALUE_${index}`, value] as const,
  ]);
  const count = settings.length === 0 ? {} : { GIT_CONFIG_COUNT: String(settings.length) };
  const texts = variables.map(([name, raw]) => [name, Buffer.from(raw, "latin1").toString()] as const);
  if (variables.every(([, raw], index) => Buffer.from(texts[index]?.[1] ?? "").toString("latin1") === raw))
    return { program: "git", args, environment: { ...count, ...Object.fromEntries(texts) } };
  const assignments = variables.map(([name, raw]) => `${name}=$(printf %b '${octal(raw)}'); export ${name}`);
  return {
    program: "/bin/sh",
    args: ["-c", [...assignments, 'exec git "$@"'].join("\n"), "git", ...args],
    environment: count,
  };
}

const octal = (raw: string) =>
  raw.replaceAll(/[^]/g, (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
