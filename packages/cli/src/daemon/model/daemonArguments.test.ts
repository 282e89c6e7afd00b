import { expect, it } from "vitest";
import { daemonArguments } from "./daemonArguments.ts";

const PLACE = { environment: {}, workingDirectory: "/home/ada" };

it.each([
  [{}, []],
  [{ enableKubernetesBackend: true }, ["--enable-kubernetes-backend=true"]],
  [{ enableKubernetesBackend: "true" }, ["--enable-kubernetes-backend=true"]],
  [{ enableKubernetesBackend: "1" }, ["--enable-kubernetes-backend=true"]],
  [{ enableKubernetesBackend: "off" }, ["--enable-kubernetes-backend=false"]],
  [{ kubeconfig: "clusters/one" }, ["--kubeconfig=/home/ada/clusters/one"]],
  [{ kubeconfig: "~/.kube/one" }, ["--kubeconfig=~/.kube/one"]],
  [
    { kubeconfig: "/etc/one", context: "staging", namespace: "agents" },
    ["--kubeconfig=/etc/one", "--context=staging", "--namespace=agents"],
  ],
])("daemonArguments turns %j into %j", (flags, args) => {
  expect(daemonArguments(flags, PLACE)).toEqual(args);
});

it.each([
  [{ enableKubernetesBackend: "maybe" }, "--enable-kubernetes-backend must be one of 1, true, yes, on or"],
  [{ namespace: "No" }, "--namespace must be a DNS label"],
  [{ context: "" }, "--context must not be empty"],
])("daemonArguments refuses %j", (flags, message) => {
  expect(() => daemonArguments(flags, PLACE)).toThrow(message);
});
