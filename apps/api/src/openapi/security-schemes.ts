/** The header forms an API key is accepted in. */
export const SECURITY_SCHEMES = {
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'It wins when several are sent.' },
  accessToken: { type: 'apiKey', in: 'header', name: 'x-access-token', description: 'The form of older clients.' },
  bearer: { type: 'http', scheme: 'bearer' },
};
