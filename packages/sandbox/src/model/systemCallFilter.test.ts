import { describe, expect, it } from "vitest";
import { systemCallFilter } from "./systemCallFilter.ts";

const ALLOWED = "allowed";
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];
const NEWUSER = 0x10000000;
/** CLONE_VM … of a thread, and CLONE_NEWPID. */
const [THREAD, NEWPID] = [0x3d0f00, 0x20000000];
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

type Call = readonly [number, ...(readonly number[])];

/** What the kernel would do with a call: the instructions that the filter uses, one after the other. */
function run(program: Uint8Array, audit: number, [number, first = 0, second = 0]: Call): number | string {
  const data: Readonly<Record<number, number>> = { 0: number, 4: audit, 16: first, 24: second };
  const view = new DataView(program.buffer);
  let value = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const k = view.getUint32(at * 8 + 4, true);
    const code = view.getUint16(at * 8, true);
    if (code === 0x06) return k === 0x7fff0000 ? ALLOWED : k & 0xffff;
    if (code === 0x20) value = data[k] ?? Number.NaN;
    else {
      const isTrue = { 0x15: value === k, 0x35: value >= k, 0x45: (value & k) !== 0 }[code];
      if (isTrue === undefined) throw new Error(`Unknown instruction ${code}`);
      at += view.getUint8(at * 8 + (isTrue ? 2 : 3));
    }
  }
  throw new Error("The program ends without a result");
}

const CASES: readonly (readonly [string, Call, Call, number | string])[] = [
  ["read", [0], [63], ALLOWED],
  ["keyctl", [250], [219], EPERM],
  ["add_key", [248], [217], EPERM],
  ["request_key", [249], [218], EPERM],
  ["perf_event_open", [298], [241], EPERM],
  ["bpf", [321], [280], EPERM],
  ["userfaultfd", [323], [282], EPERM],
  ["io_uring_setup", [425], [425], ENOSYS],
  ["clone3", [435], [435], ENOSYS],
  ["clone of a thread", [56, THREAD], [220, THREAD], ALLOWED],
  ["clone with a user namespace", [56, NEWUSER | 17], [220, NEWUSER | 17], EPERM],
  ["unshare of a user namespace", [272, NEWUSER], [97, NEWUSER], EPERM],
  ["unshare of a pid namespace", [272, NEWPID], [97, NEWPID], ALLOWED],
  ["ioctl TIOCSTI", [16, 0, 0x5412], [29, 0, 0x5412], EPERM],
  ["ioctl TIOCLINUX", [16, 0, 0x541c], [29, 0, 0x541c], EPERM],
  ["ioctl TIOCSWINSZ", [16, 0, 0x5414], [29, 0, 0x5414], ALLOWED],
  ["socket of AF_UNIX", [41, 1], [198, 1], ALLOWED],
  ["socket of AF_INET6", [41, 10], [198, 10], ALLOWED],
  ["socket of AF_NETLINK", [41, 16], [198, 16], ALLOWED],
  ["socket of AF_VSOCK", [41, 40], [198, 40], EAFNOSUPPORT],
  ["socket of AF_ALG", [41, 38], [198, 38], EAFNOSUPPORT],
];

describe("systemCallFilter", () => {
  it.each(CASES)("decides about %s the same on each architecture", (_, x64, arm64, expected) => {
    expect(run(systemCallFilter("x64") ?? new Uint8Array(), AUDIT.x64, x64)).toBe(expected);
    expect(run(systemCallFilter("arm64") ?? new Uint8Array(), AUDIT.arm64, arm64)).toBe(expected);
  });

  it("refuses each call of another architecture, and of x32", () => {
    const filter = systemCallFilter("x64") ?? new Uint8Array();
    expect(run(filter, 0x40000003, [4])).toBe(ENOSYS);
    expect(run(filter, AUDIT.x64, [0x40000000 + 250])).toBe(ENOSYS);
  });

  it("is missing where the numbers of the calls are not known", () => {
    expect(systemCallFilter("riscv64")).toBeUndefined();
  });
});
