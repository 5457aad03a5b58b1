'use strict';

/** Project rules for oxlint, beside its built-in ones in .oxlintrc.json. */
module.exports = {
  meta: { name: 'optimas' },
  rules: {
    'import-direction': require('./import-direction'),
    'folder-name': require('./folder-name'),
  },
};
