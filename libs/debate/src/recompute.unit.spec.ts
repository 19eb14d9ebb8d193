import { aCritique, aDiagnosis, anOpening, aPlan, aVerdict, published } from '@inquest/testing';
import { decide, fold, recompute, toProposal } from './index.js';

const heard = [
  published('session.opened', anOpening(), { seq: 1, vote: null }),
  published('diagnosis.reported', aDiagnosis(), { seq: 2, afterMs: 1 }),
  published('plan.proposed', aPlan(), { seq: 3, afterMs: 2 }),
  published('verdict.given', aVerdict(), { seq: 4, afterMs: 3 }),
  published('critique.raised', aCritique(), { seq: 5, afterMs: 4 }),
];
const session = fold(heard);
if (!session) throw new Error('no session');
const decision = published('decision.made', decide(session), {
  seq: 6,
  afterMs: 5,
  vote: null,
  causes: heard.map(({ message }) => message),
});

describe('recomputing a session', () => {
  it('gives the same decision, byte for byte', () => {
    expect(recompute([...heard, decision])).toMatchObject({
      same: true,
      otherGates: false,
      recordedHash: decision.message.outputHash,
    });
  });

  it('leaves out what the decision had not heard', () => {
    const [opened, diagnosis, plan, verdict, critique] = heard;
    if (!opened || !diagnosis || !plan || !verdict || !critique) throw new Error('incomplete');
    const early = fold([opened, diagnosis, plan]);
    if (!early) throw new Error('no session');
    const concluded = published('decision.made', decide(early), {
      seq: 5,
      vote: null,
      causes: [opened.message, diagnosis.message, plan.message],
    });
    expect(recompute([opened, diagnosis, plan, verdict, concluded, critique])).toMatchObject({ same: true });
  });

  it('notices a message that was changed afterwards', () => {
    const tampered = heard.map((said) =>
      said.message.type === 'verdict.given'
        ? { ...said, message: { ...said.message, data: aVerdict({ judgement: 'REJECT' }) } }
        : said,
    );
    expect(recompute([...tampered, decision])).toMatchObject({ same: false, recomputed: { outcome: 'reject' } });
  });

  it('says so when the record was made with other gates', () => {
    const old = published(
      'decision.made',
      { ...decision.message.data, gatesVersion: 'gates/0' },
      { vote: null, causes: heard.map(({ message }) => message) },
    );
    expect(recompute([...heard, old])).toMatchObject({ otherGates: true, same: false });
  });

  it('recomputes what an undecided session would become', () => {
    expect(recompute(heard)).toMatchObject({
      recordedHash: null,
      same: false,
      otherGates: false,
      recomputed: { outcome: 'auto-execute' },
    });
  });

  it('refuses messages that begin nowhere', () => {
    expect(() => recompute(heard.slice(1))).toThrow(RangeError);
  });
});

describe('a proposal', () => {
  it('has one shape for both paths', () => {
    const proposal = toProposal(decide(session));
    expect(proposal).toMatchObject({
      outcome: 'auto-execute',
      title: 'Safe to run',
      blastRadius: 10,
      requiresHumanApproval: false,
      cause: { id: 'h1' },
    });
    expect(proposal.warnings).toEqual(['Every gate was passed and the operator lets such plans run.']);
  });
});
