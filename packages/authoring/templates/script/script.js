const text = input?.text ?? input; // of a document that was read, or the input itself
const words = String(text ?? '').split(/\s+/).filter(Boolean).length;
if (words < parameters.least) throw new ModuleError('TOO_FEW_WORDS', words + ' words', { permanent: true });
log('Counted', { words });
return { words };
