// Find the faces of a picture and write an editable landmark file of the largest one.
import { detectFaces } from 'tableau-vivant';
import { out, portrait } from './inputs.mjs';

const report = await detectFaces(portrait, { output: out('mona-lisa.points.json'), force: true });
for (const { index, box, angles, warnings } of report.faces) {
  console.log(`face ${index}: ${Math.round(box.width)}x${Math.round(box.height)} pixels, turned by ${angles.yaw} degrees`);
  for (const { message } of warnings) console.log(`  ${message}`);
}
console.log(`Edit ${report.output}, then pass it as the option \`landmarks\`.`);
