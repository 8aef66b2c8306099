/**
 * Lets a process that was started with an IPC channel stop when its parent is gone, however that ended (kill -9 too):
 * the channel closes then, and this process sends itself the SIGTERM that its parent no longer can. Without a channel
 * nothing happens.
 */
export function stopWithParent(): void {
  const stop = () => process.kill(process.pid, 'SIGTERM');
  if (process.connected === true) process.once('disconnect', stop);
  else if (process.connected === false) stop(); // the parent ended while this process was still loading
  // Listening must not keep alive a process that has nothing left to do.
  process.channel?.unref();
}
