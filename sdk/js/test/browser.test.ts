import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { connection, unknownUser } from './server.js';

const AXE = readFileSync(createRequire(`${process.cwd()}/package.json`).resolve('axe-core/axe.min.js'), 'utf8');
const PAGE = `${connection.restUrl}/chat/`;

let browser: Browser;
const troubles: string[] = [];

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage',
    ],
  });
});

after(async () => {
  await browser?.close();
  assert.deepEqual(troubles, []);
});

interface Look {
  dark?: boolean;
  phone?: boolean;
  locale?: string;
}

/** The page in a browser of its own; whatever it complains of fails the test. */
const visit = async (user: string, look: Look = {}): Promise<Page> => {
  const context = await browser.newContext({
    viewport: look.phone ? { width: 390, height: 800 } : { width: 1180, height: 800 },
    colorScheme: look.dark ? 'dark' : 'light',
    locale: look.locale ?? 'en-GB',
    reducedMotion: 'reduce',
    bypassCSP: false,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => troubles.push(`${user}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      troubles.push(`${user}: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    const { hostname } = new URL(request.url());
    if (!['127.0.0.1', ''].includes(hostname)) {
      troubles.push(`${user}: fetched ${request.url()}`);
    }
  });
  await page.goto(PAGE);
  await page.locator('.sign-in input').fill(user);
  await page.keyboard.press('Enter');
  await page.locator('.app').waitFor();
  return page;
};

const openChat = async (page: Page, name: string): Promise<void> => {
  await page.locator('.sidebar .accent').click();
  await page.locator('.menu button').first().click();
  await page.locator('.dialog input').fill(name);
  await page.keyboard.press('Enter');
  await page.locator('.composer').waitFor();
};

const write = async (page: Page, text: string): Promise<void> => {
  await page.locator('.composer textarea').fill(text);
  await page.keyboard.press('Enter');
};

/** What an automatic check finds wrong for people with impairments. */
const accessible = async (page: Page): Promise<string[]> => {
  const found = await page.evaluate(`(() => {
    ${AXE.replace(/\bdefine\b/g, '_define')}
    return axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then((result) => result.violations.flatMap((each) => each.nodes.map((node) => each.id + ': ' + node.html.slice(0, 160))));
  })()`);
  return found as string[];
};

test('two people chat in their browsers: sent, read, recalled', async () => {
  const [alice, bob] = [unknownUser('alice'), unknownUser('bob')];
  const [one, other] = [await visit(alice), await visit(bob, { dark: true, locale: 'zh-CN' })];
  await openChat(one, bob);
  await write(one, 'Hello from one browser <b>&</b> https://example.org/');
  const row = other.locator('.conversation', { hasText: alice });
  await row.locator('.badge', { hasText: '1' }).waitFor();
  await row.click();
  await other.locator('.bubble', { hasText: 'Hello from one browser <b>&</b>' }).waitFor();
  assert.equal(await other.locator('.bubble a').getAttribute('href'), 'https://example.org/');
  await one.locator('.own .tick.read').waitFor();
  await row.locator('.badge').waitFor({ state: 'detached' });
  await write(other, '来自另一个浏览器');
  await one.locator('.bubble', { hasText: '来自另一个浏览器' }).waitFor();

  await other.locator('.own').hover();
  await other.locator('.own .actions button').first().click();
  await other.locator('.menu button', { hasText: '撤回' }).click();

  await one.locator('.line', { hasText: 'recalled a message' }).waitFor();
  await other.locator('.line', { hasText: '你撤回了一条消息' }).waitFor();
  assert.deepEqual(await accessible(one), []);
  assert.deepEqual(await accessible(other), []);
  await Promise.all([one.context().close(), other.context().close()]);
});

test('on a phone there is a group and a live room, in Korean', async () => {
  const user = unknownUser('carol');
  const page = await visit(user, { phone: true, locale: 'ko-KR' });
  assert.deepEqual(await accessible(page), []);
  await page.locator('.sidebar .accent').click();
  await page.locator('.menu button', { hasText: '새 그룹' }).click();
  await page.locator('.dialog input').first().fill('우리 팀');
  await page.keyboard.press('Enter');
  await page.locator('.thread h2', { hasText: '우리 팀' }).waitFor();
  await write(page, '첫 메시지');
  await page.locator('.own', { hasText: '첫 메시지' }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  await page.locator('.thread .who').click();
  await page.locator('.details .people li').first().waitFor();
  assert.deepEqual(await accessible(page), []);
  await page.locator('.details .bar button').click();
  await page.locator('.only-phone').click();
  await page.locator('.conversation', { hasText: '우리 팀' }).waitFor();
  await page.locator('.sidebar .accent').click();
  await page.locator('.menu button', { hasText: '라이브 룸' }).click();
  await page.locator('.dialog input').fill(unknownUser('room'));
  await page.keyboard.press('Enter');
  await page.locator('.thread .live-mark').waitFor();
  await write(page, '안녕하세요');
  await page.locator('.own', { hasText: '안녕하세요' }).waitFor();
  await page.context().close();
});

test('the page runs nothing inline and connects to nobody but this server', async () => {
  const response = await fetch(PAGE);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self';/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  const html = await response.text();
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|style=|https?:\/\//);
});
