import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import { type MarkedFrame, takeMarkAuthority } from '#dist/core/marked-frame.js';
import * as surface from '#dist/index.js';
import { createSink } from '#dist/media/sink.js';
import { ANIMATOR_SPECS, CLIP_SPECS, OUTPUT_SPECS } from '#dist/option-specs.js';
import { createMarker } from '#dist/provenance/marker.js';
import { MEDIA, RIGHTS, runCli, workFolder } from './run-cli.js';

// Disclosure can't be left out: not by an option, not by the environment, not by reaching into the package.

const folder = workFolder();
afterAll(() => folder.remove());
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Words that would name a way around. */
const WAY_AROUND = /mark|badge|disclos|sign(?!al)|c2pa|xmp|tag|verify|provenance|unsafe|skip|disable|raw|plain|clean/i;

describe('options', () => {
  it('has none that turns a layer off', () => {
    const names = [...Object.keys(CLIP_SPECS), ...Object.keys(OUTPUT_SPECS), ...Object.keys(ANIMATOR_SPECS)];
    expect(names).toHaveLength(22);
    // `landmarks` is where the face is.
    expect(names.filter((name) => WAY_AROUND.test(name) && name !== 'landmarks')).toEqual([]);
  });

  it.each(['badge', 'watermark', 'disclosure', 'sign', 'c2pa', 'unmarked', 'rightsCheck'])('refuses an invented option `%s`', async (name) => {
    const animator = surface.createAnimator();
    const options = { portraits: MEDIA.monaLisa, driving: MEDIA.webcam, output: folder.file('x.mp4'), rights: { basis: 'consent', subject: 'X' }, [name]: false } as const;
    await expect(animator.animate(options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(() => surface.createAnimator({ [name]: false } as surface.AnimatorOptions)).toThrow(surface.VivantError);
    await animator.close();
  });

  it('shows no flag in the help that turns a layer off', async () => {
    const { stdout } = await runCli(['animate', '--help'], folder.path);
    const flags = [...stdout.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
    expect(flags.length).toBeGreaterThan(20);
    expect([...new Set(flags)].filter((flag) => WAY_AROUND.test(flag) && flag !== '--landmarks')).toEqual([]);
  });
});

describe('environment', () => {
  it('is read only where it cannot matter', () => {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    const named = new Set<string>();
    const computed = new Set<string>();
    for (const file of files) {
      const code = readFileSync(`${dist}${file}`, 'utf8');
      for (const [, dot, bracket] of code.matchAll(/\benv(?:\.([A-Z_]+)|\[['"]([A-Z_]+)['"]\])/g)) named.add((dot ?? bracket)!);
      if (/\benv\[(?!['"])/.test(code)) computed.add(file);
    }
    expect([...named].sort()).toEqual(['APPDATA', 'CXX', 'LOCALAPPDATA', 'PATH', 'TF_CPP_MIN_LOG_LEVEL', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME']);
    // FFMPEG_PATH and FFPROBE_PATH.
    expect([...computed]).toEqual(['media/binaries.js']);
  });

  it('changes nothing when it asks for an unmarked file', async () => {
    const wishes = { VIVANT_NO_BADGE: '1', VIVANT_UNMARKED: '1', NO_WATERMARK: '1', DEBUG: '*', NODE_ENV: 'test', LANG: 'xx_XX' };
    const args = ['animate', MEDIA.monaLisa, '--driving', MEDIA.webcam, '--end', '1', '--size', '384', '--out', 'wishes.mp4', ...RIGHTS, '--json'];
    const { code, stdout } = await runCli(args, folder.path, wishes);
    expect(code).toBe(0);
    const { disclosure } = JSON.parse(stdout) as surface.AnimateReport;
    expect(Object.values(disclosure).map(({ status }) => status)).toEqual(['present', 'present', 'present', 'present', 'present']);
  });
});

describe('modules', () => {
  it('opens one door only', async () => {
    const { exports: doors } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { exports: object };
    expect(Object.keys(doors)).toEqual(['.', './package.json']);
    const require = createRequire(pathToFileURL(folder.file('stranger.js')));
    for (const path of ['dist/media/sink.js', 'dist/core/marked-frame.js', 'dist/provenance/marker.js', 'dist/animator/scene.js']) {
      await expect(import(`tableau-vivant/${path}`)).rejects.toThrow();
      expect(() => require.resolve(`tableau-vivant/${path}`)).toThrow();
    }
  });

  it('hands out nothing that writes or draws unmarked frames', () => {
    const functions = Object.entries(surface).filter(([, value]) => typeof value === 'function').map(([name]) => name);
    expect(functions.sort()).toEqual([
      ...['VivantError', 'checkExport', 'createAnimator', 'detectFaces', 'doctor', 'exportCorpus', 'extractMotion', 'linkTensorFlow', 'listModels', 'loadMotion', 'makeCorpus'],
      ...['makeCorpusThroughQueue', 'personalize', 'pullModels', 'queueStatus', 'reportCorpus', 'scoreCorpus', 'verify', 'workQueue'],
    ]);
  });

  it('marks every frame that is handed out', async () => {
    const animator = surface.createAnimator();
    const marked = await import('#dist/core/marked-frame.js');
    let frames = 0;
    for await (const frame of animator.frames({ portraits: MEDIA.monaLisa, driving: MEDIA.webcam, rights: { basis: 'public-domain', subject: 'Mona Lisa' }, size: 200, end: 0.2 })) {
      expect(marked.isMarked(frame)).toBe(true);
      frames += 1;
    }
    expect(frames).toBe(5);
    await animator.close();
  });
});

describe('encoders', () => {
  it.each(['mp4', 'mov', 'webm', 'gif', 'png', 'png-sequence'] as const)('%s takes no unmarked frame, whatever its type says', async (format) => {
    const path = folder.file(format === 'png-sequence' ? 'frames-%d.png' : `refused.${format}`);
    const before = folder.names();
    const sink = await createSink({ format, path, width: 64, height: 64, fps: 25, tags: {} });
    const frame = { ...createFrame(64, 64), index: 0, time: 0 };
    await expect(sink.write(frame as unknown as MarkedFrame)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(folder.names()).toEqual(before);
  });

  it('takes no copy of a marked frame either', async () => {
    const sink = await createSink({ format: 'png', path: folder.file('copy.png'), width: 64, height: 64, fps: 25, tags: {} });
    const marked = createMarker({ width: 64, height: 64, payload: 1 }).mark({ ...createFrame(64, 64), index: 0, time: 0 });
    await expect(sink.write({ ...marked })).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('lets nobody else take the authority to mark', () => {
    expect(() => takeMarkAuthority()).toThrow();
  });
});
