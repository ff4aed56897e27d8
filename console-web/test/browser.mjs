// A browser for the console's tests. PALISADE_CONSOLE tells where the server is and who signs in; see ConsoleWebTest.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

export const given = JSON.parse(process.env.PALISADE_CONSOLE);
const shots = process.env.PALISADE_SHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const words = Object.fromEntries(
  ['en', 'ko', 'zh'].map((each) => [
    each,
    JSON.parse(readFileSync(new URL(`../src/locales/${each}.json`, import.meta.url), 'utf8')),
  ]),
);
let browser;

export async function start() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
  if (shots !== undefined) {
    mkdirSync(shots, { recursive: true });
  }
}

export function end() {
  return browser?.close();
}

/** A browser of its own; what it must not do fails the test that closes it. */
export async function open(language = 'en') {
  const context = await browser.newContext({ locale: language, viewport: { width: 1280, height: 800 } });
  const faults = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (line) => {
    // A refusal the page deals with is logged by the browser itself.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) {
      faults.push(line.text());
    }
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(given.url) && !request.url().startsWith(given.strictUrl)) {
      faults.push(`fetched from outside: ${request.url()}`);
    }
  });
  return {
    page,
    async close() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Takes a picture where pictures are wanted, and looks for what WCAG 2.2 AA forbids. */
export async function checkPage(page, name, strictly = true) {
  await page.waitForLoadState('networkidle');
  // What was said of acts before may lie over what is looked at now, for seconds.
  await page.evaluate(() => {
    document.querySelectorAll('.el-message').forEach((each) => {
      each.style.visibility = 'hidden';
    });
  });
  // What is being faded in has no contrast yet.
  await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== 'running'));
  if (shots !== undefined) {
    await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }
  if (!strictly) {
    return;
  }
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  const violations = found.violations.map(
    (each) => `${name}: ${each.id} ${each.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
  );
  assert.deepEqual(violations, []);
}

export async function signIn(page, url, language = 'en', name = given.name) {
  const t = words[language];
  await page.goto(`${url}/console/`);
  await page.getByLabel(t.signIn.name, { exact: true }).fill(name);
  await page.getByLabel(t.signIn.password, { exact: true }).fill(given.password);
  await page.getByRole('button', { name: t.signIn.go, exact: true }).click();
}

export async function chooseApp(page, language = 'en') {
  await page.evaluate((app) => localStorage.setItem('palisade.app', String(app)), given.app);
  await page.reload();
  await page.getByText(`(${given.app})`).first().waitFor();
  assert.ok(words[language]);
}
