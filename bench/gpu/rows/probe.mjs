// Which backends work here, and which one `auto` takes.
import { answer, part } from '../row.mjs';

await answer(async () => {
  const [{ doctor }, { listModels }] = await Promise.all([part('doctor.js'), part('models.js')]);
  const { backends, chosen, node, platform } = await doctor();
  return { backends, chosen, node, platform, models: (await listModels()).models.map(({ name, status }) => ({ name, status })) };
});
