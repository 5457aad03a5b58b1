'use strict';

const path = require('node:path');
const { areas, forbiddenFolderNames } = require('./areas');
const { projectPath, projectRoot } = require('./project-path');

/** Folders and files are named for a concept: `common/x.ts` and `x/utils.ts` say nothing about what they hold. */
module.exports = {
  create(context) {
    return {
      Program(node) {
        const file = projectPath(projectRoot(path.dirname(context.filename)), context.filename);
        const [top, ...rest] = file.replace(/(\.test)?\.ts$/, '').split('/');
        const vague = [top, ...rest].find((part) => forbiddenFolderNames.includes(part));
        if (vague && top in areas)
          context.report({ node, message: `'${vague}' in ${file}: name it for the concept it holds` });
      },
    };
  },
};
