import type { AgentJob } from "@clauderon/kinds";
import { Fault, type KubeObject, Secret } from "@clauderon/base";
import type { ManifestSet } from "./manifestSet.ts";

type Values = Readonly<Record<string, string>>;
type Source = "Secret" | "ConfigMap";
type EnvVar = NonNullable<AgentJob["spec"]["env"]>[number];
type EnvFromSource = NonNullable<AgentJob["spec"]["envFrom"]>[number];

/** A Secret or ConfigMap as a manifest has it. */
interface ValuesManifest extends KubeObject {
  readonly data?: Values;
  readonly stringData?: Values;
}

/** Turns base64 into UTF-8 text; pure code has no decoder of its own. */
export type DecodeBase64 = (text: string) => string;

/** Reads values from the Secrets and ConfigMaps among the manifests, as the kubelet does for a pod. */
export class ManifestValues {
  readonly #manifests: ManifestSet;
  readonly #decode: DecodeBase64;

  constructor(manifests: ManifestSet, decode: DecodeBase64) {
    this.#manifests = manifests;
    this.#decode = decode;
  }

  /** One key of a Secret; undefined when the Secret or the key is not among the manifests. */
  secret(name: string, key: string): Secret | undefined {
    const value = this.#all("Secret", name)?.[key];
    return value === undefined ? undefined : new Secret(value);
  }

  /** The variables that `envFrom` and `env` of an AgentJob give, later ones winning, as in a pod. */
  variables({ spec }: AgentJob): Values {
    const variables: Record<string, string> = {};
    for (const source of spec.envFrom ?? []) Object.assign(variables, this.#everyKey(source));
    for (const entry of spec.env ?? []) {
      const value = entry.value ?? this.#valueFrom(entry);
      if (value !== undefined) variables[entry.name] = value;
    }
    return variables;
  }

  /** Names of the variables whose values come from Secrets. */
  secretVariables({ spec }: AgentJob): readonly string[] {
    const whole = (spec.envFrom ?? []).filter(({ secretRef }) => secretRef !== undefined);
    const single = (spec.env ?? []).filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined);
    return [...whole.flatMap((source) => Object.keys(this.#everyKey(source))), ...single.map(({ name }) => name)];
  }

  #everyKey({ prefix = "", secretRef, configMapRef }: EnvFromSource): Values {
    const kind: Source = secretRef === undefined ? "ConfigMap" : "Secret";
    const ref = secretRef ?? configMapRef;
    const values = this.#all(kind, ref?.name ?? "");
    if (values === undefined && ref?.optional !== true) throw notAmong(`${kind} "${ref?.name ?? ""}"`, kind);
    return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [prefix + key, value]));
  }

  /** The value that an entry refers to; undefined when it is optional and missing. */
  #valueFrom({ name, valueFrom }: EnvVar): string | undefined {
    if (valueFrom === undefined) return "";
    const kind: Source = valueFrom.secretKeyRef === undefined ? "ConfigMap" : "Secret";
    const ref = valueFrom.secretKeyRef ?? valueFrom.configMapKeyRef;
    if (ref === undefined) {
      throw new Fault(
        "SPEC_INVALID",
        `Variable ${name} takes its value from a pod field, but there is no pod on this machine`,
        {
          hint: `Set a value for ${name} in the manifest`,
        },
      );
    }
    const value = this.#all(kind, ref.name ?? "")?.[ref.key];
    if (value === undefined && ref.optional !== true)
      throw notAmong(`Key "${ref.key}" of ${kind} "${ref.name ?? ""}"`, kind);
    return value;
  }

  #all(kind: Source, name: string): Values | undefined {
    const object: ValuesManifest | undefined = this.#manifests.find(kind, name);
    if (object === undefined || kind === "ConfigMap") return object === undefined ? undefined : (object.data ?? {});
    const decoded = Object.entries(object.data ?? {}).map(([key, value]) => [key, this.#decode(value)] as const);
    return { ...Object.fromEntries(decoded), ...object.stringData };
  }
}

function notAmong(what: string, kind: Source): Fault {
  return new Fault("REFERENCE_NOT_FOUND", `${what} is not in the manifests`, {
    hint: `Add a file with the ${kind}; it is used only on this machine`,
  });
}
