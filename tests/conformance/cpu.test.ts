import { describeBackend } from './suite.js';

await describeBackend('cpu');
