import { InfrastructureError } from '../core/system/infrastructure-error';

/** How Node, C libraries, C++ and ONNX Runtime (error numbers of Linux) say that there was too little memory, or that too many files were open. */
const saysSo =
  /\b(EMFILE|ENFILE|ENOMEM|EAGAIN)\b|bad_alloc|bad allocation|allocation failed|(failed to|cannot) allocate|out of memory|too many open files|system error number (11|12|23|24)\b/i;

/** What opening `what` failed with, where not its files were at fault but what the machine had left: it may work later. */
export function outOfResources(what: string, cause: unknown): InfrastructureError | undefined {
  if (!(cause instanceof Error) || !saysSo.test(cause.message)) return undefined;
  return new InfrastructureError(
    `${what}: the machine had too little memory or too many open files (${cause.message}); free some`,
    { cause },
  );
}
