import { ENCODING, ANSWER, DOCUMENT, CODE, LANGUAGE } from './instruction-words.js';
import type { Phrase } from './phrase-matcher.js';

/** Texts that give a model something else to do, or a form for its answer. */
export const TASK_PHRASES: Readonly<Record<string, readonly Phrase[]>> = {
  'reply-in-disguise': [
    [
      'answer|answers|response|reply|tell|write|say|spell|encode|split|translate|poem|interlace|give|respond|show|print|initials|name|convert|discussion',
      12,
      ENCODING,
    ],
    [
      'split|interlace|reverse|spell|shuffle|scramble|mix',
      8,
      'character|letters|parts|backwards|order|words',
      6,
      'level|encode|reverse|your|interlace|of|in|response',
    ],
    ['answer|response|reply|tell|write|say|situation|initials|date|residence|password|name', 8, 'in', 'reverse', 'order'],
    [
      `write|compose|generate|create|tell`,
      2,
      'offensive|discriminatory|racist|sexist|hateful|insulting|vulgar|toxic',
      2,
      'sentence|joke|poem|story|text|comment|message|paragraph',
    ],
    [
      'modify|adjust|tailor|adapt|frame|alter|reword|rephrase|craft|shape|augment|rearrange|scramble|provide|combine|group|apply|integrate|insert|incorporate|append|add|include|begin|end|start|finish|conclude|encode|translate|replace|remove|reverse|convert|present|write|express|craft|mix|use|omit|alternate|structure|format|change|embed|sprinkle|interweave|weave|substitute|shift|swap|randomly|render|offer|suggest|mention|supplement|enhance',
      9,
      'your',
      ANSWER,
    ],
    [
      'in|within|throughout|into',
      'your',
      `${ANSWER}|elucidation|explanation`,
      2,
      'include|add|suggest|mention|tease|recommend|promote|insert|give|provide|state|claim|hint|incorporate|integrate|emphasize|highlight|refer|link|direct|advise|encourage|ask|invite|share|use',
    ],
    ['your', ANSWER, 3, 'promote|spread|hint|express|mislead|advertise|convince|persuade|flatter|trick|lure'],
    ['reply|respond|answer|speak', 'in', 1, LANGUAGE],
  ],
  'inline-task': [
    ['summarize|summarise|translate|paraphrase|proofread|rewrite', 1, 'this|following', 1, DOCUMENT],
    ['given|based', 1, 'this|on', 1, 'this|wikipedia|following|the|table', 1, `${DOCUMENT}|of|wikipedia`],
    ['what|explain|list', 5, 'of', 'this', DOCUMENT],
    [
      'can|could|would',
      'you',
      1,
      'translate|sort|solve|discuss|compose|recommend|explain|tell',
      6,
      'word|numbers|joke|poem|factors|story|me|these',
    ],
    [
      'can|could|would',
      'you',
      'please|help|tell',
      1,
      'me',
      3,
      'draft|write|about|more|a|the|some|what|how',
      6,
      'message|email|letter|password|user|joke|story|history|name',
    ],
  ],
  'splice-code': [
    [
      'following|subsequent|below|next|provided|given|this',
      3,
      'snippet|block|excerpt|fragment|segment|code|lines',
      9,
      'your|solution|implementation|codebase',
      4,
      CODE,
    ],
    [
      'your',
      3,
      CODE,
      9,
      'following|subsequent|below|next|provided|given',
      2,
      'snippet|block|excerpt|fragment|segment|code|lines',
    ],
    ['your', 'code|solution|codebase|implementation', 6, 'snippet|block|excerpt|fragment|segment'],
  ],
};
