import { statfs } from 'node:fs/promises';
import { StorageError } from './storage-error';

/** What Linux's statfs(2) calls file systems whose files are on another machine, or on the host of a virtual one. */
const networkTypes: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x5346414f: 'AFS',
  0x0bd00bd0: 'Lustre',
  0x00c36400: 'Ceph',
  0x19830326: 'BeeGFS',
  0x47504653: 'GPFS',
  0x7461636f: 'OCFS2',
  0x01161970: 'GFS2',
  0x786f4256: 'VirtualBox shared folder',
};

/**
 * Write-ahead logs need memory that all processes share, and locks that hold: neither is sure on a network disk, where a
 * database may be damaged without a sign.
 *
 * @throws StorageError `NETWORK_DISK`.
 */
export async function refuseNetworkDisk(folder: string, fileSystem = statfs): Promise<void> {
  if (process.platform !== 'linux') return;
  const { type } = await fileSystem(folder);
  // Some platforms give the number with its sign.
  const name = networkTypes[type >>> 0];
  if (name === undefined) return;
  throw new StorageError(
    'NETWORK_DISK',
    `${folder} is on a network disk (${name}), where an embedded database can be damaged: use a folder on a local disk, ` +
      "for example 'file:/var/tmp/optimas/optimas.db', or a PostgreSQL database ('postgres://user@host:5432/database')",
  );
}
