/** Classes of words for phrases: alternatives with a bar between them, in small letters and without accents. */

export const IGNORE = 'ignore|ignoring|ignored|disregard|disregarding|forget|forgetting|neglect|abandon';
/** Configuration and machines do this all the time, so it takes more to tell an order. */
export const OVERRIDE = 'override|overriding|overrule|bypass|bypassing|discard|skip|drop';
export const PRIOR =
  'previous|prior|above|earlier|preceding|all|any|your|the|system|every|these|those|initial|original|existing|former|past|other|foregoing|everything';
export const RULES =
  'instruction|instructions|prompt|prompts|direction|directions|directive|directives|guideline|guidelines|rule|rules|context|information|content|contents|checks|command|commands|restrictions|constraints|orders|task|tasks|conversation|conversations|safeguards|indicators|evidence|findings|messages|safety';
export const SAY =
  'say|state|print|output|write|respond|reply|answer|conclude|report|claim|declare|repeat|tell|indicate|show|give|return';
export const TELL =
  'tell|give|share|reveal|confirm|provide|disclose|show|print|repeat|send|leak|say|hand|need|know|output|display|expose';
export const CONFIDENTIAL = 'password|passwords|passcode|passphrase|secret|secrets|credential|credentials|pin';
export const PRIVATE = 'birth|birthday|birthdate|salary|initials|residence|balance|ssn|address|phone';
export const MODEL = 'ai|llm|llms|chatgpt|gpt|claude|gemini|copilot|chatbot|assistant|chatbots|bot';
export const AUTHORITY =
  'developer|creator|maintainer|god|boss|president|ceo|supervisor|admin|administrator|owner|maker|programmer|king|police|fbi';
export const PROMPT = 'prompt|prompts|instruction|instructions|initialization|guidelines|rules|configuration|directives';
export const ANSWER = 'answer|answers|response|responses|reply|replies|output|outputs|message';
export const CODE = 'code|codebase|solution|implementation|algorithm|program|script|answer|project|function';
export const DOCUMENT =
  'article|webpage|page|paper|email|resume|table|document|text|code|conversation|story|essay|passage|biography|cv|letter';
export const ENCODING = 'base64|rot13|morse|hex|hexadecimal|leetspeak|cipher|ciphers|emoji|emojis|caesar|binary|anagram|anagrams';
export const LANGUAGE =
  'german|french|spanish|italian|portuguese|dutch|russian|polish|turkish|arabic|hindi|chinese|mandarin|japanese|korean|latin|swedish|greek|hebrew|english|reverse|rhymes|rhyme|verse|uppercase|lowercase|capitals';
export const VERDICT = 'confidence|verdict|approved|healthy|benign|resolved|safe|harmless|malicious|qualified';

export const IGNORE_ABROAD =
  'ignorez|ignorer|oubliez|oublie|ignoriere|ignorieren|vergiss|vergessen|missachte|ignora|ignorar|ignore|olvida|olvide|omite|ignori|dimentica|esqueca|ignorem|desconsidere|ignoreer|negeer|vergeet|ignorera|glom|zignoruj|zapomnij|игнорируй|игнорируйте|проигнорируйте|забудь|забудьте|ignorirajte|yoksay|abaikan|lupakan|kalimutan|balewalain';
export const RULES_ABROAD =
  'instructions|instruction|consignes|fonction|anweisung|anweisungen|befehle|vorgaben|funktion|instrucciones|instruccion|ordenes|funcion|istruzioni|istruzione|instrucoes|instrucao|funcao|instructies|opdracht|instruktioner|instrukcje|polecenia|инструкции|инструкций|указания|правила|talimatlari|instruksi|artikel|articolo|articulo|kurallari|yonergeleri|tagubilin|panuto|huong|regole|reglas|regras|regeln|regles|zasady';
/** All that was said, or whatever it was. */
export const ALL_ABROAD = 'tutto|tutte|todo|todas|tout|toutes|alles|tudo|allt|wszystko|semua|все|всё|всех';
export const SECRET_ABROAD =
  'contrasena|clave|passwort|kennwort|senha|wachtwoord|losenord|haslo|пароль|пароля|parola|sifre|sifreyi|jelszo|salasana|heslo|adgangskode|kata';
export const ASK_ABROAD =
  'dime|dame|cual|muestra|necesito|gib|sag|sage|nenne|wie|was|quel|quelle|donne|donnez|dis|dites|qual|diga|dimmi|dammi|geef|wat|vad|ge|podaj|jakie|скажи|скажите|назови|какой|дай|покажи|nedir|soyle|apa|berikan|beritahu|mi|geben|brauche';

/** For languages that put no spaces between words, or whose words change too much: two parts, both within a text. */
export const UNSPACED: readonly (readonly [RegExp, RegExp])[] = [
  [
    /忽略|無視|无视|忘記|忘记|무시|تجاهل|अनदेखा|नजरअंदाज|भूल जा|উপেক্ষা|ভুলে যা|เพิกเฉย|ละเว้น|ไม่สนใจ|התעלם|игнорир|θέσε στην άκρη|αγνόησε/u,
    /指示|指令|命令|説明|说明|提示|記事|지시|명령|함수|التعليمات|الوظيفة|निर्देश|नियम|নির্দেশ|নিয়ম|คำสั่ง|คำแนะนำ|הוראות|инструкц|οδηγίες/u,
  ],
  [
    /密码|密碼|パスワード|비밀번호|كلمة المرور|كلمة السر|पासवर्ड|गुप्त कुंजी|รหัสผ่าน|סיסמ|mật khẩu/u,
    /什么|什麼|告诉|告訴|教え|何|ください|뭐|무엇|알려|말해|ما هي|أخبر|أحتاج|क्या|बता|आवश्यक|อะไร|บอก|מה|cho tôi|là gì/u,
  ],
];
