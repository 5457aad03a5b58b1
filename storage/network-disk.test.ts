import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { refuseNetworkDisk } from './network-disk';

const onLinux = process.platform === 'linux' ? it : it.skip;
const disk = (type: number) =>
  (async (folder: string) => ({ ...(await statfs(folder)), type })) as unknown as typeof statfs;

onLinux('refuses folders on network disks, with a way out', async () => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
  ] as const) {
    const refused = refuseNetworkDisk(tmpdir(), disk(type));
    await expect(refused).rejects.toMatchObject({ code: 'NETWORK_DISK' });
    await expect(refused).rejects.toThrow(`${tmpdir()} is on a network disk (${name})`);
    await expect(refused).rejects.toThrow('postgres://');
  }
});

onLinux('takes local disks', async () => {
  await expect(refuseNetworkDisk(tmpdir(), disk(0xef53))).resolves.toBeUndefined();
  await expect(refuseNetworkDisk(tmpdir())).resolves.toBeUndefined();
});
