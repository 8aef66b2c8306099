const words = String(input ?? '').split(/\s+/).filter(Boolean).length;
if (words < parameters.least) throw new ModuleError('TOO_FEW_WORDS', words + ' words', { permanent: true });
log('Counted', { words });
return { words };
