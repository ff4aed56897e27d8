// Every page but those of users, against the real server: seen in each language, used once, and hidden from who may not.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { checkPage, chooseApp, given, open, signIn, words } from './browser.mjs';

const LANGUAGES = ['en', 'ko', 'zh'];

const PAGES = [
  ['/', 'home'],
  ['/apps', 'apps'],
  ['/settings', 'settings'],
  ['/users', 'users'],
  ['/groups', 'groups'],
  ['/rooms', 'rooms'],
  ['/messages', 'messages'],
  ['/moderation', 'moderation'],
  ['/webhooks', 'webhooks'],
  ['/usersig', 'usersig'],
  ['/administrators', 'administrators'],
  ['/audit', 'audit'],
  ['/nodes', 'nodes'],
  ['/account', 'account'],
];

/** Pages about one thing, whose name is their heading. */
const DETAILS = [
  ['/app', 'app-detail'],
  ['/users/detail?user=user-001', 'user-detail'],
];

/** A word's key, as it stands on a page that has no word for it; of groups that nothing else is called like. */
const KEY =
  /(?<![\w.])(home|word|action|apps|settings|section|choice|field|value|presence|webhooks|topic|label|rooms|usersig|nodes|check|checkFailed)\.[a-z]\w+/;

async function go(page, path) {
  await page.goto(`${given.url}/console/#${path}`);
}

/** What the server says itself, whatever the page shows. */
function ask(page, path) {
  return page.evaluate(async (of) => (await fetch(`/console/api${of}`)).json(), path.replace('{app}', given.app));
}

function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

