import { errorClassOf } from './error-class.js';

class TurnRunner {
  take(): never {
    throw new TypeError('postgres://admin:hunter2@db is not a function');
  }
}

const caught = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

const withStack = (name: string, ...frames: string[]): Error =>
  Object.assign(new Error('secret'), {
    name,
    stack: [`${name}: secret`, ...frames.map((frame) => `    at ${frame}`)].join('\n'),
  });

describe('the class of an error', () => {
  it('names its kind and the method it came from, and nothing of its text', () => {
    expect(errorClassOf(caught(() => new TurnRunner().take()))).toBe('TypeError at TurnRunner.take');
  });

  it.each([
    [withStack('Error', 'JSON.parse (<anonymous>)', 'readJson (file:///app/dist/read.js:3:1)'), 'Error at readJson'],
    [
      withStack('E', 'next (node:internal/x:1:1)', 'f (/a/node_modules/pg/x.js:1:1)', 'async Coordinator.conclude (/a/b.js:1:2)'),
      'E at Coordinator.conclude',
    ],
    [withStack('E', 'new Reader (/a/reader.js:1:2)'), 'E at Reader'],
    [withStack('E', 'Proxy.read [as method] (/a/reader.js:1:2)'), 'E at Proxy.read'],
    [withStack('E', 'file:///app/dist/main.js:10:3'), 'E at main.js'],
    [withStack('E', 'Object.<anonymous> (/a/main.js:10:3)'), 'E at main.js'],
    [withStack('E'), 'E'],
    [Object.assign(new Error('x'), { name: 'password=hunter2 and more', stack: '' }), 'Error'],
    [Object.assign(new Error('x'), { name: 7, stack: 9 }), 'Error'],
    ['a string', 'string'],
    [undefined, 'undefined'],
    [null, 'object'],
  ])('is short whatever was thrown: %p', (error, expected) => {
    expect(errorClassOf(error)).toBe(expected);
  });
});
