import { createServer } from 'node:net';
import { choosePort } from './free-port';

describe('choosePort', () => {
  it('takes a given port when it is free, and names the port and the way out when it is not', async () => {
    const free = await choosePort(undefined, 'the server', '--port');
    expect(await choosePort(free, 'the server', '--port')).toBe(free);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(free, '127.0.0.1', resolve));
    await expect(choosePort(free, 'the server', '--port')).rejects.toThrow(
      `port ${free} for the server is in use by another program: choose another with --port`,
    );
    await new Promise((resolve) => taken.close(resolve));
  });
});
