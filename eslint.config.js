// Lint, and the architecture: which folder may import which. Folder rules are stated once, in LAYERS.
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import ts from 'typescript';
import tseslint from 'typescript-eslint';

const STAGES = ['landmarks', 'motion', 'generator', 'media', 'provenance', 'backends'];
/** Modules that put stages together. */
const COMPOSITION = ['animate.ts', 'animator', 'detect-faces.ts', 'doctor.ts', 'extract-motion.ts', 'models.ts', 'motion-file.ts', 'verify.ts'];
const SHARED = ['core', 'geometry'];
const OPTIONS = ['options.ts', 'option-specs.ts'];

/** Folder or file of src/ -> what it may import besides itself. What isn't listed may import nothing of src/. */
const LAYERS = {
  core: [],
  geometry: ['core'],
  ...Object.fromEntries(STAGES.map((stage) => [stage, SHARED])),
  workers: [...SHARED, 'landmarks', 'generator', 'backends'],
  // Rates of a detector: numbers in, numbers out.
  metrics: [],
  detectors: [...SHARED, 'backends', 'generator/tensor/decode.ts', 'media/temp-files.ts'],
  'package-info.ts': [],
  'option-specs.ts': ['core', 'backends/names.ts', 'motion/regions.ts'],
  'options.ts': ['core', 'backends/names.ts', 'motion/regions.ts', 'option-specs.ts', 'motion-file.ts', 'animator/progress.ts', 'personalize/progress.ts'],
  'report-schemas.ts': ['core', 'animator/stage-clock.ts', 'backends/names.ts', 'backends/link-tensorflow/link.ts', 'personalize/progress.ts', 'reports.ts'],
  'reports.ts': [...SHARED, ...STAGES, 'animator'],
  ...Object.fromEntries(
    COMPOSITION.map((name) => [name, [...SHARED, ...STAGES, ...COMPOSITION, ...OPTIONS, 'workers', 'package-info.ts', 'reports.ts']]),
  ),
  personalize: [...SHARED, ...STAGES, 'animator', ...OPTIONS, 'package-info.ts', 'reports.ts'],
  corpus: [...SHARED, ...STAGES, ...COMPOSITION, ...OPTIONS, 'workers', 'package-info.ts'],
  // The engine is behind queue/job-queue.ts; what is made is the business of handlers.
  queue: ['core', 'backends/peer.ts', 'media/encode-failure.ts'],
  // Corpora through a queue.
  distributed: ['core', 'corpus', 'media/temp-files.ts', 'options.ts', 'queue'],
  // Numbers, charts and pages; files are written by its write-report.ts.
  'corpus-report': ['core', 'animator/cancel.ts', 'corpus', 'media', 'metrics', 'options.ts', 'scoring'],
  scoring: [...SHARED, ...STAGES, 'animator', 'corpus', 'detectors', 'options.ts', 'workers'],
  'index.ts': ['core', ...STAGES, ...COMPOSITION, ...OPTIONS, 'corpus', 'detectors', 'distributed', 'personalize', 'scoring', 'corpus-report', 'metrics', 'reports.ts', 'report-schemas.ts'],
  // The command line knows the public surface, the table of options it derives its flags from, and the version.
  cli: ['index.ts', 'option-specs.ts', 'package-info.ts'],
};

const zones = Object.entries(LAYERS).map(([target, allowed]) => ({
  target: `./src/${target}`,
  from: './src',
  except: [...new Set([target, ...allowed])].map((name) => `./${name}`),
  message: `src/${target} may import only: ${allowed.join(', ') || 'nothing'} (eslint.config.js, LAYERS).`,
}));