async function choose(page, label, option) {
  await page.getByRole('combobox', { name: label, exact: true }).click({ force: true });
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function signedIn(language = 'en') {
  const browser = await open(language);
  await signIn(browser.page, given.url, language);
  await browser.page.getByRole('heading', { name: words[language].home.title }).waitFor();
  await chooseApp(browser.page, language);
  return browser;
}

/** Opens a page and waits until it shows what it is about. */
async function see(page, t, path, name) {
  await go(page, path);
  const heading = DETAILS.some(([each]) => each === path) ? {} : { name: t[name].title, exact: true };
  await page.locator('main').getByRole('heading', { level: 1, ...heading }).waitFor();
  await page.getByText(t.word.loading).first().waitFor({ state: 'detached' });
}

for (const language of LANGUAGES) {
  test(`each page opens, in ${language}`, async () => {
    const t = words[language];
    const { page, close } = await signedIn(language);
    for (const [path, name] of [...PAGES, ...DETAILS]) {
      await see(page, t, path, name);
      // A key stands on the page where its word is missing.
      assert.doesNotMatch(await page.locator('#app').innerText(), KEY);
      await checkPage(page, `${name}-${language}`, language === 'en');
    }
    await button(page, t.shell.dark).click();
    for (const [path, name] of [...PAGES, ...DETAILS]) {
      await see(page, t, path, name);
      await checkPage(page, `${name}-dark-${language}`, language === 'en');
    }
    await page.setViewportSize({ width: 420, height: 800 });
    for (const [path, name] of [...PAGES, ...DETAILS]) {
      await see(page, t, path, name);
      await checkPage(page, `${name}-narrow-${language}`, false);
      const [wide, seen] = await page.evaluate(() => [document.body.scrollWidth, window.innerWidth]);
      assert.ok(wide <= seen, `${name} is ${wide} wide on a screen of ${seen}`);
    }
    await close();
  });
}

for (const language of LANGUAGES) {
  test(`apps are created, their keys changed, and settings changed and undone, in ${language}`, async () => {
    const t = words[language];
    const { page, close } = await signedIn(language);
    await go(page, '/apps');
    await button(page, t.apps.create).click();
    const dialog = page.getByRole('dialog', { name: t.apps.create });
    await dialog.getByLabel(t.apps.name).fill(`<i>shop ${language}</i>`);
    await dialog.getByRole('button', { name: t.apps.create }).click();
    await page.locator('.secret').waitFor();
    assert.match(await page.locator('.secret').innerText(), /^[0-9a-f]{64}$/);
    await button(page, t.factor.kept).click();
    await page.getByRole('button', { name: `<i>shop ${language}</i>`, exact: true }).first().click();
    await page.getByRole('heading', { name: `<i>shop ${language}</i>`, exact: true }).waitFor();
    await checkPage(page, `app-${language}`, language === 'en');
    await button(page, t.app.newKey).click();
    await page.getByRole('dialog').getByRole('button', { name: t.app.newKey, exact: true }).click();
    await page.locator('.secret').waitFor();
    await button(page, t.factor.kept).click();
    await button(page, t.app.retire).nth(1).waitFor();
    await button(page, t.app.retire).nth(1).click();
    await page.getByRole('dialog').getByRole('button', { name: t.app.retire, exact: true }).click();
    await page.getByText(t.app.retired).waitFor();
    await button(page, t.app.retire).nth(1).waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: t.app.tags, exact: true }).fill('team=<b>팀</b>\nnothing');
    await page.getByText(t.app.tagsWrong).waitFor();
    await page.getByRole('textbox', { name: t.app.tags, exact: true }).fill('team=<b>팀</b>');
    await button(page, t.action.save).click();
    await page.getByText(t.app.tagged).waitFor();
    assert.ok(await button(page, t.app.close).isDisabled());
    await button(page, t.app.suspend).click();
    await page.getByRole('dialog').getByRole('button', { name: t.app.suspend, exact: true }).click();
    await page.getByText(t.app.suspended).waitFor();
    await button(page, t.app.close).click();
    const closing = page.getByRole('dialog', { name: t.app.close });
    await closing.getByRole('textbox').fill('shop');
    assert.ok(await closing.getByRole('button', { name: t.app.close, exact: true }).isDisabled());
    await closing.getByRole('textbox').fill(`<i>shop ${language}</i>`);
    await checkPage(page, `app-close-${language}`, language === 'en');
    await closing.getByRole('button', { name: t.app.close, exact: true }).click();
    await button(page, t.app.reopen).waitFor();
    await checkPage(page, `app-closed-${language}`, language === 'en');
    await button(page, t.app.reopen).click();
    await page.getByRole('dialog').getByRole('button', { name: t.app.reopen, exact: true }).click();
    await button(page, t.app.resume).waitFor();
    await go(page, '/apps');
    await page.getByText('team=<b>팀</b>').first().waitFor();
    await checkPage(page, `apps-tagged-${language}`, language === 'en');

    await chooseApp(page, language);
    await go(page, '/settings');
    const recall = page.getByLabel(
      t.setting?.['msg-recallSeconds'] ?? 'how long senders may take a message back; 0 for never',
    );
    await recall.fill('604801');
    await button(page, t.action.save).waitFor({ state: 'detached' });
    await recall.fill('77');
    await button(page, t.action.save).click();
    await page.getByText(t.settings.saved).waitFor();
    const set = async () =>
      (await ask(page, '/apps/{app}/settings')).settings.find((each) => each.key === 'msg.recallSeconds').value;
    assert.equal(await set(), 77);
    await page.getByRole('tab', { name: t.settings.history }).click();
    await page.getByText('120 → 77').first().waitFor();
    await checkPage(page, `settings-history-${language}`, language === 'en');
    await button(page, t.settings.undo).first().click();
    await page.getByRole('dialog').getByRole('button', { name: t.settings.undo, exact: true }).click();
    await page.getByText(t.settings.undone).waitFor();
    assert.equal(await set(), 120);

    await page.getByRole('tab', { name: t.settings.values }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, t.settings.export).click()]);
    const exported = JSON.parse(await readFile(await download.path(), 'utf8'));
    assert.equal(exported.values['msg.recallSeconds'], 120);
    const chooser = page.locator('input[type=file]');
    const file = (values) => ({
      name: 'settings.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(values)),
    });
    await chooser.setInputFiles(file({ kind: 'something else' }));
    await page.getByText(t.settings.importWrong).waitFor();
    await chooser.setInputFiles(file(exported));
    await page.getByText(t.settings.importSame).waitFor();
    await chooser.setInputFiles(
      file({ ...exported, values: { ...exported.values, 'msg.recallSeconds': 90, 'no.such': 1 } }),
    );
    await page.getByText('no.such').waitFor();
    await checkPage(page, `settings-import-${language}`, language === 'en');
    assert.equal(await set(), 120);
    await button(page, t.settings.drop).click();
    await close();
  });

  test(`groups get members, rooms bans, and messages are sent, read for a reason and taken back, in ${language}`, async () => {
    const t = words[language];
    const { page, close } = await signedIn(language);
    await go(page, '/groups');
    await button(page, t.groups.create).click();
    let dialog = page.getByRole('dialog', { name: t.groups.create });
    await dialog.getByLabel(t.groups.name, { exact: true }).fill(given.hostile);
    await dialog.getByLabel(t.groups.owner).fill('user-001');
    await dialog.getByLabel(t.groups.id).fill(`console-group-${language}`);
    await dialog.getByRole('button', { name: t.groups.create }).click();
    await page.getByRole('heading', { name: `console-group-${language}` }).waitFor();
    await page.getByLabel(t.groups.newMembers).fill('user-002\nuser-003');
    await button(page, t.action.add).click();
    await page.getByText('user-003', { exact: true }).waitFor();
    await checkPage(page, `group-${language}`, language === 'en');
    await button(page, t.action.remove).last().click();
    await page.getByRole('dialog').getByRole('button', { name: t.action.remove, exact: true }).click();
    await page.getByText(t.groups.memberRemoved).waitFor();
    assert.equal((await ask(page, '/apps/{app}/groups/members?group=console-group-' + language)).members.length, 2);

    await go(page, '/groups');
    await button(page, t.groups.create).click();
    dialog = page.getByRole('dialog', { name: t.groups.create });
    await dialog.getByRole('combobox').click({ force: true });
    await page.getByRole('option', { name: 'AVChatRoom' }).click();
    await dialog.getByLabel(t.groups.name, { exact: true }).fill('room');
    await dialog.getByLabel(t.groups.id).fill(`console-room-${language}`);
    await dialog.getByRole('button', { name: t.groups.create }).click();
    await page.getByText(t.groups.liveRoom).waitFor();
    await go(page, '/rooms');
    await page.getByRole('button', { name: `console-room-${language}` }).click();
    await page.getByLabel(t.rooms.users).fill('user-004');
    await button(page, t.rooms.ban).click();
    await page.getByRole('dialog').getByRole('button', { name: t.rooms.ban, exact: true }).click();
    await button(page, t.rooms.unban).waitFor();
    await checkPage(page, `room-${language}`, language === 'en');
    assert.equal((await ask(page, '/apps/{app}/rooms/bans?group=console-room-' + language)).bans[0].user, 'user-004');

    // Nobody else's messages stand between these two.
    const [one, other] = [0, 1].map((each) => `user-${40 + 2 * LANGUAGES.indexOf(language) + each}`.replace('-', '-0'));
    await go(page, '/messages');
    await page.getByLabel(t.messages.inName).fill(one);
    await page.getByLabel(t.messages.receiver).fill(other);
    await page.getByLabel(t.messages.text, { exact: true }).fill(given.hostile);
    await button(page, t.messages.sendGo).click();
    await page.getByText(t.messages.sent).waitFor();
    await page.getByLabel(t.messages.user).fill(one);
    await page.getByLabel(t.messages.peer).fill(other);
    await page.getByLabel(t.reason.label).fill('why');
    assert.ok(await button(page, t.action.search).isDisabled());
    await page.getByLabel(t.reason.label).fill('complaint 4711');
    await page.getByLabel(t.reason.case).fill(`CASE-${language}`);
    await button(page, t.action.search).click();
    await page.locator('.message', { hasText: given.hostile }).waitFor();
    await checkPage(page, `messages-found-${language}`, language === 'en');
    await button(page, t.messages.recall).click();
    await page.getByRole('dialog').getByRole('button', { name: t.messages.recall, exact: true }).click();
    await page.getByText(t.messages.isRecalled, { exact: true }).waitFor();
    await close();
  });

  test(`webhooks are set, tried and fail in words; words are listed; a UserSig is made and checked, in ${language}`, async () => {
    const t = words[language];
    const { page, close } = await signedIn(language);
    await go(page, '/webhooks');
    await page.getByLabel(t.webhooks.url, { exact: true }).fill('http://127.0.0.1:1/hook');
    await page.locator('label', { hasText: 'State.StateChange' }).first().click();
    await button(page, t.action.save).click();
    await page.getByText(t.webhooks.saved).waitFor();
    assert.equal((await ask(page, '/apps/{app}/webhooks')).url, 'http://127.0.0.1:1/hook');
    await button(page, t.webhooks.test).click();
    const [before, after] = t.webhooks.failed.split('{millis}').map((each) => each.replace(/[()]/g, '\\$&'));
    await page.getByText(new RegExp(`^${before}\\d+${after}`)).waitFor();
    await page.getByLabel(t.webhooks.token).fill('a-token-to-sign-with');
    await button(page, t.action.set).first().click();
    await page.getByText(t.webhooks.present, { exact: true }).waitFor();
    await checkPage(page, `webhooks-set-${language}`, language === 'en');

    await go(page, '/moderation');
    await page.getByLabel(t.moderation.newWords).fill(`<b>spam ${language}</b>\nscam ${language}`);
    await button(page, t.action.add).click();
    await page.getByText(`<b>spam ${language}</b>`, { exact: true }).waitFor();
    await checkPage(page, `moderation-words-${language}`, language === 'en');
    await page.locator('.el-table__row .el-checkbox').first().click();
    await page.getByRole('button', { name: t.moderation.removeChosen.replace('{count}', '1') }).click();
    await page.getByText(t.moderation.removed).waitFor();
    assert.equal((await ask(page, '/apps/{app}/moderation/words')).totalWords, 1 + LANGUAGES.indexOf(language));
    await page.getByRole('tab', { name: t.moderation.queue }).click();
    await page.getByText(t.moderation.noReviews).waitFor();
    await checkPage(page, `moderation-queue-${language}`, language === 'en');

    await go(page, '/usersig');
    await page.getByLabel(t.users.user).first().fill('user-001');
    await button(page, t.usersig.go).click();
    const sig = await page.locator('.secret').innerText();
    await button(page, t.factor.kept).click();
    await page.getByLabel(t.users.user).last().fill('user-001');
    await page.getByLabel('UserSig', { exact: true }).fill(sig);
    await button(page, t.usersig.checkGo).click();
    await page.getByText(t.usersig.valid).waitFor();
    await checkPage(page, `usersig-checked-${language}`, language === 'en');
    await close();
  });

  test(`entries of the audit log are proved, and an administrator sees what the given role allows, in ${language}`, async () => {
    const t = words[language];
    const { page, close } = await signedIn(language);
    await go(page, '/audit');
    await page.getByLabel(t.audit.type).fill('admin.account.');
    await button(page, t.action.search).click();
    await page.getByText('admin.account.create').first().waitFor();
    await page.getByText('audit.query').first().waitFor({ state: 'detached' });
    await choose(page, t.audit.order, t.audit.oldest);
    await page.getByText('admin.account.create').first().waitFor();
    await page.getByLabel(t.audit.type).fill('content.read');
    await page.getByLabel(t.audit.case, { exact: true }).fill(`CASE-${language}`);
    await button(page, t.action.search).click();
    await page.getByText(`"case":"CASE-${language}"`).first().waitFor();
    await page.getByLabel(t.audit.case, { exact: true }).fill('');
    await page.getByLabel(t.audit.type).fill('admin.account.');
    await button(page, t.action.search).click();
    await page.getByText('admin.account.create').first().waitFor();
    await button(page, t.audit.export).click();
    const file = page.getByRole('dialog', { name: t.audit.export });
    await file.getByLabel(t.reason.label).fill('for the yearly audit');
    await checkPage(page, `audit-export-${language}`, language === 'en');
    const [saved] = await Promise.all([page.waitForEvent('download'), button(file, t.audit.exportGo).click()]);
    assert.match(saved.suggestedFilename(), /^palisade-audit-.*\.jsonl/);
    await file.getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await button(page, t.audit.prove).first().click();
    await page.locator('.el-dialog .text-box').nth(2).waitFor();
    await checkPage(page, `audit-proof-${language}`, language === 'en');
    await page.keyboard.press('Escape');

    await go(page, '/administrators');
    await page.getByRole('tab', { name: t.administrators.roles }).click();
    await button(page, t.roles.create).click();
    await checkPage(page, `role-new-${language}`, language === 'en');
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: t.administrators.people }).click();
    await button(page, t.administrators.create).click();
    const dialog = page.getByRole('dialog', { name: t.administrators.create });
    const name = `help-${language}-${given.name}`;
    await dialog.getByLabel(t.signIn.name, { exact: true }).fill(name);
    await dialog.getByLabel(t.first.displayName).fill('Help');
    await choose(page, t.administrators.role, t.role['help-desk'].name);
    await dialog.getByRole('button', { name: t.action.add, exact: true }).click();
    await checkPage(page, `administrator-new-${language}`, language === 'en');
    await dialog.getByRole('button', { name: t.administrators.create }).click();
    const password = await page.locator('.secret').innerText();
    await button(page, t.factor.kept).click();
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await checkPage(page, `administrator-${language}`, language === 'en');
    await close();

    const helper = await open(language);
    await helper.page.goto(`${given.url}/console/`);
    await helper.page.getByLabel(t.signIn.name, { exact: true }).fill(name);
    await helper.page.getByLabel(t.signIn.password, { exact: true }).fill(password);
    await button(helper.page, t.signIn.go).click();
    await helper.page.getByLabel(t.password.current).fill(password);
    await helper.page.getByLabel(t.password.new.replace('{least}', '12')).fill('another horse battery');
    await helper.page.getByLabel(t.password.again).fill('another horse battery');
    await button(helper.page, t.password.go).click();
    await helper.page.getByRole('heading', { name: t.home.title }).waitFor();
    await chooseApp(helper.page, language);
    const menu = await helper.page.getByRole('navigation').getByRole('link').allInnerTexts();
    const seen = ['home', 'apps', 'users', 'groups', 'rooms', 'moderation', 'account'];
    assert.deepEqual(menu.map((each) => each.trim()), seen.map((each) => t[each].title));
    await go(helper.page, '/settings');
    await helper.page.getByText(t.notFound.text).waitFor();
    await go(helper.page, '/apps');
    await helper.page.getByText(`${given.app}`).first().waitFor();
    assert.equal(await button(helper.page, t.apps.create).count(), 0);
    await go(helper.page, '/groups/detail?group=console-group-' + language);
    await helper.page.getByText(t.groups.one, { exact: true }).waitFor();
    assert.equal(await button(helper.page, t.groups.dissolve).count(), 0);
    assert.equal(await button(helper.page, t.action.add).count(), 0);
    await go(helper.page, '/moderation');
    await helper.page.getByText(`scam ${language}`, { exact: true }).waitFor();
    assert.equal(await button(helper.page, t.action.add).count(), 0);
    await helper.close();
  });
}

