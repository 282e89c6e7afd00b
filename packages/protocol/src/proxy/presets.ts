import { type AllowRule, allowRuleSchema } from "./allowRule.ts";

const READING = ["GET", "HEAD"];
const WEB_PORTS = [80, 443];

interface Preset {
  /** Where the list comes from. */
  readonly source: string;
  readonly rules: readonly Readonly<Partial<AllowRule> & { host: string }>[];
}

/**
 * Lists of hosts by name, for what common tools fetch. A registry of packages is for reading: to publish a package, add a rule to
 * the grant. A newer proxy may have other hosts in a list.
 */
const PRESETS = {
  anthropic: {
    source: "code.claude.com/docs/en/network-config: the API; without sign-in and updates",
    rules: [{ host: "api.anthropic.com" }],
  },
  github: {
    source:
      "docs.github.com: Communicating with self-hosted runners (downloads, releases, LFS); writing needs the session's credential",
    rules: [
      { host: "github.com" },
      { host: "api.github.com" },
      { host: "uploads.github.com" },
      { host: "codeload.github.com", methods: READING },
      { host: "raw.githubusercontent.com", methods: READING },
      { host: "media.githubusercontent.com", methods: READING },
      { host: "objects.githubusercontent.com", methods: READING },
      { host: "release-assets.githubusercontent.com", methods: READING },
      { host: "github-cloud.githubusercontent.com", methods: READING },
    ],
  },
  npm: {
    source: "docs.npmjs.com/cli: registry, npm audit; github.com/nodejs/node-gyp: headers of Node",
    rules: [
      { host: "registry.npmjs.org", methods: READING },
      { host: "registry.npmjs.org", methods: ["POST"], paths: ["/-/npm/v1/security"] },
      { host: "registry.yarnpkg.com", methods: READING },
      { host: "nodejs.org", methods: READING },
    ],
  },
  pypi: {
    source: "docs.pypi.org/api/index-api: the index and the files it names",
    rules: [
      { host: "pypi.org", methods: READING },
      { host: "files.pythonhosted.org", methods: READING },
    ],
  },
  crates: {
    source: "doc.rust-lang.org/cargo/reference/registries.html; rust-lang.github.io/rustup: static.rust-lang.org",
    rules: [
      { host: "index.crates.io", methods: READING },
      { host: "static.crates.io", methods: READING },
      { host: "crates.io", methods: READING },
      { host: "static.rust-lang.org", methods: READING },
    ],
  },
  go: {
    source: "go.dev/ref/mod: GOPROXY and GOSUMDB as they are by default",
    rules: [
      { host: "proxy.golang.org", methods: READING },
      { host: "sum.golang.org", methods: READING },
    ],
  },
  debian: {
    source: "debian.org/mirror/list; apt takes http and checks signatures",
    rules: [
      { host: "deb.debian.org", ports: WEB_PORTS, methods: READING },
      { host: "security.debian.org", ports: WEB_PORTS, methods: READING },
    ],
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

const RULES: ReadonlyMap<PresetName, readonly AllowRule[]> = new Map(
  PRESET_NAMES.map((name) => [
    name,
    PRESETS[name].rules.map((rule) => allowRuleSchema.parse({ ...rule, origin: name })),
  ]),
);

/** The rules of a preset, with its name as their origin. */
export function presetRules(name: PresetName): readonly AllowRule[] {
  return RULES.get(name) ?? [];
}
