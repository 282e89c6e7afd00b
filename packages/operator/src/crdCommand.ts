import { crds } from "@clauderon/kinds";
import { stringify } from "yaml";

/** The eight CustomResourceDefinitions as YAML documents, ready for `kubectl apply -f -`. */
export function crdYaml(): string {
  return crds()
    .map((crd) => `---\n${stringify(crd, { lineWidth: 0 })}`)
    .join("");
}