/** Packages that exactly one place may import. */
const OWNED_PACKAGES = [
  { folder: 'landmarks', packages: ['@mediapipe/*', 'flatbuffers'] },
  { folder: 'media', packages: ['fluent-ffmpeg', 'sharp', '@ffmpeg-installer/*', '@ffprobe-installer/*'] },
  { folder: 'provenance', packages: ['@contentauth/*', '@peculiar/*'] },
  { folder: 'backends', packages: ['@tensorflow/tfjs-backend-*', '@tensorflow/tfjs-node*', 'webgpu'] },
  { folder: 'queue', packages: ['bullmq', 'ioredis'] },
  { folder: 'cli', packages: ['commander'] },
];
const MARK_AUTHORITY = {
  regex: 'core/marked-frame\\.js$',
  importNames: ['takeMarkAuthority'],
  message: 'Only provenance/marker.ts may brand frames as marked.',
};
const RECORDING_AUTHORITY = {
  regex: 'core/marked-frame\\.js$',
  importNames: ['takeRecordingAuthority'],
  message: 'Only provenance/recording.ts may brand frames as recorded.',
};
/** Marks that leave the picture itself without a badge are for research clips. */
const RESEARCH_MARKERS = {
  regex: 'provenance/marker\\.js$',
  importNames: ['createBandMarker', 'createCropMarker'],
  message: 'Only src/corpus may put the badge outside the picture.',
};
const RECORDINGS = {
  regex: 'provenance/recording\\.js$',
  message: 'Only src/corpus passes recordings to encoders.',
};
const RESTRICTED = [MARK_AUTHORITY, RECORDING_AUTHORITY, RESEARCH_MARKERS, RECORDINGS];

function packagesNotOwnedBy(folder) {
  return OWNED_PACKAGES.filter((entry) => entry.folder !== folder).flatMap(({ folder: owner, packages }) =>
    packages.map((name) => ({ group: [name, `${name}/**`], message: `Only src/${owner} imports this package.` })),
  );
}

function restrictImports(folder, files, patterns = RESTRICTED) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [...packagesNotOwnedBy(folder), ...patterns] }] } };
}

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'temp/', 'coverage/', 'node_modules/', 'training/', 'carry/'] },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'AbortController', 'AbortSignal', 'TextDecoder', 'TextEncoder', 'fetch'].map((name) => [name, 'readonly']),
      ),
    },
  },
  { files: ['**/*.ts'], extends: [...tseslint.configs.strict] },
  {
    files: ['**/*.ts'],
    rules: {
      // Typed-array and tuple reads in hot loops are known to be there.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Parsers of untrusted bytes look for control characters on purpose.
      'no-control-regex': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js'],
      'import-x/resolver-next': [tsResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-unresolved': ['error', { ignore: ['^[^.]'] }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    // Tables.
    files: ['src/geometry/canonical-mesh.ts', 'src/provenance/badge/glyphs.ts', 'src/corpus-report/charts/glyphs.ts', 'src/landmarks/model/refinement-indices.ts'],
    rules: { 'max-lines': 'off' },
  },
  restrictImports('', ['src/**/*.ts']),
  ...OWNED_PACKAGES.map(({ folder }) => restrictImports(folder, [`src/${folder}/**/*.ts`])),
  restrictImports('provenance', ['src/provenance/marker.ts'], [RECORDING_AUTHORITY, RECORDINGS]),
  restrictImports('provenance', ['src/provenance/recording.ts'], [MARK_AUTHORITY, RESEARCH_MARKERS]),
  restrictImports('corpus', ['src/corpus/**/*.ts'], [MARK_AUTHORITY, RECORDING_AUTHORITY]),
);

/** Relative imports end in `.js` and mean the `.ts` beside them (NodeNext). */
function tsResolver() {
  return {
    interfaceVersion: 3,
    name: 'node-next',
    resolve(source, file) {
      if (!source.startsWith('.')) return { found: false };
      const path = new URL(source.replace(/\.js$/, '.ts'), `file://${file}`).pathname;
      return ts.sys.fileExists(path) ? { found: true, path } : { found: false };
    },
  };
}
