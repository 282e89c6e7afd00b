import type { Setting } from "./foundSettings.ts";

/** The environment in which these settings override any configuration, and the settings that it already contains. */
export function overridden(
  environment: Readonly<Record<string, string>>,
  settings: readonly Setting[],
): Readonly<Record<string, string>> {
  const before = Number(environment["GIT_CONFIG_COUNT"] ?? 0);
  const first = Number.isInteger(before) && before > 0 ? before : 0;
  if (settings.length === 0) return environment;
  const variables = settings.flatMap(({ key, value }, index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key] as const,
    [`GIT_CONFIG_VALUE_${first + index}`, value] as const,
  ]);
  return { ...environment, ...Object.fromEntries(variables), GIT_CONFIG_COUNT: String(first + settings.length) };
}
