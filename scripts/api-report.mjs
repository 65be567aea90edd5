// Writes etc/tableau-vivant.api.md: every public declaration, as it is emitted, without comments. A change of the public
// surface shows as a diff of this file. Fails when something public is undocumented, or when a public declaration mentions
// a type of this package that isn't exported. `--check` compares instead of writing.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const reportFile = `${root}etc/tableau-vivant.api.md`;
const program = ts.createProgram([`${root}dist/index.d.ts`], {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  strict: true,
});
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });
const entry = checker.getSymbolAtLocation(program.getSourceFile(`${root}dist/index.d.ts`));
const problems = [];

const exported = new Map(
  checker.getExportsOfModule(entry).map((symbol) => [symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol]),
);
const exportedSymbols = new Set(exported.values());
const sections = [...exported].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, symbol]) => report(name, symbol));
const text = `# Public surface of tableau-vivant\n\nMade by \`npm run api\`; do not edit. \`npm run api:check\` fails when it is out of date.\n\n\`\`\`ts\n${sections.join('\n\n')}\n\`\`\`\n`;

for (const problem of problems) console.error(problem);
if (process.argv.includes('--check')) {
  if (current() !== text) {
    console.error('etc/tableau-vivant.api.md is out of date: run "npm run api" and look at the diff.');
    process.exitCode = 1;
  }
} else {
  mkdirSync(`${root}etc`, { recursive: true });
  writeFileSync(reportFile, text);
}
if (problems.length > 0) process.exitCode = 1;

function current() {
  try {
    return readFileSync(reportFile, 'utf8');
  } catch {
    return '';
  }
}

function report(name, symbol) {
  const declarations = symbol.declarations ?? [];
  for (const declaration of declarations) {
    requireDocs(name, declaration);
    requireExports(name, declaration);
  }
  return declarations.map((declaration) => printer.printNode(ts.EmitHint.Unspecified, statementOf(declaration), declaration.getSourceFile())).join('\n');
}

/** A const is printed with its `declare const`. */
function statementOf(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

function isDocumented(node) {
  return ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc) && ts.getTextOfJSDocComment(doc.comment)?.trim());
}

function requireDocs(name, declaration) {
  if (!isDocumented(statementOf(declaration))) problems.push(`${name} is public but has no documentation.`);
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) return;
  for (const member of declaration.members) {
    const memberName = member.name?.getText();
    if (memberName !== undefined && !isDocumented(member)) problems.push(`${name}.${memberName} is public but has no documentation.`);
  }
}

function requireExports(name, declaration) {
  const visit = (node) => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const symbol = checker.getSymbolAtLocation(ts.isTypeReferenceNode(node) ? node.typeName : node.expression);
      const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const source = target?.declarations?.[0]?.getSourceFile().fileName;
      const isOurs = source?.startsWith(`${root}dist/`) && !(target.flags & ts.SymbolFlags.TypeParameter);
      if (isOurs && !exportedSymbols.has(target)) problems.push(`${name} mentions ${target.name}, which isn't exported.`);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
}
