// Say what a file is: node examples/verify.mjs [file]
import { verify } from 'tableau-vivant';
import { performer } from './inputs.mjs';

const report = await verify(process.argv[2] ?? performer);
console.log(report.explanation);
for (const [layer, { status, detail }] of Object.entries(report.layers)) console.log(`  ${layer}: ${status}. ${detail}`);
