'use strict';

const path = require('node:path');
const { areas } = require('./areas');
const { projectPath, projectRoot } = require('./project-path');

const isWithin = (target, folder) => target === folder || target.startsWith(`${folder}/`);
const isPackage = (specifier, name) => specifier === name || specifier.startsWith(`${name}/`);

/** Returns what is wrong with `file` importing `specifier`, or undefined when the design allows it. */
function forbiddenImport(root, file, specifier, typeOnly) {
  const importer = projectPath(root, file);
  const name = importer.split('/')[0];
  const area = areas[name];
  if (!area || importer.endsWith('.test.ts')) return undefined;
  if (specifier.startsWith('.')) {
    const target = projectPath(root, path.resolve(path.dirname(file), specifier));
    if (area.folders.some((folder) => isWithin(target, folder))) return undefined;
    if (area.typeFolders?.some((folder) => isWithin(target, folder))) {
      return typeOnly ? undefined : `${name}/ may import only types from ${target}: write 'import type'`;
    }
    const allowed = [...area.folders, ...(area.typeFolders ?? []).map((folder) => `${folder} (types)`)].join(', ');
    return `${name}/ must not import ${target}: it may import ${allowed}`;
  }
  if (!area.packages || area.packages.some((allowed) => isPackage(specifier, allowed))) return undefined;
  const exception = area.exceptions?.find(
    ({ files, packages }) => files.test(importer) && packages.some((allowed) => isPackage(specifier, allowed)),
  );
  if (exception && (typeOnly || !exception.typeOnly)) return undefined;
  if (exception) return `${name}/ may import only types from ${specifier}: write 'import type'`;
  return `${name}/ must not import the package ${specifier}: it may import ${area.packages.join(', ') || 'no package'}`;
}

const specifiersAreTypes = (specifiers, kind) =>
  specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === 'type');

module.exports = {
  create(context) {
    const root = projectRoot(path.dirname(context.filename));
    const check = (node, source, typeOnly) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const message = forbiddenImport(root, context.filename, source.value, typeOnly);
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) =>
        check(node, node.source, node.importKind === 'type' || specifiersAreTypes(node.specifiers, 'importKind')),
      ExportNamedDeclaration: (node) =>
        check(node, node.source, node.exportKind === 'type' || specifiersAreTypes(node.specifiers, 'exportKind')),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
      TSExternalModuleReference: (node) => check(node, node.expression, false),
      CallExpression: (node) => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node, node.arguments[0], false);
      },
    };
  },
};
