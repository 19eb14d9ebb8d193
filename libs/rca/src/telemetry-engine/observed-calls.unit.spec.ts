import { observedCalls } from './observed-calls.js';
import { noEvidence, operation, span, window } from './testing/builders.js';
import { NO_REFERENCE } from './telemetry-evidence.js';

it('learns who calls whom from what was drawn, from edges, from sums and from spans', () => {
  const calls = observedCalls(
    {
      ...noEvidence(),
      calls: [['a', 'b']],
      edges: [{ caller: 'b', callee: 'c', client: [], server: [] }],
      spanWindows: [
        window({ operations: [operation({ service: 'd', caller: 'c' })] }),
        window({ spans: [span({ service: 'd' }), span({ service: 'e', parent: 0 }), span({ service: 'f', parent: 99 })] }),
      ],
    },
    NO_REFERENCE,
  );
  expect([...calls.below('a')]).toEqual(['b', 'c', 'd', 'e']);
});
