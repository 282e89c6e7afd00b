/** Numbers of system calls, by Node's name of the architecture. */
interface Architecture {
  /** AUDIT_ARCH_… */
  readonly audit: number;
  /** Calls that are refused whatever their arguments are. */
  readonly refused: readonly number[];
  readonly unshare: number;
  readonly clone: number;
  readonly ioctl: number;
  readonly socket: number;
}

/** The same on all architectures: these calls are newer than the common numbering. */
const COMMON = { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435 } as const;

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  // add_key, request_key, keyctl, perf_event_open, bpf, userfaultfd
  x64: { audit: 0xc000003e, refused: [248, 249, 250, 298, 321, 323], unshare: 272, clone: 56, ioctl: 16, socket: 41 },
  arm64: {
    audit: 0xc00000b7,
    refused: [217, 218, 219, 241, 280, 282],
    unshare: 97,
    clone: 220,
    ioctl: 29,
    socket: 198,
  },
};

const CLONE_NEWUSER = 0x10000000;
/** The terminal's requests that put text into its input. */
const [TIOCSTI, TIOCLINUX] = [0x5412, 0x541c] as const;
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what programs use; the others are rarely used parts of the kernel, or a VM's host. */
const FAMILIES: readonly number[] = [1, 2, 10, 16];
/** Numbers from here on are x32's, which have the same calls once more. */
const X32 = 0x40000000;

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97] as const;
const ALLOW = 0x7fff0000;
const errorOf = (number: number) => 0x00050000 | number;

/** Instructions of classic BPF. `jt` and `jf` are how many instructions are left out. */
interface Instruction {
  readonly code: number;
  readonly jt?: number;
  readonly jf?: number;
  readonly k: number;
}

/** Offsets in `struct seccomp_data`; of an argument, the low half, which is all that the kernel looks at here. */
const [NUMBER, ARCHITECTURE, FIRST, SECOND] = [0, 4, 16, 24] as const;
const load = (offset: number): Instruction => ({ code: 0x20, k: offset });
const result = (value: number): Instruction => ({ code: 0x06, k: value });
/** The next instruction only if equal, at least, or with any of the bits set. */
const ifEqual = (k: number): Instruction => ({ code: 0x15, jf: 1, k });
const ifAtLeast = (k: number): Instruction => ({ code: 0x35, jf: 1, k });
const ifAnyBit = (k: number): Instruction => ({ code: 0x45, jf: 1, k });

/**
 * The program for `bwrap --seccomp` that refuses what namespaces leave open: the user's kernel keyring, text typed into a
 * terminal by ioctl, new user namespaces, and rarely used parts of the kernel. Undefined on an architecture whose numbers
 * are not listed. Programs of another architecture, such as 32-bit ones, get ENOSYS for each call.
 */
export function systemCallFilter(architecture: string): Uint8Array | undefined {
  const known = ARCHITECTURES[architecture];
  if (known === undefined) return undefined;
  const { audit, refused, unshare, clone, ioctl, socket } = known;
  return encode([
    load(ARCHITECTURE),
    { code: 0x15, jt: 1, k: audit },
    result(errorOf(ENOSYS)),
    load(NUMBER),
    ...refuse([ifAtLeast(X32)], ENOSYS),
    ...refused.flatMap((number) => refuse([ifEqual(number)], EPERM)),
    // ENOSYS makes programs take the older call instead: clone3 has its flags in memory, where no filter can look.
    ...Object.values(COMMON).flatMap((number) => refuse([ifEqual(number)], ENOSYS)),
    ...onCall(unshare, [load(FIRST), ...refuse([ifAnyBit(CLONE_NEWUSER)], EPERM)]),
    ...onCall(clone, [load(FIRST), ...refuse([ifAnyBit(CLONE_NEWUSER)], EPERM)]),
    ...onCall(ioctl, [load(SECOND), ...refuse([ifEqual(TIOCSTI)], EPERM), ...refuse([ifEqual(TIOCLINUX)], EPERM)]),
    ...onCall(socket, [
      load(FIRST),
      ...FAMILIES.flatMap((family) => [ifEqual(family), result(ALLOW)]),
      result(errorOf(EAFNOSUPPORT)),
    ]),
    result(ALLOW),
  ]);
}

const refuse = (test: readonly Instruction[], error: number) => [...test, result(errorOf(error))];

/** Instructions for one call, which is allowed if they end without a result. */
function onCall(number: number, body: readonly Instruction[]): readonly Instruction[] {
  return [{ code: 0x15, jf: body.length + 1, k: number }, ...body, result(ALLOW)];
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, jt = 0, jf = 0, k }] of program.entries()) {
    // Both architectures are little-endian.
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  }
  return bytes;
}
