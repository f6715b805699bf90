// One indexing of a folder at a time: who is refused, who gives way, and that the folder is free again.
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore, type Store } from '../store/database.ts';
import { alone } from './alone.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

it('refuses a second indexing of a folder until the first has ended, however it ends', async () => {
  const first = Promise.withResolvers<string>();
  const running = alone(store, '/a', false, () => first.promise);
  const work = () => Promise.resolve('second');
  for (const background of [false, true])
    await expect(alone(store, '/a', background, work)).rejects.toMatchObject({ code: 'BUSY' });
  expect(await alone(store, '/b', false, work)).toBe('second');
  first.reject(new Error('broken'));
  await expect(running).rejects.toThrow('broken');
  expect(await alone(store, '/a', false, work)).toBe('second');
});

it('ends one in the background for a person, and waits until it has ended', async () => {
  const order: string[] = [];
  const background = alone(store, '/a', true, async (signal) => {
    await once(signal!, 'abort');
    await Promise.resolve();
    order.push('background ended');
    throw new Error('gave way');
  });
  const person = alone(store, '/a', false, (signal) => {
    order.push(signal ? 'may be ended' : 'begun');
    return Promise.resolve();
  });
  await expect(background).rejects.toThrow('gave way');
  await person;
  expect(order).toEqual(['background ended', 'begun']);
});
