import { AGENT_IMAGE } from "../cluster/projectImages.ts";

/** The first sections of a `config.toml`: sessions are pods of the namespace, with the image that the kit loaded. */
export function podConfiguration(settings: { readonly namespace: string } & Readonly<Record<string, string>>): string {
  const all = {
    storage_class: "standard",
    storage_size: "64Mi",
    image: AGENT_IMAGE,
    pull_policy: "Never",
    ...settings,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  return `[features]\nkubernetes_backend = true\n\n[kubernetes]\n${lines.join("")}\n`;
}