/** What looks, moves or shows; everything else does something. */
const HARMLESS = (t) =>
  [
    ...['search', 'next', 'back', 'refresh', 'retry', 'cancel'].map((each) => t.action[each]),
    ...[t.settings.export, t.user.toList, t.groups.toList, t.rooms.toList, t.administrators.toList, t.audit.prove, t.audit.export],
    ...[t.shell.dark, t.shell.light, t.shell.signOut],
  ].filter((each) => each !== undefined);

/** The buttons whose words are a verb of an act, wherever they stand. */
async function actsOn(page, t) {
  const names = await page
    .locator('main button:visible:not(.is-link)')
    .evaluateAll((all) => all.map((each) => (each.getAttribute('aria-label') ?? each.innerText).trim()));
  const harmless = new Set(HARMLESS(t));
  return [...new Set(names.filter((name) => name !== '' && !harmless.has(name)))];
}

test('an auditor finds no button that does something on any page but the own account', async () => {
  const t = words.en;
  const { page, close } = await open();
  await signIn(page, given.url, 'en', given.auditorName);
  await page.getByRole('heading', { name: t.home.title }).waitFor();
  await chooseApp(page);
  const details = ['/app', '/users/detail?user=user-001', '/groups/detail?group=console-group-en'];
  const seen = [];
  for (const path of [...PAGES.map(([each]) => each), ...details]) {
    if (path === '/account') {
      continue;
    }
    await go(page, path);
    // What the page before showed must not be taken for this one's; nothing is left unanswered on the way.
    await page.waitForLoadState('networkidle');
    await page.reload();
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('networkidle');
    await page.getByText(t.word.loading).first().waitFor({ state: 'detached' });
    if ((await page.getByText(t.notFound.text).count()) > 0) {
      continue;
    }
    seen.push(path);
    assert.deepEqual(await actsOn(page, t), [], path);
  }
  assert.deepEqual(
    seen,
    ['/', '/apps', '/settings', '/users', '/groups', '/rooms', '/moderation', '/webhooks', '/administrators', '/audit', '/nodes', ...details],
  );
  await close();
});

test('buttons come and go with the permissions of a role', async () => {
  const t = words.en;
  const shown = {};
  for (const role of ['super', 'app-administrator', 'help-desk', 'auditor']) {
    const { page, close } = await open();
    await signIn(page, given.url, 'en', given.roles[role]);
    await page.getByRole('heading', { name: t.home.title }).waitFor();
    await chooseApp(page);
    await go(page, '/users/detail?user=user-001');
    await page.getByText(t.user.sessions, { exact: true }).waitFor();
    shown[role] = await actsOn(page, t);
    await close();
  }
  const help = [t.user.kick, t.user.deactivate, t.user.delete, t.user.mute, t.user.unmute];
  assert.deepEqual(shown, {
    super: [t.user.edit, ...help],
    'app-administrator': [t.user.edit, ...help],
    'help-desk': help,
    auditor: [],
  });
});
