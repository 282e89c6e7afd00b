#!/usr/bin/env node
import "@clauderon/base/require-node";

await import("../src/main.ts");
