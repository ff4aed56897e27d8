import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { TYPES } from '../src/index.js';
import { md5 } from '../src/md5.js';
import { closeAll, collect, ready, say, until, users } from './server.js';

after(closeAll);

/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
  'base64',
);

const file = (bytes: Buffer, name: string, type: string) => Object.assign(new Blob([bytes], { type }), { name });

test('the digest is the usual one', () => {
  for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 1000, 70_001]) {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 31) & 255));
    assert.equal(md5(bytes), createHash('md5').update(bytes).digest('hex'), `${length} bytes`);
  }
});

test('a picture and a file are uploaded, then sent, and can be fetched', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const got = collect(to);
  const where = { to: bob, conversationType: TYPES.CONV_C2C };
  const shares: number[] = [];
  await from.sendMessage(
    from.createImageMessage({
      ...where,
      payload: { file: file(PNG, 'dot.png', 'image/png') },
      onProgress: (share) => shares.push(share),
    }),
  );
  await from.sendMessage(
    from.createFileMessage({ ...where, payload: { file: file(Buffer.from('notes'), 'notes.txt', 'text/plain') } }),
  );
  await until('both are there', () => got.length === 2);
  const [image, document] = got;
  assert.equal(image?.type, TYPES.MSG_IMAGE);
  assert.deepEqual(shares.slice(-1), [1]);
  const url = image?.payload['imageInfoArray'][0].url;
  assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), PNG);
  assert.equal(document?.payload['fileName'], 'notes.txt');
  assert.equal(await (await fetch(document?.payload['fileUrl'])).text(), 'notes');
});

test('a long merged list is fetched by who wants to see it, from this server alone', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const got = collect(to);
  const messageList = await Promise.all(
    Array.from({ length: 12 }, (_, at) => say(from, bob, `${at} ${'x'.repeat(2000)}`)),
  );
  const payload = { messageList, title: 'A talk', abstractList: [], compatibleText: 'update' };
  await from.sendMessage(from.createMergerMessage({ to: bob, conversationType: TYPES.CONV_C2C, payload }));
  await until('it is there', () => got.some((each) => each.type === TYPES.MSG_MERGER));
  const merged = got.find((each) => each.type === TYPES.MSG_MERGER)!;
  assert.deepEqual(merged.payload['messageList'], []);
  const forged = { ...merged, payload: { ...merged.payload, downloadKey: 'http://127.0.0.1:1/secret' } };

  await to.downloadMergerMessage(merged);

  assert.deepEqual(
    merged.payload['messageList'].map((each: { payload: { text: string } }) => each.payload.text),
    messageList.map((each) => each.payload['text']),
  );
  await assert.rejects(to.downloadMergerMessage(forged), { code: 2452 });
});

test('what is no file, or not one that is allowed, is refused', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const chat = await ready(alice);
  const where = { to: bob, conversationType: TYPES.CONV_C2C };
  const text = file(Buffer.from('x'), 'x.txt', 'text/plain');
  assert.throws(() => chat.createImageMessage({ ...where, payload: { file: text } }), { code: 2252 });
  assert.throws(() => chat.createImageMessage({ ...where, payload: {} as never }), { code: 2251 });
  assert.throws(() => chat.createFileMessage({ ...where, payload: { file: new Blob([]) } }), { code: 2108 });
});
