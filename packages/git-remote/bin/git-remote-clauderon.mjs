#!/usr/bin/env node
import "@clauderon/base/require-node";
import "@clauderon/base/compile-cache";

await import("../src/main.ts");
