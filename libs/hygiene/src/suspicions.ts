import { hiddenText, stripInvisible } from './invisible.js';

/** Texts that talk to a model instead of about an incident. Flags only: containment, not detection, is the control. */
const PATTERNS: Record<string, RegExp> = {
  'override-instructions':
    /\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|all|any|your|the|system)\b[^.\n]{0,30}\b(?:instructions?|prompts?|directions?|guidelines?|rules?|context|information|content|checks?|commands?)\b/i,
  'must-follow':
    /\b(?:you )?must (?:strictly )?(?:adhere to|follow|obey|comply with)\b[^.\n]{0,30}\b(?:following|these|this|my)\b[^.\n]{0,20}\b(?:instructions?|commands?|orders?)\b/i,
  'role-change':
    /\b(?:you are now|from now on,? you|act as (?:an?|the|my)|pretend (?:to be|you)|roleplay as|i am now entering|enter(?:ing)? \w+ (?:override )?mode|developer mode|jailbreak|DAN mode)\b/i,
  'fake-turn':
    /(?:^|\n)\s{0,4}(?:system|assistant|user|human)\s{0,2}:\s{0,3}\S|<\/?(?:system|assistant|user|instructions?|im_start|im_end)>|<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[\/?INST\]|<end of (?:session|prompt|text)>/i,
  'fake-completion':
    /\banswer:\s{0,3}task complete\b|\b(?:task|request) (?:is )?(?:complete|finished|done)d?\b[.!]?\s{0,10}(?:now|next|ignore|you must)\b/i,
  'to-the-model':
    /\b(?:if (?:the )?(?:user|you(?:'re| are)?) (?:asks?|an? (?:ai|llm|language model|assistant))|(?:dear|attention|hey|hello),? (?:ai|assistant|llm|chatgpt|claude|model)|as an? (?:ai|llm|language model)|(?:ai|llm) (?:agents?|assistants?|models?|systems?):)/i,
  'reply-order':
    /\b(?:repl(?:y|ies)|respond|answer|output|print|say|return|write|conclude|repeat)\b[^.\n]{0,30}\b(?:only|exactly|verbatim|nothing else|the following (?:text|sentence|word|phrase)|with ["'“])/i,
  'prompt-leak':
    /\b(?:reveal|show|print|repeat|leak|output|tell me|give me)\b[^.\n]{0,40}\b(?:system prompt|initial prompt|your (?:instructions|prompt|rules)|hidden prompt)\b/i,
  'stop-everything': /\bSTOP EVERYTHING\b|\bNOW JUST PRINT\b|\bnew (?:instructions?|task) ?:/i,
  'action-order':
    /\b(?:immediately|now|please|must|should)\b[^.\n]{0,20}\b(?:run|execute|apply|approve|delete|drop|restart|scale|auto-?execute)\b[^.\n]{0,60}\b(?:without (?:asking|approval|confirmation|review)|this command|the following command|on my behalf)\b/i,
};

const SCANNED_MAX = 200_000;

/** Ids of the patterns that a text matches, before invisible characters are taken out of it. */
export const suspicionsIn = (text: string): string[] => {
  const scanned = text.length > SCANNED_MAX ? text.slice(0, SCANNED_MAX) : text;
  const hidden = hiddenText(scanned);
  const seen = `${stripInvisible(scanned)}\n${hidden}`.normalize('NFKC');
  const found = Object.entries(PATTERNS).flatMap(([id, pattern]) => (pattern.test(seen) ? [id] : []));
  return hidden.length > 3 ? ['hidden-text', ...found] : found;
};
