/**
 * Makes this process end when the process that started it does, however that one died: the operating system closes the
 * channel between them. Does nothing in a process that was started without a channel. A polite stop (SIGTERM) is left
 * to the program's own handlers.
 */
export function endWithParent(): void {
  if (process.send === undefined) return;
  process.once('disconnect', () => process.exit(0));
  // Listening keeps the channel open; it must not by itself keep the program running.
  process.channel?.unref();
}
