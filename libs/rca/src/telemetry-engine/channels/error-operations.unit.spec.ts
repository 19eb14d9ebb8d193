import { operation, window } from '../testing/builders.js';
import { errorOperations } from './error-operations.js';
import { TraceWindow } from './trace-window.js';

const served = (errors: number, runs = 40): TraceWindow =>
  new TraceWindow([
    window({
      operations: [
        operation({ count: runs }),
        operation({ operation: 'ErrorController.error', caller: 'shop', callerOperation: 'GET /', count: errors }),
      ],
    }),
  ]);

it('tells of operations that serve errors where there were none, or far fewer', () => {
  expect(errorOperations(served(6), served(0))).toMatchObject([{ service: 'shop', lines: 6 }]);
  expect(errorOperations(served(30), served(2))).toHaveLength(1);
});

it('says nothing of errors as usual, of a single one, or without anything to compare with', () => {
  expect(errorOperations(served(3), served(2))).toEqual([]);
  expect(errorOperations(served(1), served(0))).toEqual([]);
  expect(errorOperations(served(6), new TraceWindow([]))).toEqual([]);
});
