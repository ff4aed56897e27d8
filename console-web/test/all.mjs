// Every test of the console in one browser; see ConsoleWebTest.
import { after, before } from 'node:test';
import { end, start } from './browser.mjs';

before(start);
after(end);
await import('./console.mjs');
await import('./pages.mjs');
