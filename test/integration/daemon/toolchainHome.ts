import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A home with stand-ins for version managers, each laid out as the manager itself does it, and a tool in each. */
export class ToolchainHome {
  readonly path: string;
  /** The folders that the managers put on PATH. */
  readonly folders: readonly string[];

  constructor(path: string, runtime: string) {
    this.path = path;
    this.#nvm();
    this.#rustup();
    this.#pyenv();
    this.#asdf();
    this.#mise();
    this.#volta();
    this.#fnm(runtime);
    this.#sdkman();
    this.#pipx();
    for (const secret of SECRETS) this.#file(secret, "mine");
    const folders = (
      ".nvm/versions/node/v22.0.0/bin .cargo/bin .pyenv/shims .pyenv/bin .asdf/shims bin .local/share/mise/shims " +
      ".local/bin .volta/bin .sdkman/candidates/java/current/bin"
    )
      .split(" ")
      .map((folder) => join(path, folder));
    this.folders = [...folders, join(runtime, "fnm_multishells/1_2/bin")];
  }

  #nvm(): void {
    const root = ".nvm/versions/node/v22.0.0";
    this.#program(`${root}/bin/node`, `exec ${process.execPath} "$@"`);
    this.#file(`${root}/lib/node_modules/npm/package.json`, JSON.stringify({ version: "11.0.0" }));
    this.#script(
      `${root}/lib/node_modules/npm/bin/npm-cli.js`,
      `#!/usr/bin/env node\nconsole.log("npm works", require("../package.json").version);\n`,
    );
    this.#link(`${root}/bin/npm`, "../lib/node_modules/npm/bin/npm-cli.js");
  }

  #rustup(): void {
    this.#program(
      ".cargo/bin/rustup",
      [
        `root=\${RUSTUP_HOME:-$HOME/.rustup}`,
        `default=$(sed -n 's/^default_toolchain = "\\(.*\\)"/\\1/p' "$root/settings.toml")`,
        `exec "$root/toolchains/$default/bin/$(basename "$0")" "$@"`,
      ].join("\n"),
    );
    this.#link(".cargo/bin/cargo", "rustup");
    this.#file(".rustup/settings.toml", `default_toolchain = "stable-x86_64"\n`);
    this.#program(".rustup/toolchains/stable-x86_64/bin/cargo", "echo cargo works");
  }

  #pyenv(): void {
    const root = join(this.path, ".pyenv");
    this.#program(
      ".pyenv/shims/python3",
      [`program="\${0##*/}"`, `export PYENV_ROOT="${root}"`, `exec "${root}/libexec/pyenv" exec "$program" "$@"`].join(
        "\n",
      ),
    );
    this.#program(
      ".pyenv/libexec/pyenv",
      [
        `root=\${PYENV_ROOT:-$HOME/.pyenv}`,
        `version=$(cat "$root/version") || exit 1`,
        `[ "$1" = exec ] || { echo "pyenv works $version"; exit; }`,
        `program=$2; shift 2; exec "$root/versions/$version/bin/$program" "$@"`,
      ].join("\n"),
    );
    this.#link(".pyenv/bin/pyenv", "../libexec/pyenv");
    this.#file(".pyenv/version", "3.13.0\n");
    this.#program(".pyenv/versions/3.13.0/bin/python3", "echo python3 works");
  }

  #asdf(): void {
    this.#program(".asdf/shims/ruby", `exec asdf exec "ruby" "$@"`);
    this.#program(
      "bin/asdf",
      [
        `[ "$1" = exec ] || exit 1; program=$2; shift 2`,
        `version=$(sed -n "s/^$program //p" "$HOME/.tool-versions")`,
        `[ -n "$version" ] || { echo "No version is set for command $program" >&2; exit 126; }`,
        `exec "\${ASDF_DATA_DIR:-$HOME/.asdf}/installs/$program/$version/bin/$program" "$@"`,
      ].join("\n"),
    );
    this.#file(".tool-versions", "ruby 3.3.0\n");
    this.#program(".asdf/installs/ruby/3.3.0/bin/ruby", "echo ruby works");
  }

  #mise(): void {
    this.#program(
      ".local/bin/mise",
      [
        `name=$(basename "$0")`,
        `config=\${MISE_GLOBAL_CONFIG_FILE:-$HOME/.config/mise/config.toml}`,
        `version=$(sed -n "s/^$name = \\"\\(.*\\)\\"/\\1/p" "$config") || exit 1`,
        `exec "\${MISE_DATA_DIR:-$HOME/.local/share/mise}/installs/$name/$version/bin/$name" "$@"`,
      ].join("\n"),
    );
    this.#link(".local/share/mise/shims/go", join(this.path, ".local/bin/mise"));
    this.setMise(`[tools]\ngo = "1.24"\n`);
    this.#program(".local/share/mise/installs/go/1.24/bin/go", "echo go works");
  }

  /** Writes mise's settings for all folders. */
  setMise(settings: string): void {
    this.#file(".config/mise/config.toml", settings);
  }

  #volta(): void {
    this.#program(
      ".volta/bin/volta-shim",
      [
        `root=\${VOLTA_HOME:-$HOME/.volta}; name=$(basename "$0")`,
        `version=$(sed -n "s/.*\\"$name\\":\\"\\([^\\"]*\\)\\".*/\\1/p" "$root/tools/user/platform.json")`,
        `exec "$root/tools/image/$name/$version/bin/$name" "$@"`,
      ].join("\n"),
    );
    this.#link(".volta/bin/yarn", "volta-shim");
    this.#file(".volta/tools/user/platform.json", `{"yarn":"1.22.0"}`);
    this.#program(".volta/tools/image/yarn/1.22.0/bin/yarn", "echo yarn works");
  }

  #fnm(runtime: string): void {
    const installation = ".local/share/fnm/node-versions/v20.0.0/installation";
    this.#program(`${installation}/lib/node_modules/pnpm/bin/pnpm.cjs`, "echo pnpm works");
    this.#link(`${installation}/bin/pnpm`, "../lib/node_modules/pnpm/bin/pnpm.cjs");
    mkdirSync(join(runtime, "fnm_multishells"), { recursive: true });
    symlinkSync(join(this.path, installation), join(runtime, "fnm_multishells/1_2"));
  }

  #sdkman(): void {
    this.#program(".sdkman/candidates/java/21.0.1/bin/java", "echo java works");
    this.#link(".sdkman/candidates/java/current", "21.0.1");
  }

  #pipx(): void {
    const root = ".local/share/pipx/venvs/poetry";
    this.#file(`${root}/pyvenv.cfg`, "home = /usr/bin\n");
    this.#program(`${root}/bin/python`, "echo poetry works");
    this.#script(`${root}/bin/poetry`, `#!/usr/bin/env ${join(this.path, root)}/bin/python\n`);
    this.#link(".local/bin/poetry", join(this.path, root, "bin/poetry"));
  }

  #file(path: string, text: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  #script(path: string, text: string): void {
    this.#file(path, text);
    chmodSync(join(this.path, path), 0o755);
  }

  #program(path: string, text: string): void {
    this.#script(path, `#!/bin/sh\n${text}\n`);
  }

  #link(path: string, target: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    symlinkSync(target, join(this.path, path));
  }
}

/** The tools, as they are called. */
export const TOOLS = ["npm", "cargo", "python3", "pyenv", "ruby", "go", "yarn", "pnpm", "java", "poetry"];

/** Files of the home that hold credentials, some of them beside programs. */
export const SECRETS = [
  ".cargo/credentials.toml",
  ".npmrc",
  ".ssh/id_ed25519",
  ".gem/credentials",
  ".local/share/keyrings/login.keyring",
  ".local/state/mise/trusted-configs/x",
  ".config/gh/hosts.yml",
  ".dotnet/corefx/cryptography/x509stores/my/x",
];
