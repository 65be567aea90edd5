// As much of vitest as the conformance suite needs, so that it runs where only Node is: pack.mjs puts this in vitest's place.
// `expect` is vitest's own.
import { GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';
import * as chai from 'chai';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = (value, message) => chai.expect(value, message);
globalThis[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0 }, expect);

const tests = [];
const before = [];
const after = [];

export const describe = (_title, body) => body();
describe.skipIf = (skip) => (title, body) => {
  if (skip) tests.push({ skipped: title });
  else body();
};
export const it = (title, body) => void tests.push({ title, body });
it.each = (values) => (title, body) => values.forEach((value) => it(title.replace('%s', String(value)), () => body(value)));
export const beforeAll = (hook) => void before.push(hook);
export const afterAll = (hook) => void after.push(hook);

/** Runs what was described; never throws. */
export async function runTests() {
  const skipped = tests.find((test) => test.skipped)?.skipped;
  if (skipped) return { passed: 0, of: 0, skipped, failures: [] };
  const failures = [];
  const attempt = async (title, body) => {
    try {
      await body();
      return true;
    } catch (error) {
      failures.push({ title, message: String(error?.message ?? error).slice(0, 400) });
      return false;
    }
  };
  let passed = 0;
  const ready = (await Promise.all(before.map((hook) => attempt('before all', hook)))).every(Boolean);
  for (const { title, body } of ready ? tests : []) if (await attempt(title, body)) passed += 1;
  for (const hook of after) await attempt('after all', hook);
  return { passed, of: tests.length, failures };
}
