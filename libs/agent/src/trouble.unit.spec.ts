import { TryAgainLaterError, UnexpectedReplyError } from '@inquest/streams';
import { isTrouble } from './trouble.js';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

describe('trouble, which passes', () => {
  it.each([
    [reply("OOM command not allowed when used memory > 'maxmemory'.")],
    [reply('ERR Error running script (call to f_1): @user_script:12: -OOM command not allowed')],
    [reply("READONLY You can't write against a read only replica. script: a1, on @user_script:35.")],
    [reply('LOADING Redis is loading the dataset in memory')],
    [new Error('Connection is closed.')],
    [Object.assign(new Error('x'), { name: 'MaxRetriesPerRequestError' })],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    [Object.assign(new Error('the database system is shutting down'), { code: '57P03' })],
    [new TryAgainLaterError(1, 'x')],
    [new UnexpectedReplyError('xadd', 'x')],
  ])('is %s', (error) => expect(isTrouble(error)).toBe(true));
});

describe('no trouble, but a fault of what was handled', () => {
  it.each([
    [reply('WRONGTYPE Operation against a key holding the wrong kind of value')],
    [reply('ERR Invalid stream ID specified as stream command argument')],
    [reply('ERR user_script:22: attempt to perform arithmetic on a nil value script: a1, on @user_script:22.')],
    [new TypeError('x is not a function')],
    [new RangeError('Maximum call stack size exceeded')],
    [Object.assign(new Error('invalid input syntax for type uuid'), { code: '22P02' })],
    ['a string'],
    [undefined],
  ])('is %s', (error) => expect(isTrouble(error)).toBe(false));
});
