import type { EvidenceSnapshot, Incident } from '@inquest/contracts';

const CHANGE =
  /\b(deploy(ed|ment)?|release[ds]?|rolled out|rollout|upgrade[ds]?|image (changed|updated)|commit|merged|revision|tag|config(uration)? change|sync(ed)?|helm)\b/i;

/** Whether `changes` holds evidence of something that was changed on the named thing. A change of another thing is not one. */
export const changedRecently = (snapshot: EvidenceSnapshot, _incident: Incident, name: string): boolean =>
  snapshot.changes.some(({ status, title, text, json }) => {
    if (status !== 'ok' && status !== 'truncated') return false;
    const body = [title, text ?? '', json === undefined ? '' : JSON.stringify(json)].join('\n');
    return body.includes(name) && CHANGE.test(body);
  });
