/** The alphabet of Kubernetes' generated name suffixes: no vowels, no 0, 1 or 3, so words never look generated. */
const GENERATED = /^[bcdfghjklmnpqrstvwxz2456789]{4,10}$/;
const HEX_LIKE = /^[a-z0-9]{5,10}$/;

/** `payments-api-7f9dd8b6c4-x7gr9` → `payments-api`; `db-0` → `db`; names without a generated tail stay as they are. */
export const workloadOf = (pod: string): string => {
  if (/^ip-\d/.test(pod)) return pod;
  const parts = pod.split('-');
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (parts.length >= 3 && HEX_LIKE.test(last) && last.length === 5 && HEX_LIKE.test(before) && /\d/.test(before)) {
    return parts.slice(0, -2).join('-');
  }
  if (parts.length >= 2 && /^\d{1,3}$/.test(last)) return parts.slice(0, -1).join('-');
  if (parts.length >= 2 && last.length === 5 && GENERATED.test(last) && /\d/.test(last)) return parts.slice(0, -1).join('-');
  return pod;
};

/** Names are compared without kind prefix, namespace and domain: `Pod/ns/web-1`, `web-1.ns.svc.cluster.local` → `web-1`. */
export const bareName = (name: string): string => {
  const last = name.split('/').at(-1) ?? name;
  return /^ip-\d/.test(last) || !/\.(svc|cluster|local)\b/.test(last) ? last : (last.split('.')[0] ?? last);
};

/** Whether two names mean the same thing or one runs the other (a pod and its workload, a replica and its primary). */
export const related = (a: string, b: string): boolean => {
  if (a === '' || b === '') return false;
  const [x, y] = [bareName(a).toLowerCase(), bareName(b).toLowerCase()];
  return x === y || workloadOf(x) === workloadOf(y) || x.startsWith(`${y}-`) || y.startsWith(`${x}-`);
};
