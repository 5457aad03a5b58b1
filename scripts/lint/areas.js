'use strict';

/**
 * What each top-level folder may import: the arrows of the design, as data.
 * `folders`: project folders for values and types; `typeFolders`: for types only; `packages`: the only packages allowed (any when absent).
 * `exceptions`: packages allowed to some files only, `typeOnly` where their values are not.
 */
const areas = {
  core: {
    folders: ['core'],
    packages: [],
    exceptions: [
      { files: /^core\/system\//, packages: ['zod'], typeOnly: true },
      { files: /^core\/run\/result-document\.ts$/, packages: ['zod'] },
      { files: /^core\/system\/canonical-json\.ts$/, packages: ['node:crypto'] },
    ],
  },
  workflows: {
    folders: ['workflows', 'core'],
    typeFolders: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  activities: { folders: ['activities', 'core', 'providers', 'storage'] },
  workers: { folders: ['workers', 'workflows', 'activities', 'core', 'providers', 'storage'] },
  client: { folders: ['client', 'workers', 'workflows', 'activities', 'core', 'providers', 'storage'] },
  providers: { folders: ['providers', 'core'] },
  storage: { folders: ['storage', 'core'] },
  // The public definition API: what a user's own system may use (seeded streams make data sets repeatable). Data sets are
  // read from where the ladders put them.
  systems: {
    folders: [
      'systems',
      'core/system',
      'core/random',
      'index',
      'providers/ladders/data-folder',
      'providers/ladders/data-sets',
      'providers/ladders/is-present',
    ],
  },
};

const forbiddenFolderNames = ['utils', 'util', 'helpers', 'helper', 'common', 'misc'];

module.exports = { areas, forbiddenFolderNames };
