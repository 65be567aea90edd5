// The conformance suite on one backend; pack.mjs bundles it with the suite.
import { describeBackend } from '../../../tests/conformance/suite.ts';
import { answer } from '../row.mjs';
import { runTests } from '../vitest-here.mjs';

await answer(async ({ backend }) => {
  await describeBackend(backend);
  return runTests();
});
