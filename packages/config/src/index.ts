export { type ConfigOrigin, originText } from "./configOrigin.ts";
export { type Config, configSchema } from "./configSchema.ts";
export { expandHome } from "./expandHome.ts";
export { type Limited, limitProblem } from "./limits.ts";
export type { ConfigFile } from "./parseConfigFile.ts";
export { type ConfigFlag, type ConfigSources, type ResolvedConfig, resolveConfig } from "./resolveConfig.ts";
export { type Setting, SETTINGS } from "./settings.ts";
