#!/usr/bin/env node
import "@clauderon/base/require-node";
import { setFlagsFromString } from "node:v8";

// It runs for weeks beside whatever its user does: memory counts, and a little speed does not.
setFlagsFromString("--optimize-for-size");

await import("../src/main.ts");
